"""The commands answer what the API's doors answer, to the byte, for any variant."""

import csv
import io
import json
import os
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.command.asking import ask, chosen
from tests.strategies import addresses, query

API = "/api/v1/networks"
AXES = st.lists(
    st.sampled_from(("width:0.25:1.25:0.5", "input:20:224:68", "classes:0:3:1", "4e.5x5:0:48:24", "3a.3x3:0:9:3")),
    unique=True,
    max_size=3,
)  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings.model_construct(warm_lab=False))) as running:
        yield running


def same(client: TestClient, address: str, *arguments: str) -> bytes:
    """Asks both, and gives what both said."""
    answer, (code, out, errors) = client.get(address), ask(*arguments)
    if answer.status_code == 200:
        assert (code, out, errors) == (0, answer.content, "")
    else:
        assert (code, out) == (2, b"")
        assert "; ".join(errors.splitlines()) == answer.json()["detail"]
    return out


@given(addresses())
def test_analyse_gives_the_apis_bytes_for_a_state_in_either_form(
    client: TestClient, address: tuple[str, dict[str, str]]
) -> None:
    network, values = address
    asked = query(values)
    out = same(client, f"{API}/{network}?{asked}", "analyse", network, *chosen(values), "--json")
    assert out
    assert ask("analyse", f"{network}?{asked}", "--json")[1] == out
    same(client, f"{API}/{network}/layers.csv?{asked}", "analyse", f"{network}?{asked}", "--csv")


@given(addresses(), AXES, st.sampled_from(("json", "csv", "arrow", "parquet")))
def test_sweep_gives_the_apis_bytes(
    client: TestClient, address: tuple[str, dict[str, str]], axes: list[str], format: str
) -> None:
    network, values = address
    varied = [("vary", axis) for axis in axes]
    asked = [part for axis in axes for part in ("--vary", axis)]
    door = f"{API}/{network}/sweep?{urlencode([*values.items(), *varied], safe=',:')}&format={format}"
    same(client, door, "sweep", network, *chosen(values), *asked, f"--{format}")


@given(addresses(), st.dictionaries(st.sampled_from(("params", "macs", "activations")), st.integers(0, 10**9)))
def test_fit_gives_the_apis_bytes(
    client: TestClient, address: tuple[str, dict[str, str]], budgets: dict[str, int]
) -> None:
    network, values = address
    own = {f"max_{name}": str(most) for name, most in budgets.items()}
    options = [part for name, most in budgets.items() for part in (f"--max-{name}", str(most))]
    door = f"{API}/{network}/fit?{urlencode(values | own, safe=',:')}"
    out = same(client, door, "fit", network, *chosen(values), *options, "--json")
    if out:
        said, lines = json.loads(out), ask("fit", network, *chosen(values), *options, "--csv")[1].decode()
        (row,) = csv.DictReader(io.StringIO(lines, newline=""))
        assert (float(row["width"]), row["state"]) == (said["width"], said["state"])
        assert {name: int(row[name]) for name in said["totals"]} == said["totals"]


@given(addresses(), addresses())
def test_compare_gives_the_apis_bytes_and_its_rows(
    client: TestClient, left: tuple[str, dict[str, str]], right: tuple[str, dict[str, str]]
) -> None:
    sides = [f"{network}?{query(values)}".rstrip("?") for network, values in (left, right)]
    door = f"/api/v1/compare?{urlencode(dict(zip(('left', 'right'), sides, strict=True)))}"
    said = json.loads(same(client, door, "compare", *sides, "--json"))
    rows = list(csv.DictReader(io.StringIO(ask("compare", *sides, "--csv")[1].decode(), newline="")))
    assert [row["path"] for row in rows] == [row["path"] for row in said["rows"]]
    for row, pair in zip(rows, said["rows"], strict=True):
        for side in ("left", "right"):
            for what in ("params", "macs"):
                assert row[f"{side}_{what}"] == (str(pair[side][what]) if pair[side] else "")
        assert (int(row["params_delta"]), int(row["macs_delta"])) == (pair["params_delta"], pair["macs_delta"])


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        (f"{API}/alexnet", ("analyse", "alexnet")),
        (f"{API}/googlenet?classes=0&x=1&y=2", ("analyse", "googlenet?classes=0", "--set", "x=1", "--set", "y=2")),
        (f"{API}/googlenet?classes=0&4d=9,9", ("analyse", "googlenet?classes=0", "--set", "4d=9,9", "--json")),
        (f"{API}/googlenet?classes=7&classes=8", ("analyse", "googlenet?classes=7", "--set", "classes=8")),
        (f"{API}/googlenet?input=30", ("analyse", "googlenet", "--set", "input=30", "--csv")),
        (f"{API}/tf-slim?aux=on", ("analyse", "tf-slim", "--set", "aux=on")),
        (f"{API}/googlenet?4e=a%3Db%26c%25d", ("analyse", "googlenet", "--set", "4e=a=b&c%d")),
        (f"{API}/googlenet/sweep?vary=input:2:1:1", ("sweep", "googlenet", "--vary", "input:2:1:1")),
        (f"{API}/googlenet/sweep?vary=4e.5x5:0:4095:1&vary=4e.1x1:0:4095:1",
         ("sweep", "googlenet", "--vary", "4e.5x5:0:4095:1", "--vary", "4e.1x1:0:4095:1")),
        (f"{API}/googlenet/fit", ("fit", "googlenet")),
        (f"{API}/googlenet/fit?max_params=-1", ("fit", "googlenet", "--max-params", "-1")),
        (f"{API}/googlenet/fit?max_macs=9&max_params=9", ("fit", "googlenet", "--max-macs", "9", "--max-params", "9")),
        (f"{API}/googlenet/fit?max_macs=900000000&multiple=3",
         ("fit", "googlenet", "--max-macs", "900000000", "--multiple", "3")),
        ("/api/v1/compare?left=googlenet&right=alexnet", ("compare", "googlenet", "alexnet")),
        ("/api/v1/compare?left=googlenet%3Fx%3D1&right=googlenet", ("compare", "googlenet?x=1", "googlenet")),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_the_apis_words_a_line_each(
    client: TestClient, address: str, arguments: tuple[str, ...]
) -> None:
    answer = client.get(address)
    assert answer.status_code in (404, 422)
    assert same(client, address, *arguments) == b""
    assert len(ask(*arguments)[2].splitlines()) == max(1, len(answer.json()["errors"]))


def test_a_key_without_a_value_is_refused() -> None:
    assert ask("analyse", "googlenet", "--set", "4e") == (
        2, b"", "--set: KEY=VALUE, as 4e.5x5=192, received 4e\n",
    )  # fmt: skip


@given(st.one_of(st.text(min_size=1), st.binary(min_size=1).map(os.fsdecode)))  # arguments are any bytes
def test_whatever_is_typed_is_answered_in_lines_that_nothing_breaks(typed: str) -> None:
    for arguments in (("analyse", typed), ("analyse", "googlenet", f"--set=4e={typed}"), ("compare", typed, typed)):
        if typed.startswith("-"):
            continue  # an option
        code, out, errors = ask(*arguments)
        assert (code, out) == (2, b"") or code == 0
        assert len(errors.splitlines()) == len(errors.split("\n")) - 1
        assert all(line.isprintable() for line in errors.split("\n"))
