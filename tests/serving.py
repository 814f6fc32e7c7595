"""The real server in a process of its own, and what it leaves behind."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass
class Server:
    """A running `python -m app`."""

    url: str
    """Without a slash at its end."""
    process: subprocess.Popen[str]
    log: Path
    """What it wrote to stderr."""

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Sends a signal and gives the exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=120)

    @property
    def members(self) -> list[int]:
        """Its process and all that it started and that still live."""
        return members(self.process.pid)

    @property
    def workers(self) -> list[int]:
        """Those of them that run its tasks."""
        return [pid for pid in self.members if runs_tasks(pid)]


def members(group: int) -> list[int]:
    """Processes of a group that live."""
    alive = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, its = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue  # gone in the meantime
            if int(its) == group and state != "Z":
                alive.append(int(entry.name))
    return alive


def runs_tasks(pid: int) -> bool:
    """Whether this is one of the lab's own processes."""
    try:
        return "app.lab.process" in Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return False


def wait_for(condition: Callable[[], bool]) -> None:
    """Waits until it holds; that it takes forever is the failure."""
    for _ in range(3600):
        if condition():
            return
        time.sleep(0.025)
    raise AssertionError("waited for 90 s")


def alive(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def children() -> set[int]:
    """Processes that this one has started."""
    found: set[int] = set()
    for each in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended in the meantime
            found.update(map(int, each.read_text().split()))
    return found


@contextmanager
def serving(*arguments: str, program: str = "app", **environment: str) -> Iterator[Server]:
    """A server on a free port; stopped at the end if it still runs."""
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", program, "--port", "0", *arguments],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        assert process.stdout
        try:
            first = process.stdout.readline()
            assert first.startswith("Inception Explorer: http://"), first + Path(log.name).read_text()
            yield Server(first.removeprefix("Inception Explorer: ").strip(), process, Path(log.name))
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            process.stdout.close()
