"""Processes of their own for real runs: started late, limited in time, memory and number, gone with the server."""

import asyncio
import contextlib
import importlib.util
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, Protocol

from app.errors import Unavailable
from app.lab.process import Process, Report
from app.words import phrase


class Executor(Protocol):
    """Where runs are made. A future of it can be cancelled at any time, and the run then ends."""

    def ready(self) -> None:
        """Raises Unavailable where no run can be made at all."""

    def submit(self, task: str, arguments: tuple[object, ...], report: Report | None = None) -> Future[Any]:
        """Hands over the function named `module:function`; see `Process.call` for the future's outcome."""

    def close(self) -> None:
        """Ends all that runs, at once."""


class Workers:
    """The executor on this machine: each run has a process for itself, and each process runs one after the other.

    Args:
        seconds: time limit of a run; its process is ended at it.
        memory_mb: limit of a process's data, MB.
        waiting: runs that may be under way and wait together, for those who `run`.
        count: processes, and so runs at once.
    """

    def __init__(self, seconds: float, memory_mb: int, waiting: int, count: int = 1) -> None:
        self._most, self._closed = waiting, False
        self._pending: set[Future[Any]] = set()
        self._threads = ThreadPoolExecutor(count, "lab")
        self._idle = [Process(seconds, memory_mb) for _ in range(count)]

    def ready(self) -> None:
        if self._closed:
            raise _stopping()
        if importlib.util.find_spec("torch") is None:
            missing = phrase("torch is not installed on this server, and only a real run can answer this")
            raise Unavailable(missing, 3600)

    def submit(self, task: str, arguments: tuple[object, ...], report: Report | None = None) -> Future[Any]:
        future: Future[Any] = Future()
        self._pending.add(future)
        self._threads.submit(self._run, future, task, arguments, report)
        return future

    async def run(self, task: str, *arguments: object) -> Any:
        """The same for those who wait for the answer.

        Raises:
            Unavailable: torch is not installed, too many runs wait, time or memory ran out, or the process died.
        """
        self.ready()
        if len(self._pending) >= self._most:
            raise Unavailable(phrase("{most} runs are under way or waiting", most=self._most), 5)
        return await asyncio.wrap_future(self.submit(task, arguments))

    async def warm(self) -> None:
        """Starts a process before anybody waits for it: importing torch takes seconds."""
        with contextlib.suppress(Unavailable):
            await self.run("app.lab.module:warm")

    def close(self) -> None:
        self._closed = True
        self._threads.shutdown()
        for process in self._idle:
            process.close()

    def _run(self, future: Future[Any], task: str, arguments: tuple[object, ...], report: Report | None) -> None:
        """In a thread. A run's place is free when its process has answered or ended, whoever has given it up before."""
        process = self._idle.pop()  # the last one used: it may have torch loaded
        value: Any = None
        error: Exception | None = None
        try:
            value = process.call(task, arguments, report, lambda: self._closed or future.cancelled())
        except CancelledError:
            error = _stopping()
        except Exception as raised:
            error = raised
        self._idle.append(process)
        self._pending.discard(future)
        if future.set_running_or_notify_cancel():
            if error:
                future.set_exception(error)
            else:
                future.set_result(value)


def _stopping() -> Unavailable:
    return Unavailable(phrase("the server is stopping"), 5)
