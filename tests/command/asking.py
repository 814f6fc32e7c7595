"""The command line, asked in this process or in a terminal of its own."""

import argparse
import fcntl
import io
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from app.command.parser import add_commands
from app.command.run import run
from app.settings import Settings
from tests.serving import ROOT


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def ask(*arguments: str, columns: int = 0) -> tuple[int, bytes, str]:
    """Exit code, stdout and stderr of a command; stdout is a terminal where it is so many columns wide."""
    parser = argparse.ArgumentParser()
    add_commands(parser)
    kept, errors = io.BytesIO(), io.StringIO()
    out = (_Terminal if columns else io.TextIOWrapper)(kept, encoding="utf-8")
    wide = {"COLUMNS": str(columns)} if columns else {}
    with redirect_stdout(out), redirect_stderr(errors), patch.dict(os.environ, plain() | wide, clear=True):
        code = run(parser.parse_args(arguments), Settings.model_construct())
    out.flush()
    return code, kept.getvalue(), errors.getvalue()


def chosen(values: dict[str, str]) -> list[str]:
    """A state as options."""
    return [part for key, value in values.items() for part in ("--set", f"{key}={value}")]


def watched(*arguments: str, columns: int = 80, seen: str = "stdout") -> tuple[str, bytes]:
    """What a command writes to a terminal that is so wide, and what to the other of stdout and stderr, a file."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with tempfile.TemporaryFile() as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            cwd=ROOT,
            env=plain() | {"TERM": "xterm"},
            stdout=theirs if seen == "stdout" else file,
            stderr=theirs if seen == "stderr" else file,
        )
        os.close(theirs)
        said = b""
        while piece := _read(ours):
            said += piece
        os.close(ours)
        process.wait(timeout=60)
        file.seek(0)
        return said.decode().replace("\r\n", "\n"), file.read()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # so Linux says that nobody writes there any more
        return b""


def plain() -> dict[str, str]:
    """The environment without what would change how a terminal looks."""
    names = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES")
    return {name: value for name, value in os.environ.items() if name not in names} | {"LC_ALL": "C.UTF-8"}
