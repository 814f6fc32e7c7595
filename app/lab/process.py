"""A process of its own for real runs: started late, limited in time and memory, gone with its owner."""

import contextlib
import importlib
import importlib.util
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from app.errors import Unavailable
from app.words import phrase

Report = Callable[[float, str, object], None]
"""Progress from 0 to 1, what is being done, what is known so far."""
_START_SECONDS = 60
_NO_BLAS_BUFFERS = {"OPENBLAS_NUM_THREADS": "1"}
"""NumPy and SciPy each bring an OpenBLAS that sets memory aside for every core, a gigabyte on 16; torch has its own."""
_PACE = 0.1
"""Seconds between two looks at whether the caller still wants the answer."""


class Process:
    """Runs one function after the other; it starts with the first, and one that it dies of costs no other.

    Args:
        seconds: time limit of a call.
        memory_mb: limit of the process's data, MB.
    """

    def __init__(self, seconds: float, memory_mb: int) -> None:
        self._seconds, self._memory_mb = seconds, memory_mb
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None

    def ready(self, torch: bool = True) -> None:
        """Raises Unavailable where torch is needed and missing."""
        if torch and importlib.util.find_spec("torch") is None:
            missing = phrase("torch is not installed on this server, and only a real run can answer this")
            raise Unavailable(missing, 3600)

    def call(
        self, task: str, arguments: tuple[object, ...], report: Report | None, unwanted: Callable[[], bool]
    ) -> Any:
        """What the function named `module:function` returns for those arguments.

        Args:
            report: is told of the run as it goes on; the function is given one of its own as `report`. None for a
                function that takes none.
            unwanted: whether the answer is not wanted any more; asked all the time.

        Raises:
            Unavailable: time or memory ran out, or the process died.
            CancelledError: it is unwanted, and the process has ended.
            Exception: what the function raised.
        """
        if unwanted():
            raise CancelledError
        healthy = False
        try:
            pipe = self._pipe()
            pipe.send((task, arguments, report is not None))
            kind, value = self._answer(pipe, report, unwanted)
            if kind == "raised" and _wants_memory(value):
                raise Unavailable(phrase("the run needs more than {most} MB of memory", most=self._memory_mb), 3600)
            healthy = not self._is_large()
        except (EOFError, OSError):
            raise Unavailable(phrase("the run's process ended ({how})", how=self._how()), 10) from None
        finally:
            if not healthy:
                self.close()
        if kind == "raised":
            raise value
        return value

    def close(self) -> None:
        """Ends the process at once, whatever it does."""
        if self._running:
            (process, pipe), self._running = self._running, None
            process.kill()
            process.wait()
            pipe.close()

    def _answer(self, pipe: Connection, report: Report | None, unwanted: Callable[[], bool]) -> tuple[str, Any]:
        """How the call ended: `returned` or `raised`, and what."""
        ends = time.monotonic() + _START_SECONDS
        while not unwanted():
            left = ends - time.monotonic()
            if left <= 0:
                spent = phrase("the run was ended at its limit of {seconds} s", seconds=f"{self._seconds:g}")
                raise Unavailable(spent, 10)
            if not pipe.poll(min(left, _PACE)):
                continue
            kind, value = pipe.recv()
            if kind == "started":
                ends = time.monotonic() + self._seconds
            if kind not in ("started", "reported"):
                return kind, value
            if report:
                report(*value)
        raise CancelledError

    def _pipe(self) -> Connection:
        """To the process, or to a new one where the old one died while nobody used it."""
        if self._running and self._running[0].poll() is not None:
            self.close()
        if self._running is None:
            ours, theirs = Pipe()
            with theirs:
                descriptor = theirs.fileno()
                process = subprocess.Popen(
                    [sys.executable, "-m", "app.lab.process", str(descriptor), str(self._memory_mb)],
                    env=os.environ | _NO_BLAS_BUFFERS | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                    stdin=subprocess.DEVNULL,
                    pass_fds=[descriptor],
                )
            self._running = process, ours
        return self._running[1]

    def _is_large(self) -> bool:
        """Whether it holds more than half of its limit: what allocators and CUDA keep counts against the next call."""
        assert self._running
        pages = int(Path(f"/proc/{self._running[0].pid}/statm").read_text().split()[5])  # data, as RLIMIT_DATA counts
        return pages * os.sysconf("SC_PAGE_SIZE") > self._memory_mb << 19

    def _how(self) -> str:
        """How the process ended by itself."""
        if self._running is None:
            return "it did not start"
        try:
            code = self._running[0].wait(10)  # its pipe is seen to break before, which is a moment unless all is busy
        except subprocess.TimeoutExpired:
            return "it lives, and does not answer"
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _wants_memory(error: BaseException) -> bool:
    """Torch and the loader say it in words: "can't allocate memory", "failed to map segment from shared object"."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in ("allocate memory", "failed to map"))


def main(descriptor: int, memory_mb: int) -> None:
    """The other end: it yields to the server, ignores its Ctrl-C, holds to its memory, and ends with it."""
    pipe: Connection = Connection(descriptor)
    os.nice(5)
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb << 20, memory_mb << 20))
    calls: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, calls), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        while True:
            call = calls.get()
            pipe.send(("started", (0.0, phrase("started"), None)))
            pipe.send_bytes(_called(call, pipe))


def _listen(pipe: Connection, calls: "SimpleQueue[bytes]") -> None:
    """The pipe ends with its owner, however that ended, and then there is nobody to work for."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            calls.put(pipe.recv_bytes())
    os._exit(1)


def _called(call: bytes, pipe: Connection) -> bytes:
    """The function's answer, ready to be sent."""

    def report(progress: float, message: str = "", partial: object = None) -> None:
        pipe.send(("reported", (progress, message, partial)))

    try:
        task, arguments, reports = pickle.loads(call)
        module, _, name = task.partition(":")
        function = getattr(importlib.import_module(module), name)
        return pickle.dumps(("returned", function(*arguments, **({"report": report} if reports else {}))))
    except Exception as error:
        return _raised(error)


def _raised(error: Exception) -> bytes:
    """An error that its reader can make again, with the place where it arose."""
    other = RuntimeError(f"{type(error).__name__}: {error}")
    for each in (error, other):
        each.add_note(traceback.format_exc())
    try:
        said = pickle.dumps(("raised", error))
        pickle.loads(said)
    except Exception:
        return pickle.dumps(("raised", other))
    return said


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
