"""Runs that need no torch: they report, wait, fail and never end, as real ones might. Imported in other processes."""

import fcntl
import mmap
import os
from dataclasses import replace
from pathlib import Path
from typing import Never, Protocol

from app.errors import BadInput, Problem, Unavailable
from app.lab.runs import Training, TrainingRow, TrainingSettings
from app.words import phrase


class Report(Protocol):
    def __call__(self, progress: float, message: str, partial: object = None, /) -> None: ...


def pass_through(gate: str) -> int:
    """Says that it has come, waits until the gate is open, and gives its process."""
    path = Path(gate)
    note = path.with_suffix(f".{os.getpid()}")
    note.write_text(str(os.getpid()))
    note.replace(path.with_suffix(".came"))
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
    return os.getpid()


def count(most: int, report: Report) -> int:
    for n in range(1, most + 1):
        report(n / most, f"{n} of {most}", [n])
    return most


def halfway(gate: str, report: Report) -> int:
    """Reports from before the gate."""
    report(0.5, "before the gate", "half")
    return pass_through(gate)


def forever(*_: object, **__: object) -> Never:
    while True:
        pass


def bad_input(**_: object) -> Never:
    raise BadInput(Problem("side", "0", "at least 1"))


def trained(gate: str | None = None, *, report: Report) -> Training:
    """A real result, of two rows; the first of them is reported before the gate."""
    rows = tuple(TrainingRow(step, 2.5 - step, 2.5, 0.1, 0.1, None, None) for step in (0, 1))
    half = Training(rows[:1], ("aux1", "aux2"), 1500, 297, TrainingSettings(), 1, "0.0")
    report(0.5, phrase("step {at} of {count}", at=1, count=2), half)
    if gate:
        pass_through(gate)
    return replace(half, rows=rows)


def fraction(*shares: float, report: Report) -> None:
    for share in shares:
        report(share, "")


def unavailable(**_: object) -> Never:
    raise Unavailable(phrase("the server is stopping"))


def failing(text: str, report: Report) -> Never:
    report(0.5, text)
    raise ValueError(text)


def hungry(report: Report) -> int:
    report(0.5, "eats")
    return len(bytearray(8 << 30))


kept: list[mmap.mmap] = []


def keep(size: int) -> int:
    """Goes on holding so many bytes that it never touches, and gives its process."""
    kept.append(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    return os.getpid()


def unmapped() -> Never:
    raise ImportError("_highs_options.so: failed to map segment from shared object")


def dying(report: Report) -> Never:
    report(0.5, "dies")
    os._exit(3)
