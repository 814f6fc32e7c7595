"""The log on stderr: text for people, or a JSON object a line; what it says of a request names nobody."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from app.errors import one_line
from app.settings import Settings

requests = logging.getLogger("app.requests")
"""A line for each request, where they are wanted."""
_SAID = ("request_id", "method", "path", "status", "ms", "bytes")
"""What a record may carry beside its message."""


class Text(logging.Formatter):
    """One line, and the traceback of an error below it; no path can make another line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """As the format says."""
        return one_line(super().formatMessage(record))


class Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """With `time` in UTC (ISO 8601), `level`, `logger`, `message`, what is known of the request, and any error."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: getattr(record, name) for name in _SAID if hasattr(record, name)}
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def configuration(settings: Settings) -> dict[str, Any]:
    """For `logging.config`: warnings of all, and requests where they are asked for."""
    formatter = {
        "()": Lines if settings.log_json else Text,
        "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            requests.name: {"level": "INFO" if settings.log_requests else "WARNING"},
            # what it refuses by itself is the client's affair, and would fill the log
            "uvicorn.error": {"level": "ERROR"},
        },
    }
