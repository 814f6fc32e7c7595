"""The terminal: tables that fit it, how far a long answer is, and what is wrong, a line each."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table as Drawn

from app.errors import one_line
from app.network.record import record
from app.render.sweep import Report, silent
from app.words import Language, say

ENDLESS = 10_000
"""Characters of a line where nobody looks at it: nothing is left out of what goes into a file."""


@record
class Column:
    """The head of a column."""

    name: str
    rank: int = 0
    """Where the terminal is narrow, those of the highest rank are left out first; those of rank 0 never are."""
    number: bool = True


@record
class Table:
    """A table: its columns, its rows, and one that is set apart at the end."""

    header: Sequence[Column]
    rows: Iterable[Sequence[str]]
    last: Sequence[str] = ()


def show(blocks: Iterable[str | Table]) -> None:
    """Prints sentences and tables, plain where stdout is no terminal; text is taken as it is."""
    console = _console(None if sys.stdout.isatty() else ENDLESS)
    for block in blocks:
        if isinstance(block, str):
            console.print(block)
        else:
            _print(console, block)


def _console(width: int | None) -> Console:
    return Console(width=width, markup=False, emoji=False, highlight=False)


def _print(console: Console, table: Table) -> None:
    """What there is room for: whole columns are left out, and no number is ever cut."""
    rows, kept = [*table.rows, *([table.last] if table.last else [])], list(table.header)
    while True:
        drawn = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, show_header=any(column.name for column in kept))
        for column in kept:
            drawn.add_column(column.name, justify="right" if column.number else "left", no_wrap=True)
        for number, row in enumerate(rows, start=1):
            cells = [cell for cell, column in zip(row, table.header, strict=True) if column in kept]
            drawn.add_row(*cells, end_section=bool(table.last) and number == len(rows) - 1)
        needed = Measurement.get(console, console.options.update(width=ENDLESS), drawn).maximum
        rank = max(column.rank for column in kept)
        if needed <= console.width or not rank:
            _console(max(needed, console.width)).print(drawn)
            return
        kept = [column for column in kept if column.rank < rank]


@contextmanager
def progress(shown: bool) -> Iterator[Report]:
    """A bar on stderr, where somebody looks there and nothing else is written."""
    if not (shown and sys.stderr.isatty()):
        yield silent
        return
    looks = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*looks, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("counting"), total=1.0)
        yield lambda share: bar.update(task, completed=share)


def complain(sentences: Iterable[str]) -> None:
    """What is wrong, a line each."""
    for sentence in sentences:
        print(one_line(say(sentence)), file=sys.stderr)


def spoken() -> Language:
    """The language that the environment asks for."""
    chosen = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if chosen.startswith("zh") else "en"
