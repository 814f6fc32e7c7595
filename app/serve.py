"""Serving: the application on a port, until it is told to stop."""

import asyncio
import ctypes
import os
import resource
import signal
import socket
import sys
import threading
from contextlib import suppress

import uvicorn

from app.main import create_app
from app.settings import Settings
from app.web.transport.connection import Connection
from app.web.transport.log import configuration

_MMAP_THRESHOLD = -3
"""Of mallopt(3)."""


def serve(host: str, port: int, settings: Settings) -> None:
    """Serves until SIGTERM or Ctrl-C, then finishes the requests in flight and exits with 0."""
    for stop in (signal.SIGTERM, signal.SIGINT):
        # uvicorn stops in its own time and then raises the signal once more: that must not be an error
        signal.signal(stop, lambda *_: sys.exit(0))
    listener = _listener(host, port)
    _raise_limit()
    _give_back()
    config = uvicorn.Config(
        create_app(settings),
        http=Connection,
        ws="none",
        forwarded_allow_ips=settings.trusted_proxies,
        log_config=configuration(settings),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    host = f"[{host}]" if ":" in host else host
    print(f"Inception Explorer: http://{host}:{listener.getsockname()[1]}", flush=True)
    _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Ends the jobs before it waits for the requests in flight: an event stream ends with its job."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.app.state.ready = False  # type: ignore[union-attr]
        # a cluster that has fallen silent must not keep us either
        late = threading.Timer((self.config.timeout_graceful_shutdown or 0) + 0.9, os._exit, (0,))
        late.daemon = True
        late.start()
        await asyncio.to_thread(self.config.app.state.jobs.close)  # type: ignore[union-attr]
        await super().shutdown(sockets)


def _raise_limit() -> None:
    """As many open files as this process may have: every connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _give_back() -> None:
    """Large pieces of memory go back to the system: once one was freed, glibc would keep all others of its size."""
    with suppress(AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, 1 << 20)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        sys.exit(f"cannot listen on {host}:{port}: {error}")
