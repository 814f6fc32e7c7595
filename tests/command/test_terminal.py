"""What a terminal shows, and what a pipe is given."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command.asking import ask, plain, watched
from tests.serving import ROOT

NUMBERS = re.compile(r"(?<![\w.,/+−])[+−]?\d{1,3}(?:,\d{3})+(?!\w)")
"""With commas, whole."""
SEQUENCES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
"""Colours, and where the cursor goes."""
COMMANDS = (
    ("analyse", "googlenet", "--set", "4e.5x5=192", "--set", "aux=on"),
    ("analyse", "torchvision", "--layers"),
    ("sweep", "googlenet", "--vary", "width:0.25:4:0.05", "--vary", "4e.5x5:0:64:16"),
    ("fit", "googlenet", "--max-params", "2000000", "--max-macs", "300000000"),
    ("compare", "googlenet", "torchvision?aux=off"),
    ("compare", "googlenet", "googlenet?width=0.5", "--layers"),
)


def tables(out: bytes) -> str:
    """What is no sentence."""
    return "\n".join(line for line in SEQUENCES.sub("", out.decode()).splitlines() if line.startswith(" "))


def piped(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env=plain() | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_pipe_is_given_plain_text_with_every_column(arguments: tuple[str, ...]) -> None:
    code, out, errors = ask(*arguments)
    assert (code, errors) == (0, "")
    assert b"\x1b" not in out
    shown = ask(*arguments, columns=300)[1]
    assert b"\x1b[1m" in shown
    assert SEQUENCES.sub("", shown.decode()) == out.decode()


def test_a_real_terminal_and_a_real_pipe_say_the_same() -> None:
    ended, (shown, errors) = piped(*COMMANDS[0]), watched(*COMMANDS[0], columns=200)
    assert (ended.returncode, ended.stderr, errors) == (0, "", b"")
    assert shown != SEQUENCES.sub("", shown) == ended.stdout


@pytest.mark.parametrize("columns", [10, 24, 40, 60, 80, 100])
@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_narrow_terminal_loses_columns_and_no_digit(arguments: tuple[str, ...], columns: int) -> None:
    wide, shown = (tables(ask(*arguments, columns=each)[1]) for each in (0, columns))
    assert "…" not in shown
    assert NUMBERS.search(shown)
    assert set(NUMBERS.findall(shown)) <= set(NUMBERS.findall(wide))
    if columns >= 80:  # there is room for what is never left out
        assert max(map(len, shown.splitlines())) <= columns


def test_a_long_command_shows_how_far_it_is_where_somebody_looks() -> None:
    asked = ("sweep", "googlenet", "--vary", "4e.5x5:1:900:1", "--vary", "3a.1x1:1:100:1", "--csv")
    shown, out = watched(*asked, seen="stderr")
    assert "counting" in shown
    assert "100%" in shown
    assert out.count(b"\r\n") == 90_001
    assert b"counting" not in out
    assert piped(*asked).stderr == ""


def test_json_in_a_terminal_ends_its_line() -> None:
    asked = ("fit", "googlenet", "--max-params", "2000000", "--json")
    assert watched(*asked)[0] == piped(*asked).stdout + "\n"


def test_nobody_reading_on_is_no_error() -> None:
    code = 'exec "$0" -m app sweep googlenet --vary 4e.5x5:1:900:1 --vary 3a.1x1:1:100:1 --csv | head -n 1'
    ended = subprocess.run(
        ["bash", "-c", f"{code}; exit ${{PIPESTATUS[0]}}", sys.executable],
        cwd=ROOT, env=plain(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.stdout == "4e.5x5,3a.1x1,params,macs,activations,peak_activations\n"
    assert ended.stderr == ""
    assert ended.returncode == 128 + signal.SIGPIPE


@pytest.mark.parametrize("format", [[], ["--json"]])
def test_a_full_disk_is_said_in_one_line(format: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "app", "analyse", "googlenet", *format],
            cwd=ROOT, env=plain(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, "cannot write: No space left on device\n")


def test_no_terminal_is_sent_what_is_no_text() -> None:
    code, out, errors = ask("sweep", "googlenet", "--parquet", columns=80)
    assert (code, out, errors) == (2, b"", "--parquet: a file or a pipe as stdout, received a terminal\n")


def test_a_command_loads_neither_the_server_nor_the_lab() -> None:
    code = (
        "import sys, app.__main__\n"
        "sys.argv = ['app', 'compare', 'googlenet', 'torchvision']\n"
        "try:\n    app.__main__.main()\nexcept SystemExit as end:\n    print(end.code)\n"
        "print(sorted({'torch', 'onnx', 'fastapi', 'starlette', 'uvicorn', 'plotly', 'app.lab'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-2:] == ["0", "[]"]


def test_it_speaks_the_language_of_the_environment() -> None:
    refused = piped("analyse", "googlenet", "--set", "classes=0", LC_ALL="", LANG="zh_CN.UTF-8", PYTHONUTF8="1")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "classes：1 到 100000，收到 0\n"
    english = piped("analyse", "googlenet", "--set", "classes=0", LC_ALL="C.UTF-8", LANG="zh_CN.UTF-8")
    assert english.stderr == "classes: 1 to 100000, received 0\n"


def test_a_terminal_that_knows_no_such_signs_is_given_others() -> None:
    ended = piped("fit", "googlenet", "--max-params", "2000000", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "2,000,000" in ended.stdout


def test_a_bad_setting_ends_a_command_with_one_line() -> None:
    ended = piped("fit", "googlenet", "--max-params", "2000000", EXPLORER_MAX_WIDTH="none")
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("EXPLORER_MAX_WIDTH: ")


def test_a_limit_is_the_servers_own_setting() -> None:
    ended = piped("sweep", "googlenet", "--vary", "classes:1:9:1", EXPLORER_MAX_SWEEP_POINTS="8")
    assert ended.returncode == 2
    assert "at most 8 points" in ended.stderr


def test_control_c_ends_a_command_quietly() -> None:
    asked = ["sweep", "googlenet", "--vary", "width:0.25:4:0.01", "--vary", "input:30:2000:1", "--csv"]
    with subprocess.Popen(
        [sys.executable, "-m", "app", *asked],
        cwd=ROOT, env=plain(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"width,input,params,macs,activations,peak_activations\r\n"
        os.kill(process.pid, signal.SIGINT)
        process.stdout.read()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 130


def test_an_interrupt_that_a_library_swallows_ends_a_command_all_the_same() -> None:
    code = """
import contextlib, signal, sys
from app.__main__ import main
from app.command.run import stop
with contextlib.suppress(KeyboardInterrupt):
    stop(signal.SIGINT, None)
sys.argv = ["app", "sweep", "googlenet", "--vary", "width:0.25:4:0.01", "--vary", "input:30:2000:1", "--csv"]
main()
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=plain(), capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, b"")
    assert ended.stdout.count(b"\n") < 100_000
