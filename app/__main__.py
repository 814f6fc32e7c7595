"""`python -m app --host 127.0.0.1 --port 8000` serves; with a command it answers that and ends."""

import argparse
import signal
import sys

from pydantic import ValidationError

from app.command.parser import add_commands
from app.settings import Settings


def main() -> None:
    """Does what the command line asks for. What serves and what answers are loaded only where they are needed."""
    parser = argparse.ArgumentParser(
        prog="python -m app", description="Inception Explorer: serves it, or answers a command."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", default=8000, type=int, help="port to listen on (8000)")
    add_commands(parser)
    asked = parser.parse_args()
    settings = _settings()
    if asked.command:
        from app.command.run import run, stop

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # where nobody reads on, it ends, as `head` expects
        sys.exit(run(asked, settings))
    from app.serve import serve

    serve(asked.host, asked.port, settings)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            sys.exit(first["msg"].removeprefix("Value error, "))
        name = f"EXPLORER_{'_'.join(map(str, first['loc'])).upper()}"
        sys.exit(f"{name}: {first['msg']}, received {first['input']!r}")


if __name__ == "__main__":
    main()
