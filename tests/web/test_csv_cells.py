"""No cell of any CSV becomes a formula where a spreadsheet opens it (OWASP: CSV injection)."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.command.asking import ask
from tests.garbage import queries
from tests.strategies import addresses, query
from tests.web.doors import API, GETS, NETWORK, asking

TABLES = (*[each for each in GETS.values() if ".csv" in each], f"{NETWORK}/sweep?format=csv")
"""Every door that answers so."""
STARTS_A_FORMULA = re.compile(r"^[=+\-@\t\r\n]")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")


def check_cells(content: bytes) -> None:
    """A cell that a spreadsheet would work out is a number, of which there is nothing to work out."""
    cells = [cell for line in csv.reader(io.StringIO(content.decode(), newline=""), strict=True) for cell in line]
    assert cells
    formulas = [cell for cell in cells if STARTS_A_FORMULA.match(cell) and not NUMBER.fullmatch(cell)]
    assert not formulas


def test_formulas_are_found() -> None:
    for cell in ("=1+1", "+cmd", "-1+1", "@SUM(1)", '"\tx"', '"\r=1"', "--1"):
        with pytest.raises(AssertionError):
            check_cells(f"a,{cell}\r\n".encode())


@pytest.mark.parametrize("address", TABLES)
def test_every_table_is_one_of_words_and_numbers(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.headers["content-type"].startswith("text/csv")
    check_cells(answer.content)


@given(address=addresses(), garbage=queries(), door=st.sampled_from(("layers.csv?", "sweep?format=csv&")))
def test_no_state_puts_a_formula_into_a_table(
    client: TestClient, address: tuple[str, dict[str, str]], garbage: str, door: str
) -> None:
    network, values = address
    here = f"{API}/networks/{network}/{door}{query(values)}"
    check_cells(client.get(here).content)
    answer = client.get(asking(here, garbage))
    if answer.status_code == 200:
        check_cells(answer.content)


@given(left=addresses(), right=addresses())
def test_nor_do_the_commands(left: tuple[str, dict[str, str]], right: tuple[str, dict[str, str]]) -> None:
    one, other = (f"{network}?{query(values)}" for network, values in (left, right))
    for command in (
        ("compare", one, other), ("analyse", one), ("fit", one, "--max-params", "100000000"), ("sweep", one)
    ):  # fmt: skip
        code, out, errors = ask(*command, "--csv")
        assert code == 0, errors
        check_cells(out)
