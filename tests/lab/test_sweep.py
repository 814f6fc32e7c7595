"""The sweep as a job: its front against all rows of the same sweep, in a process that knows no torch."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.lab.csv import to_csv
from app.lab.process import Process
from app.lab.sweep import TASK, SweepSettings, Swept, sweep
from app.lab.workers import Workers
from app.network.space import Axis, Sums
from app.network.variant import Choices
from app.render.sweep import to_json
from app.web.address import Limits
from app.web.sweep import Asked, read_sweep
from tests.serving import ROOT
from tests.told import Told

GRIDS = (
    ("googlenet", "vary=4e.5x5:0:256:16&vary=4d.1x1:16:160:48&width=0.5"),
    ("torchvision", "vary=width:0.25:1.3:0.05&vary=input:20:120:25&vary=classes:0:20:10"),
    ("tf-slim", "vary=4e.3x3_reduce:0:40:8&vary=4e.3x3:0:40:8&5a=off"),
    ("googlenet", ""),
    ("googlenet", "vary=input:1:9:1"),
)
"""Some points are no variants; in the last none is."""
LARGE = "vary=4e.5x5:1:1000:1&vary=3a.1x1:1:100:1&vary=classes:1:10:1"


def asked(network: str, query: str) -> Asked:
    return read_sweep(network, query, Limits(), 10**6)


Call = tuple[str, Choices, tuple[Axis, ...], str, str | None, SweepSettings]


def call(grid: Asked, settings: SweepSettings) -> Call:
    """What the function is given beside `report`."""
    made = grid.grid
    return made.network.id, made.choices, tuple(made.axes), grid.state, grid.address, settings


def beats(one: Sequence[int], other: Sequence[int]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(("network", "query"), GRIDS)
@given(st.permutations(Sums._fields), st.booleans(), st.booleans(), st.data())
def test_the_front_is_what_no_other_row_within_the_budgets_beats(
    network: str, query: str, names: list[str], less: bool, fewer: bool, data: st.DataObject
) -> None:
    grid = asked(network, query)
    every = json.loads(b"".join(to_json(grid.grid, grid.state)))
    keys = len(grid.varied)
    totals = [dict(zip(Sums._fields, row[keys:], strict=True)) for row in every["rows"]]
    values = sorted({each[names[2]] for each in totals}) or [0]
    limited = data.draw(st.sampled_from((None, *values[:: max(1, len(values) // 5)])))
    wishes = {"across": f"{names[0]}:{'less' if less else 'more'}", "up": f"{names[1]}:{'less' if fewer else 'more'}"}
    settings = SweepSettings.model_validate({**wishes, f"max_{names[2]}": limited})
    found = sweep(*call(grid, settings), report=Told())

    fitting = [at for at, each in enumerate(totals) if limited is None or each[names[2]] <= limited]
    costs = {
        at: ((1 if less else -1) * totals[at][names[0]], (1 if fewer else -1) * totals[at][names[1]]) for at in fitting
    }
    front: dict[tuple[int, int], int] = {}
    for at, cost in costs.items():
        if not any(beats(other, cost) for other in costs.values()):
            front.setdefault(cost, at)
    expected = [every["rows"][at][: len(found.columns)] for _, at in sorted(front.items())]
    assert [list(row) for row in found.rows] == expected
    assert (found.front, found.fitting, found.points) == (len(front), len(fitting), grid.grid.points)
    assert list(found.columns) == every["columns"][: len(found.columns)]
    counted = {*names[:2], *([names[2]] if limited is not None else [])}
    assert counted <= set(found.columns)
    assert (found.network, found.state, found.sweep) == (network, every["state"], grid.address)


@pytest.mark.parametrize("most", [2, 3, 7, 10_000])
def test_a_long_front_is_thinned_out_evenly_and_keeps_its_ends(most: int) -> None:
    grid = asked("googlenet", "vary=4e.5x5:1:500:1")
    whole = sweep(*call(grid, SweepSettings()), report=Told())
    found = sweep(*call(grid, SweepSettings(most=most)), report=Told())
    assert found.front == whole.front == len(whole.rows) == 500
    assert len(found.rows) == min(most, 500)
    at = [whole.rows.index(row) for row in found.rows]
    assert (at[0], at[-1]) == (0, 499)
    gaps = [b - a for a, b in pairwise(at)]
    assert max(gaps) - min(gaps) <= 1


def test_its_rows_are_csv_like_those_of_a_sweep() -> None:
    grid = asked("googlenet", "vary=4e.5x5:8:64:8&vary=width:0.5:1:0.25")
    found = sweep(*call(grid, SweepSettings()), report=Told())
    header, *lines = csv.reader(io.StringIO(to_csv(found), newline=""))
    assert tuple(header) == found.columns
    assert [tuple(map(float, line)) for line in lines] == [tuple(map(float, row)) for row in found.rows]


def test_it_tells_how_far_it_is() -> None:
    told = Told()
    sweep(*call(asked("googlenet", LARGE), SweepSettings()), report=told)
    assert len(told.progress) > 5
    assert told.progress == sorted(told.progress)
    assert told.messages[-1].endswith(" of 1,000,000 points")


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers([Process(300, 1024)], 1)
    yield made
    made.close()


def test_a_process_answers_the_same(workers: Workers) -> None:
    arguments = call(asked("googlenet", LARGE), SweepSettings(max_params=6_500_000))
    there = workers.submit(TASK, arguments, lambda *_: None).result()
    assert isinstance(there, Swept)
    assert there == sweep(*arguments, report=Told())


def test_it_needs_no_torch() -> None:
    code = "import app.lab.sweep, app.lab.process, sys; print(sorted({'torch', 'onnx', 'fastapi'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"across": "params:more"}, "up"),
        ({"up": "macs:more"}, "up"),
        ({"across": "width:more"}, "across"),
        ({"max_macs": -1}, "max_macs"),
        ({"most": 1}, "most"),
        ({"most": 10_001}, "most"),
        ({"colour": 1}, "colour"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_by_name(settings: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SweepSettings.model_validate(settings)
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]


def test_the_address_of_all_rows_gives_the_same_grid() -> None:
    for network, query in GRIDS:
        grid = asked(network, query)
        _, _, path = grid.address.partition("/networks/")
        id, _, rest = path.partition("/sweep")
        again = asked(id, rest.removeprefix("?"))
        assert (again.state, again.varied, again.grid.points) == (grid.state, grid.varied, grid.grid.points)
        assert urlencode([("vary", each) for each in grid.varied], safe=",:") in grid.address
