"""Random states of every key on any network, valid by construction."""

from collections.abc import Mapping
from functools import cache
from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from app.network.catalog import NETWORKS
from app.network.spec import COLUMNS

STATE_WORDS = {
    "modules": ("naive", "reduced"),
    "norm": ("lrn", "batch", "none"),
    "five": ("5x5", "3x3", "3x3x2"),
    "rounding": ("ceil", "floor"),
    "aux": ("on", "off"),
    "head": ("gap", "flatten"),
}
"""Keys whose values are words, as the contract lists them."""
OWN = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
"""The paper's modules."""
MODULES = tuple(stage + letter for stage in "345" for letter in "abcdefghij")
STATE_ORDER = ("input", "classes", *MODULES, "modules", "width", "stem", "norm", "five", "rounding", "aux", "head")
"""The contract's order of keys."""
SIDES = st.integers(61, 300)
"""Sides of an input that every variant fits: 61 is the most that any needs (floor, `pool4` 3×3)."""


def _text(*numbers: int) -> str:
    return ",".join(map(str, numbers))


_PAIR = st.one_of(st.tuples(st.integers(0, 90), st.integers(1, 160)), st.just((0, 0)))
_SIX = st.builds(
    lambda one, three, five, proj: _text(one, *three, *five, proj),
    st.integers(0, 130), _PAIR, _PAIR, st.integers(0, 70),
)  # fmt: skip
_THREE = st.tuples(*[st.integers(0, 40)] * 3).map(lambda three: f"naive:{_text(*three)}")
_ADDED = st.one_of(_SIX, _THREE)
_WHOLE = st.one_of(_SIX, _THREE, st.sampled_from(("naive", "off")))
_ADDED_NAMES = st.sampled_from(((), (), ("3c",), ("4f",), ("5c", "5d"), ("3c", "4f", "4g")))
_SOME = st.lists(st.sampled_from(OWN), unique=True, max_size=2)
_OWN_NAMES = st.one_of(_SOME, _SOME, st.lists(st.sampled_from(OWN), unique=True), st.just(OWN))
_COLUMN = st.tuples(st.sampled_from(OWN), st.sampled_from(COLUMNS), st.integers(1, 200)).map(
    lambda drawn: {f"{drawn[0]}.{drawn[1]}": str(drawn[2])}
)
_LEFT_OUT = st.tuples(
    st.sampled_from(OWN),
    st.sampled_from(
        (
            {"1x1": "0"},
            {"3x3_reduce": "0"},
            {"3x3_reduce": "0", "3x3": "0"},
            {"5x5_reduce": "0"},
            {"5x5_reduce": "0", "5x5": "0"},
            {"pool_proj": "0"},
        )
    ),
).map(lambda drawn: {f"{drawn[0]}.{column}": value for column, value in drawn[1].items()})
_WIDTH = st.one_of(st.sampled_from(("0.25", "0.5", "1", "2", "4")), st.integers(250, 4000).map(lambda n: str(n / 1000)))


def _inputs(sides: SearchStrategy[int]) -> SearchStrategy[str]:
    """An input in each of its three spellings."""
    two = st.tuples(sides, sides).map("{0[0]}x{0[1]}".format)
    return st.one_of(sides.map(str), two, st.tuples(st.integers(1, 6), two).map("{0[0]}x{0[1]}".format))


@cache
def _others(network: str, sides: SearchStrategy[int]) -> SearchStrategy[dict[str, str]]:
    """Keys that are no module's."""
    words = {key: st.sampled_from(STATE_WORDS[key]) for key in STATE_WORDS if key not in NETWORKS[network].fixed}
    numbers = {
        "input": _inputs(sides),
        "classes": st.integers(1, 1200).map(str),
        "width": _WIDTH,
        "stem": st.tuples(*[st.integers(1, 100)] * 3).map(lambda three: _text(*three)),
    }
    return st.fixed_dictionaries({}, optional=numbers | words)


@st.composite
def states(draw: DrawFn, network: str, sides: SearchStrategy[int] = SIDES) -> dict[str, str]:
    """A state of that network, by key; any key may be missing, and columns stand only where their module's key is not.

    Args:
        draw: Hypothesis's own.
        network: id of the published network.
        sides: heights and widths of the input.
    """
    whole: tuple[str, ...] = tuple(draw(_OWN_NAMES))
    values = draw(_others(network, sides)) | {name: draw(_WHOLE) for name in whole}
    values |= {name: draw(_ADDED) for name in draw(_ADDED_NAMES)}
    columns: dict[str, str] = draw(st.one_of(st.just({}), _COLUMN, _LEFT_OUT))
    return values | {key: value for key, value in columns.items() if key[:2] not in whole}


@st.composite
def addresses(draw: DrawFn, sides: SearchStrategy[int] = SIDES) -> tuple[str, dict[str, str]]:
    """A network and a state of it."""
    network = draw(st.sampled_from(tuple(NETWORKS)))
    return network, draw(states(network, sides))


def query(values: Mapping[str, str]) -> str:
    """Values by key as a query string."""
    return urlencode(values, safe=",:")
