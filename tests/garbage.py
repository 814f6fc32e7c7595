"""Garbage, as strangers send it, and what every reader of an address is held to, whatever it is given."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import ValidationError

from app.errors import BadInput, ExplorerError, NotFound
from app.network.catalog import NETWORKS
from app.network.spec import Spec
from app.network.variant import COLUMN_KEYS, KEYS
from app.settings import Settings
from app.web import parameters
from app.web.address import STATE_KEYS, Limits, parse, parse_spec, read_query, state
from app.web.described import read_comparison, read_described, read_free_module
from app.web.size import size
from app.web.sweep import read_sweep
from tests.strategies import addresses, query

T = TypeVar("T")
SETTINGS = Settings.model_construct()
LIMITS, MODULE_LIMITS = Limits.of(SETTINGS), Limits.of_module(SETTINGS)
MARKUP = "<evil-x onevil='1'>\"'`"
"""What a page must never have as an element or an attribute of its own."""
DOORS = (
    *parameters.STATE, *parameters.SWEEP_DOOR, *parameters.FIT_DOOR, *parameters.MODULE_DOOR, *parameters.SIZE_DOOR,
    *parameters.COMPARE_DOOR, parameters.WEIGHTS,
)  # fmt: skip
GOOD = tuple(dict.fromkeys((*[each.example for each in DOORS], *[word for each in DOORS for word in each.words])))
"""Values that some key takes."""
PAGES = (
    "network",
    "shade",
    "count",
    "charts",
    "run",
    "step",
    "answer",
    "across",
    "up",
    "at",
    "counted",
    "padding_total",
)
OWN = tuple(dict.fromkeys((*KEYS, *COLUMN_KEYS, *[each.name for each in DOORS], *PAGES, "vary.width", "in_macs")))
"""Keys that some door or page takes."""
ODD = (
    "%00", "%", "%z", "%ff", "%ed%a0%80", "%0d%0aX-Evil:%201", "%25%32%35", "%2525", "%EF%BC%91", "%C2%B2", "%E2%91%A0",
    "%D9%A3", "%F0%9F%98%80", "%E2%80%AE", "%7f", "%1b[2J", "+", "%20", "-1", "%2B1", ".5", "1.", "1e9", "1_0", "0x10",
    "nan", "Infinity", "9" * 20, "9" * 5000, "0." + "3" * 3000, "0" * 4000, ",", ":", "x", ";", "&", "=", "?", "/",
    "..", "%2e%2e%2f", "[]", "{0}", "{received}", "{{7*7}}", "%25s", "=1+1", "@SUM(1)", quote(MARKUP), "__class__",
)  # fmt: skip
"""Pieces of an address that mean nothing, or something else to somebody."""
_ANY: SearchStrategy[str] = st.text(max_size=12).map(lambda text: quote(text.encode("utf-8", "surrogatepass")))
_PIECE = st.one_of(st.sampled_from(GOOD), st.sampled_from(ODD), _ANY)
_VALUE = st.one_of(st.sampled_from(GOOD), _PIECE, st.lists(_PIECE, max_size=4).map("".join))
_KEY = st.one_of(st.sampled_from(OWN), st.sampled_from(OWN), st.sampled_from(ODD), _ANY)


@st.composite
def queries(draw: DrawFn) -> str:
    """A query string as it may stand in an address: a good state, garbage, or both, some of it more than once."""
    parts = draw(st.lists(st.tuples(_KEY, _VALUE).map("=".join), max_size=4))
    if draw(st.booleans()):
        parts += query(draw(addresses())[1]).split("&")
    if parts and draw(st.integers(0, 5)) == 0:
        parts.append(draw(st.sampled_from(parts)))
    return draw(st.sampled_from(("&", "&", "&", "&&", ";"))).join(draw(st.permutations(parts)))


_TAGS = ("*", '"', 'W/"', '"a,b', "," * 2000, '"x",' * 2000)
_HOSTS = ("[", "[::1", "[::1]:99999", "a b", "localhost:-1", "user:pass@host", "host/path?x#y", "\u2100", "a" * 9000)
_CODINGS = ("gzip;q=", "br;q=1.0000", "*;q=0", "identity;q=0, *;q=0", "gzip;q=1e9", "br;" * 3000, "gzip, gzip;q=0")
HEADERS: Mapping[str, tuple[str, ...]] = {
    "Host": _HOSTS,
    "If-None-Match": _TAGS,
    "Accept-Encoding": _CODINGS,
    "Accept": ("text/html", "*/*;q=x", "\xff"),
    "Forwarded": ('for="', "for=1;proto=x;host=[", "for=_" * 900),
    "X-Forwarded-For": ("", "[::1", "1.2.3.4," * 900, MARKUP),
    "X-Forwarded-Proto": ("https", "javascript", "\xff", MARKUP),
    "X-Forwarded-Host": ("evil.example", MARKUP),
    "X-Request-Id": ("a" * 900, "\xff", MARKUP),
    "HX-Request": ("true", "\xff"),
    "HX-Current-URL": ("http://[", "a&" * 900, f"http://x/?{quote(MARKUP)}=1", "\xff"),
    "Content-Length": ("-1", "x", "9" * 30),
    "Content-Type": ("", "\xff", "multipart/form-data; boundary=", "application/json; charset=\xff"),
    "Range": ("bytes=0-0", "bytes=-", "lines=\xff"),
    "Cookie": ("a=b;" * 900, "\xff"),
    "Sec-Fetch-Site": ("", "none", "\xff"),
    "Accept-Language": ("zh-CN;q=x", "\xff" * 900),
    "If-Modified-Since": ("yesterday", "\xff"),
}
"""By name, values that are none, or that somebody trusts."""
headers = st.lists(
    st.sampled_from(tuple((name, value) for name, values in HEADERS.items() for value in values)), max_size=3
)


def refused(read: Callable[[], T]) -> T | None:
    """What a reader finds, or None where it refuses, which it does in words that are complete and of limited length."""
    try:
        return read()
    except (BadInput, NotFound) as error:
        check_refusal(error)
        return None


def check_refusal(error: ExplorerError) -> None:
    """A refusal names what is wrong and what would be right, in so many words at most."""
    problems = error.problems if isinstance(error, BadInput) else [error.problem] if isinstance(error, NotFound) else []
    assert 1 <= len(problems) <= BadInput.MOST
    assert all(problem.allowed for problem in problems)
    assert all(error.sentences)
    assert len(str(error)) < 1200 * len(problems)


def check_state(network: str, text: str) -> None:
    """What a query describes is described by its canonical form, which is its own."""
    described = refused(lambda: read_described(network, text, LIMITS)[0])
    if described:
        assert re.fullmatch(r"[a-z0-9_.,:=&]*", described.state)
        again = read_described(network, described.state, LIMITS)[0]
        assert (again.state, again.variant.spec) == (described.state, described.variant.spec)
        assert state(again.variant) == described.state


def check_sweep(network: str, text: str) -> None:
    """The same of a grid, without counting it."""
    asked = refused(lambda: read_sweep(network, text, LIMITS, SETTINGS.max_sweep_points))
    if asked:
        assert 0 < asked.grid.points <= SETTINGS.max_sweep_points
        varied = "&".join(f"vary={axis.key}:{axis.text(0)}:{axis.text(0)}:1" for axis in asked.grid.axes)
        again = read_sweep(network, f"{asked.state}&{varied}", LIMITS, SETTINGS.max_sweep_points)
        assert again.state == asked.state


def check_others(network: str, text: str) -> None:
    """Whatever else is read from a query."""
    refused(lambda: read_free_module(text, MODULE_LIMITS))
    refused(lambda: read_comparison(text, LIMITS))
    refused(lambda: read_comparison(f"left={network}%3F{quote(text)}&right={network}", LIMITS))
    refused(lambda: size(read_query(text, {each.name for each in parameters.SIZE_DOOR}), SETTINGS.max_input_side))


def check_description(_: str, text: str) -> None:
    """What a description sent as JSON describes is described by an address, which gives it back."""
    try:
        spec = Spec.model_validate_json(text, strict=True)
    except ValidationError:
        return
    chosen = refused(lambda: parse_spec(spec, LIMITS))
    if chosen:
        again = parse(chosen.network, read_query(state(chosen), STATE_KEYS), LIMITS)
        assert (again.spec, state(again)) == (chosen.spec, state(chosen))


READERS = (check_state, check_sweep, check_others, check_description)
"""Each takes the id of a network and a text, a query string or JSON, and raises nothing but AssertionError."""
NAMES = tuple(NETWORKS)
