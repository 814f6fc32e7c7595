"""Garbage as arguments: an answer, or a line for each thing that is wrong and exit code 2; never a traceback."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.command.parser import DOORS
from tests.command.asking import ask, plain
from tests.garbage import GOOD, MARKUP, NAMES, OWN, queries
from tests.serving import ROOT

_RAW = st.text(max_size=12) | st.binary(max_size=8).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
"""Text with bytes in it that are no characters, as the system hands them over."""
_ODD = st.sampled_from(
    (*GOOD, "\x1b[2J", "\x00", "\n", "\u2028", "\udcff", "９", "9" * 5000, "=1+1", MARKUP, "%s", "{0}")
)
_VALUE = _RAW | _ODD | st.tuples(_ODD, _ODD).map("".join)
_PAIR = st.tuples(st.sampled_from(OWN) | _ODD, st.sampled_from(("=", "=", "")), _VALUE).map("".join)
_NETWORK = st.sampled_from(NAMES) | _VALUE
_VARIANT = _NETWORK | st.tuples(st.sampled_from(NAMES), queries()).map("?".join)


@st.composite
def commands(draw: st.DrawFn) -> list[str]:
    """A command with options that it has, and values that few of them take."""
    command = draw(st.sampled_from(tuple(DOORS)))
    arguments = [draw(_VARIANT) for _ in range(2 if command == "compare" else 1)]
    options = [f"--set={each}" for each in draw(st.lists(_PAIR, max_size=2))] if command != "compare" else []
    for each in DOORS[command]:
        name = each.name.replace("_", "-")
        options += [f"--{name}={value}" for value in draw(st.lists(st.just(each.example) | _VALUE, max_size=2))]
    written = draw(st.sampled_from(([], ["--json"], ["--csv"])))
    return [command, *options, *written, "--", *arguments]


@given(commands(), st.sampled_from((0, 0, 80)))
@settings(max_examples=150)
def test_garbage_is_answered_or_refused_a_line_each(arguments: list[str], columns: int) -> None:
    code, out, errors = ask(*arguments, columns=columns)
    assert code in (0, 2), errors
    assert bool(errors) is (code == 2)
    assert not (out and errors)
    assert "Traceback" not in errors
    assert all(line.isprintable() and line for line in errors.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        [b"analyse", b"\xff\xfe"],
        [b"analyse", b"googlenet?\xff=\xfe"],
        [b"analyse", b"googlenet", b"--set", b"4e.5x5=\xff"],
        [b"analyse", b"googlenet", b"--set", b"\x1b[2J"],
        [b"fit", b"googlenet", b"--max-params", b"9" * 100_000],
        [b"fit", b"googlenet", b"--max-params", b"-1"],
        [b"sweep", b"googlenet", b"--vary", b"width:" + b"1" * 5000 + b":2:1"],
        [b"compare", b"", b""],
        [b"analyse", b"-"],
        [b"sweep", b"googlenet", b"--vary"],
        [b"nothing", b"\xff"],
        [b"--port", b"\xff"],
        [b"--port", b"1" * 5000],
        [b"--\xff"],
    ],
    ids=lambda arguments: repr(arguments)[:60],
)
def test_a_process_says_what_is_wrong_and_ends(arguments: list[bytes]) -> None:
    for environment in ({}, {"LC_ALL": "C"}, {"PYTHONUTF8": "0", "LC_ALL": "POSIX"}, {"LC_ALL": "zh_CN.UTF-8"}):
        ended = subprocess.run(
            [sys.executable.encode(), b"-m", b"app", *arguments],
            cwd=ROOT, env=plain() | environment, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert ended.returncode in (1, 2)
        assert ended.stdout == b""
        assert ended.stderr
        assert b"Traceback" not in ended.stderr
        assert b"\x1b" not in ended.stderr
