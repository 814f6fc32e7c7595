"""Who runs what when: real runs go to processes of their own, here or on a cluster, as many at once as may."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, Protocol

from app.errors import Unavailable
from app.lab.process import Report
from app.words import phrase


class Bench(Protocol):
    """A place for one run at a time: `Process` on this machine, `Cluster` on others."""

    def ready(self, torch: bool = True) -> None:
        """Raises Unavailable where no run can be made at all, or none that needs torch."""

    def call(
        self, task: str, arguments: tuple[object, ...], report: Report | None, unwanted: Callable[[], bool], /
    ) -> Any:
        """See `Process.call`."""

    def close(self) -> None:
        """Ends what runs here, at once."""


class Workers:
    """Benches and those who wait for one. A run's future can be cancelled at any time, and the run then ends.

    Args:
        benches: as many as may run at once.
        waiting: runs that may be under way and wait together, for those who `run`.
    """

    def __init__(self, benches: Sequence[Bench], waiting: int) -> None:
        self._benches, self._most, self._closed = benches, waiting, False
        self._free = list(benches)
        self._pending: set[Future[Any]] = set()
        self._in_line: set[Future[Any]] = set()
        self._threads = ThreadPoolExecutor(len(benches), "lab")

    def ready(self, torch: bool = True) -> None:
        """Raises Unavailable where no run can be made at all, or none that needs torch."""
        if self._closed:
            raise _stopping()
        self._benches[0].ready(torch)

    def submit(self, task: str, arguments: tuple[object, ...], report: Report | None = None) -> Future[Any]:
        """Hands over the function named `module:function`; `Process.call` says how the future may end."""
        future: Future[Any] = Future()
        self._pending.add(future)
        self._in_line.add(future)
        self._threads.submit(self._run, future, task, arguments, report)
        return future

    def holds(self, future: Future[Any]) -> bool:
        """Whether a run stands in line: one that is cancelled does until its turn comes."""
        return future in self._in_line

    async def run(self, task: str, *arguments: object) -> Any:
        """The same for those who wait for the answer.

        Raises:
            Unavailable: torch is not installed, too many runs wait, time or memory ran out, or the process died.
        """
        self.ready()
        if len(self._pending) >= self._most:
            raise Unavailable(phrase("{most} runs are under way or waiting", most=self._most), 5)
        future = self.submit(task, arguments)
        answer = asyncio.wrap_future(future)
        answer.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # who asked may have gone
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:  # what has begun goes on, since to end it is to end its process
            if self.holds(future):
                future.cancel()
            raise

    async def warm(self) -> None:
        """Starts a process before anybody waits for it: importing torch takes seconds."""
        with contextlib.suppress(Unavailable):
            await self.run("app.lab.module:warm")

    def close(self) -> None:
        """Ends all that runs, at once, and takes no more."""
        self._closed = True
        self._threads.shutdown()
        for bench in self._benches:
            bench.close()

    def _run(self, future: Future[Any], task: str, arguments: tuple[object, ...], report: Report | None) -> None:
        """In a thread. A run's bench is free when all has ended there, and not when the run is given up."""
        self._in_line.discard(future)
        bench = self._free.pop()  # the last one used: it may have torch loaded
        value: Any = None
        error: Exception | None = None
        try:
            value = bench.call(task, arguments, report, lambda: self._closed or future.cancelled())
        except CancelledError:
            error = _stopping()
        except Exception as raised:
            error = raised
        self._free.append(bench)
        self._pending.discard(future)
        if future.set_running_or_notify_cancel():
            if error:
                future.set_exception(error)
            else:
                future.set_result(value)


def _stopping() -> Unavailable:
    return Unavailable(phrase("the server is stopping"), 5)
