"""The README says only what is true: its examples are run, its tables held against the program."""

import re
import shlex
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.render.cells import THIN
from app.settings import Settings
from tests.command.asking import ask

README = Path(__file__).parents[1].joinpath("README.md").read_text()
EXAMPLES = re.findall(r"^\$ curl 'http://127\.0\.0\.1:8000(\S+)'\n(.+)$", README, re.MULTILINE)


COMMANDS = re.findall(r"^\$ python -m app (.+)\n((?:.*\n)+?)…$", README, re.MULTILINE)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 7
    assert len(COMMANDS) >= 4


@pytest.mark.parametrize(("arguments", "printed"), COMMANDS)
def test_a_command_prints_what_is_printed(arguments: str, printed: str) -> None:
    code, out, errors = ask(*shlex.split(arguments))
    assert (code, errors) == (0, "")
    expected = printed.splitlines()
    said = [line.rstrip().replace(THIN, " ") for line in out.decode().splitlines()]
    assert said[: len(expected)] == expected


@pytest.mark.parametrize(("address", "answer"), EXAMPLES)
def test_an_example_answers_as_printed(address: str, answer: str) -> None:
    said = TestClient(create_app(Settings())).get(address).text
    assert said.startswith(answer.removesuffix("…"))


def written(default: object) -> str:
    """As the table has it."""
    match default:
        case bool():
            return str(default).lower()
        case str():
            return default or "none"
        case _:
            return f"{default:,}".removesuffix(".0")


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        assert f"| `EXPLORER_{name.upper()}` | {written(field.default)} | {field.description} |" in README


def test_every_state_key_stands_in_the_table() -> None:
    for key in ("input", "classes", "4e.5x5", "modules", "width", "stem", "norm", "five", "rounding", "aux", "head"):
        assert re.search(rf"^\| `{re.escape(key)}`", README, re.MULTILINE), key
