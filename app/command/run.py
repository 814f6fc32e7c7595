"""A command from its options to its exit code."""

import argparse
import os
import sys

from app.command.answers import Answer, answer
from app.command.terminal import complain, progress, show, spoken
from app.errors import BadInput, ExplorerError, NotFound, Problem
from app.settings import Settings
from app.words import language, phrase

_stops: list[int] = []
"""Signals that came: where a library swallows the interrupt, it is raised again with the next piece."""
BINARY = ("arrow", "parquet")
"""Formats that are no text."""


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Answers a command on stdout.

    Returns:
        0; 2 where what is asked for cannot be, 1 where it cannot be answered or written now, 130 after Ctrl-C.
    """
    language.set(spoken())
    try:
        _write(answer(asked, settings), asked.format)
    except ExplorerError as error:
        complain(error.sentences)
        return 2 if isinstance(error, BadInput | NotFound) else 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:  # a full disk
        complain([phrase("cannot write: {reason}", reason=error.strerror)])
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would be tried again at the end
        return 1
    return 0


def stop(number: int, _: object) -> None:
    """What Ctrl-C does to a command."""
    _stops.append(number)
    raise KeyboardInterrupt


def _write(found: Answer, format: str | None) -> None:
    if format is None:
        with progress(shown=True) as report:
            blocks = list(found.blocks(report))
        show(blocks)
        sys.stdout.flush()
        return
    shown = sys.stdout.isatty()
    if shown and format in BINARY:
        raise BadInput(Problem(f"--{format}", phrase("a terminal"), phrase("a file or a pipe as stdout")))
    out = sys.stdout.buffer
    with progress(shown=not shown) as report:
        for piece in found.written[format](report):
            out.write(piece)
            if _stops:
                raise KeyboardInterrupt
    if format == "json" and shown:
        out.write(b"\n")  # the prompt comes next
    out.flush()
