"""A real Dask cluster on loopback."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.serving import ROOT, members, runs_tasks, unused_port


@contextmanager
def started(command: str, *arguments: str) -> Iterator[int]:
    """A process of the cluster, with all that it starts ended at the end; gives their group."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{command}", "--host", "127.0.0.1", "--no-dashboard", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Grid:
    """A scheduler and two workers of one thread each."""

    def __init__(self, address: str, scheduler: int, groups: tuple[int, ...]) -> None:
        self.address, self.scheduler, self._groups = address, scheduler, groups

    @property
    def runs(self) -> list[int]:
        """Processes in which the workers run our tasks."""
        return [pid for group in self._groups for pid in members(group) if runs_tasks(pid)]


@contextmanager
def grid(folder: Path) -> Iterator[Grid]:
    """Starts it, and waits for both workers; they write into that folder."""
    from distributed import Client  # an optional extra

    port = unused_port()
    address = f"tcp://127.0.0.1:{port}"
    more = ("--nthreads", "1", "--local-directory", str(folder), address)
    with (
        started("scheduler", "--port", str(port)) as scheduler,
        started("worker", *more) as one,
        started("worker", *more) as two,
    ):
        with Client(address, timeout=90, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=90)
        yield Grid(address, scheduler, (one, two))
