"""What a test holds for as long as it likes: another process at its gate, and time."""

import asyncio
import fcntl
from pathlib import Path

import pytest

from tests.serving import wait_for


class Gate:
    """Shut at first; `tests.lab.fakes.pass_through` says who has come, and waits in front of it."""

    def __init__(self, path: Path) -> None:
        self._path, self._note = path, path.with_suffix(".came")
        self._others: list[Gate] = []
        self._file = path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    @property
    def path(self) -> str:
        return str(self._path)

    def beside(self, name: str) -> "Gate":
        """Another one, closed with this one."""
        self._others.append(Gate(self._path.with_name(name)))
        return self._others[-1]

    @property
    def came(self) -> bool:
        """Whether anybody has come."""
        return self._note.exists()

    def wait(self) -> int:
        """The process that has come last, once there is one."""
        wait_for(self._note.exists)
        return int(self._note.read_text())

    def open(self) -> None:
        """Lets everybody pass from now on."""
        self._file.close()

    def close(self) -> None:
        """The end of it and of those beside it: nobody is held any more."""
        for each in (self, *self._others):
            each.open()


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the clock of the running event loop is ahead."""
    loop = asyncio.get_running_loop()
    now = loop.time
    monkeypatch.setattr(loop, "time", lambda: now() + 3600)
