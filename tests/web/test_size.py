"""The door `/size`: torch is the judge of what a window gives, and of what it refuses."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.web.doors import API, check_problem

torch = pytest.importorskip("torch")
DOOR = f"{API}/size"
SIDE = st.integers(1, 40)


def pairs(least: int, most: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(least, most), st.integers(least, most))


@st.composite
def windows(draw: st.DrawFn) -> dict[str, Any]:
    """Any op with any of its parameters, many of which torch refuses."""
    op = draw(st.sampled_from(("conv", "max_pool", "avg_pool")))
    asked: dict[str, Any] = {
        "op": op,
        "input": draw(pairs(1, 40)),
        "kernel": draw(pairs(1, 8)),
        "stride": draw(pairs(1, 5)),
        "padding": draw(pairs(0, 5)),
    }
    if op != "avg_pool":
        asked["dilation"] = draw(pairs(1, 3))
    if op != "conv":
        asked["rounding"] = draw(st.sampled_from(("floor", "ceil")))
    return asked


def by_torch(asked: dict[str, Any]) -> list[int] | None:
    """What torch gives, None where it refuses."""
    image = torch.zeros((1, 1, *asked["input"]))
    window = {name: asked[name] for name in ("stride", "padding", "dilation") if name in asked}
    functional = torch.nn.functional
    try:
        if asked["op"] == "conv":
            out = functional.conv2d(image, torch.zeros((1, 1, *asked["kernel"])), **window)
        else:
            pool = functional.max_pool2d if asked["op"] == "max_pool" else functional.avg_pool2d
            out = pool(image, asked["kernel"], ceil_mode=asked["rounding"] == "ceil", **window)
    except RuntimeError:
        return None
    return list(out.shape[2:])


@given(windows())
def test_a_size_is_what_torch_gives_and_what_torch_refuses_is_refused(
    client: TestClient, asked: dict[str, Any]
) -> None:
    said = {name: value if isinstance(value, str) else "x".join(map(str, value)) for name, value in asked.items()}
    answer = client.get(DOOR, params=said)
    expected = by_torch(asked)
    if expected is None:
        check_problem(answer, 422)
    else:
        assert answer.status_code == 200, answer.text
        assert answer.json()["size"] == expected


@pytest.mark.parametrize(
    ("query", "size", "formula"),
    [
        # reference/facts.md, "Rounding", and the contract's own example
        ("op=conv&input=28&kernel=5&stride=1&padding=2", 28, "⌊(28 − 5 + 2·2)/1⌋ + 1 = 28"),
        ("op=conv&input=224&kernel=7&stride=2&padding=3", 112, "⌊(224 − 7 + 2·3)/2⌋ + 1 = 112"),
        ("op=max_pool&input=112&kernel=3&stride=2&rounding=ceil", 56, "⌈(112 − 3 + 2·0)/2⌉ + 1 = 56"),
        ("op=max_pool&input=112&kernel=3&stride=2", 55, "⌊(112 − 3 + 2·0)/2⌋ + 1 = 55"),
        ("op=avg_pool&input=14&kernel=5&stride=3&rounding=ceil", 4, "⌈(14 − 5 + 2·0)/3⌉ + 1 = 4"),
        ("op=avg_pool&input=7&kernel=7", 1, "⌊(7 − 7 + 2·0)/1⌋ + 1 = 1"),
    ],
)
def test_a_size_comes_with_its_formula(client: TestClient, query: str, size: int, formula: str) -> None:
    assert client.get(f"{DOOR}?{query}").json() == {"size": size, "formula": formula}


def test_a_last_window_that_would_start_in_the_padding_is_dropped_and_the_formula_says_so(client: TestClient) -> None:
    # torch: MaxPool2d(2, stride=2, padding=1, ceil_mode=True) of 3 gives 2, the formula alone 3
    said = client.get(f"{DOOR}?op=max_pool&input=3&kernel=2&stride=2&padding=1&rounding=ceil").json()
    assert said["size"] == 2
    assert said["formula"].endswith("2")
    assert said["formula"] != "⌈(3 − 2 + 2·1)/2⌉ + 1 = 2"


def test_one_pair_among_the_parameters_gives_height_and_width(client: TestClient) -> None:
    for query in ("input=28x28&kernel=5", "input=28&kernel=5x5", "input=28&kernel=5&stride=1x1"):
        assert client.get(f"{DOOR}?op=conv&{query}").json()["size"] == [24, 24]
    said = client.get(f"{DOOR}?op=conv&input=28x30&kernel=5x1").json()
    assert said["size"] == [24, 30]
    assert "28 − 5" in said["formula"]
    assert "30 − 1" in said["formula"]


@pytest.mark.parametrize(
    ("query", "field", "received", "allowed"),
    [
        ("", "op", "", "conv, max_pool or avg_pool"),
        ("input=28&kernel=5", "op", "", "conv, max_pool or avg_pool"),
        ("op=pool&input=28&kernel=5", "op", "pool", "conv, max_pool or avg_pool"),
        ("op=conv&kernel=5", "input", "", "1 to 2048, or height × width as 28x28"),
        ("op=conv&input=28", "kernel", "", "1 to 2048, or height × width as 28x28"),
        ("op=conv&input=&kernel=5", "input", "", "1 to 2048, or height × width as 28x28"),
        ("op=conv&input=0&kernel=5", "input", "0", "1 to 2048"),
        ("op=conv&input=2049&kernel=5", "input", "2049", "1 to 2048"),
        ("op=conv&input=28x28x28&kernel=5", "input", "28x28x28", "1 to 2048, or height × width as 28x28"),
        ("op=conv&input=28x&kernel=5", "input", "28x", "1 to 2048"),
        ("op=conv&input=28&kernel=5&stride=0", "stride", "0", "1 to 2048"),
        ("op=conv&input=28&kernel=5&padding=-1", "padding", "-1", "0 to 2048"),
        ("op=conv&input=28&kernel=5&rounding=floor", "rounding", "floor", "left out: conv takes none"),
        ("op=avg_pool&input=28&kernel=5&dilation=1", "dilation", "1", "left out: avg_pool takes none"),
        ("op=max_pool&input=28&kernel=5&rounding=round", "rounding", "round", "ceil or floor"),
        ("op=max_pool&input=28&kernel=5&padding=3", "padding", "3", "at most half the kernel, in a pool"),
        ("op=avg_pool&input=28&kernel=5x2&padding=2", "padding", "2", "at most half the kernel, in a pool"),
        ("op=conv&input=4&kernel=5", "input", "4", "at least 5, so that the window fits"),
        ("op=conv&input=2&kernel=3&dilation=2", "input", "2", "at least 5, so that the window fits"),
        ("op=conv&input=9x2&kernel=3", "input", "9x2", "at least 3, so that the window fits"),
        ("op=max_pool&input=1&kernel=4&stride=3", "input", "1", "at least 4, so that the window fits"),
        ("op=max_pool&input=1&kernel=4&stride=2&rounding=ceil", "input", "1", "at least 3, so that the window fits"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    client: TestClient, query: str, field: str, received: str, allowed: str
) -> None:
    body = check_problem(client.get(f"{DOOR}?{query}"), 422)
    assert body["errors"] == [{"field": field, "received": received, "allowed": allowed}]
    assert body["detail"] == f"{field}: {allowed}, received {received}"


def test_an_empty_value_counts_as_left_out(client: TestClient) -> None:
    query = "op=avg_pool&input=28&kernel=5&stride=&padding=&dilation=&rounding="
    assert client.get(f"{DOOR}?{query}").json()["size"] == 24
    assert client.get(f"{DOOR}?op=conv&input=0028&kernel=05&rounding=").json()["size"] == 24


@pytest.mark.parametrize(
    ("kernel", "dilation", "allowed"),
    [
        # ⌊(w − d(f − 1) − 1)/s⌋ + 1 ≥ 1 first where w = d(f − 1) + 1
        (2, 100, "at least 101, so that the window fits"),
        (2, 2047, "at least 2048, so that the window fits"),
        (2, 2048, "no input up to 2048 fits it"),
        (2048, 2048, "no input up to 2048 fits it"),
    ],
)
def test_the_least_input_is_named_where_it_is_allowed(
    client: TestClient, kernel: int, dilation: int, allowed: str
) -> None:
    answer = client.get(f"{DOOR}?op=conv&input=1&kernel={kernel}&dilation={dilation}")
    assert check_problem(answer, 422)["errors"] == [{"field": "input", "received": "1", "allowed": allowed}]
