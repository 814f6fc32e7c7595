"""A place in another process at which a test holds it for as long as it likes, without any clock."""

import fcntl
from pathlib import Path

from tests.serving import wait_for


class Gate:
    """Shut at first; `tests.lab.fakes.pass_through` says who has come, and waits in front of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    @property
    def path(self) -> str:
        return str(self._path)

    def beside(self, name: str) -> "Gate":
        """Another one."""
        return Gate(self._path.with_name(name))

    def wait(self) -> int:
        """The process that has come last, once there is one."""
        came = self._path.with_suffix(".came")
        wait_for(came.exists)
        return int(came.read_text())

    def open(self) -> None:
        """Lets everybody pass from now on."""
        self._file.close()
