"""Processes of their own for real runs: started late, limited in time and memory, gone with the server."""

import asyncio
import contextlib
import importlib
import importlib.util
import multiprocessing
import os
import resource
import signal
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import Any

from app.errors import Unavailable
from app.words import phrase


class Workers:
    """A process that runs one task after the other and is replaced when it dies.

    Args:
        seconds: time limit of a task; the process is ended at it.
        memory_mb: limit of a process's data, MB.
        waiting: tasks that may run and wait together.
    """

    def __init__(self, seconds: float, memory_mb: int, waiting: int) -> None:
        self._seconds, self._memory_mb, self._most = seconds, memory_mb, waiting
        self._pool: ProcessPoolExecutor | None = None
        self._processes: list[BaseProcess] = []
        self._turn = asyncio.Lock()
        self._running = 0

    async def run(self, task: str, *arguments: object) -> Any:
        """What the function named `module:function` returns for those arguments, run in the worker.

        Raises:
            Unavailable: torch is not installed, too many tasks wait, time ran out, or the process died.
        """
        if importlib.util.find_spec("torch") is None:
            raise Unavailable(
                phrase("torch is not installed on this server, and only a real run can answer this"), 3600
            )
        if self._running >= self._most:
            raise Unavailable(phrase("{most} runs are under way or waiting", most=self._most), 5)
        if self._running == 0:
            self._turn = asyncio.Lock()  # nobody waits, so it may belong to another event loop than before
        self._running += 1
        try:
            async with self._turn:  # one task in the pool at a time, so that a process that dies ends only its own
                return await asyncio.wrap_future(self._submit(_call, task, arguments, self._seconds))
        except BrokenProcessPool:
            self._pool = None
            raise Unavailable(
                phrase(
                    "the run was ended: it has {seconds} s and {most} MB of memory",
                    seconds=f"{self._seconds:g}",
                    most=self._memory_mb,
                ),
                10,
            ) from None
        except MemoryError:
            raise Unavailable(
                phrase("the run needs more than {most} MB of memory", most=self._memory_mb), 3600
            ) from None
        finally:
            self._running -= 1

    async def warm(self) -> None:
        """Starts the worker before anybody waits for it: importing torch takes seconds."""
        with contextlib.suppress(Unavailable):
            await self.run("app.lab.module:warm")

    def close(self) -> None:
        """Ends the process at once, whatever it does."""
        for process in self._processes:
            process.kill()
        if self._pool:  # its thread notices and ends; left running, it would race with the interpreter's own end
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
        for process in self._processes:
            process.join()

    def _submit(self, *call: Any) -> Future[Any]:
        """Hands a call to the process, or to a new one where the old one died while nobody used it."""
        before = set(multiprocessing.active_children())
        try:
            return self._started().submit(*call)
        except BrokenProcessPool:
            self._pool = None
            return self._started().submit(*call)
        finally:
            self._processes = [each for each in self._processes if each in before]
            self._processes += set(multiprocessing.active_children()) - before

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_prepare,
                initargs=(os.getpid(), self._memory_mb),
            )
        return self._pool


def _prepare(parent: int, memory_mb: int) -> None:
    """In the new process: it yields to the server, ignores its Ctrl-C, holds to its memory, and ends with it."""
    os.nice(5)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb << 20, memory_mb << 20))
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _call(task: str, arguments: tuple[object, ...], seconds: float) -> Any:
    """In the worker: an alarm that nothing handles ends the process, even inside C code."""
    module, _, function = task.partition(":")
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return getattr(importlib.import_module(module), function)(*arguments)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
