"""`python -m app --host 127.0.0.1 --port 8000` serves."""

import argparse
import asyncio
import os
import signal
import socket
import sys
import threading

import uvicorn
from pydantic import ValidationError

from app.main import create_app
from app.settings import Settings


def main() -> None:
    """Serves until SIGTERM or Ctrl-C, then finishes the requests in flight and exits with 0."""
    parser = argparse.ArgumentParser(prog="python -m app", description="Inception Explorer")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", default=8000, type=int, help="port to listen on (8000)")
    asked = parser.parse_args()
    for stop in (signal.SIGTERM, signal.SIGINT):
        # uvicorn stops in its own time and then raises the signal once more: that must not be an error
        signal.signal(stop, lambda *_: sys.exit(0))
    settings = _settings()
    listener = _listener(asked.host, asked.port)
    config = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    host = f"[{asked.host}]" if ":" in asked.host else asked.host
    print(f"Inception Explorer: http://{host}:{listener.getsockname()[1]}", flush=True)
    _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Ends the jobs before it waits for the requests in flight: an event stream ends with its job."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # a cluster that has fallen silent must not keep us either
        late = threading.Timer((self.config.timeout_graceful_shutdown or 0) + 0.9, os._exit, (0,))
        late.daemon = True
        late.start()
        await asyncio.to_thread(self.config.app.state.jobs.close)  # type: ignore[union-attr]
        await super().shutdown(sockets)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"EXPLORER_{'_'.join(map(str, first['loc'])).upper()}"
        sys.exit(f"{name}: {first['msg']}, received {first['input']!r}")


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        sys.exit(f"cannot listen on {host}:{port}: {error}")


if __name__ == "__main__":
    main()
