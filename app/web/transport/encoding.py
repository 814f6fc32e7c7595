"""Who gets an answer compressed, which answers, and how (RFC 9110 §8.4, §8.8.3.3 and §12.5.3)."""

import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import brotli
from starlette.datastructures import MutableHeaders

from app.network.record import record

_SMALL = 1024
"""Below, bytes: compression saves no packet."""
LARGE = 100_000
"""From here on, bytes: compressed beside the event loop, which has others to serve meanwhile."""
_TEXT = re.compile(r"text/|image/svg\+xml|application/([\w.-]+\+)?json|application/x-tex")
_ACCEPTED = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?")

FAST, GOOD, BEST = range(3)
"""Efforts: for answers asked for thirty times a second, for all others, for files that are compressed once."""
_LEVELS: Mapping[str, tuple[int, int, int]] = {"br": (2, 5, 9), "gzip": (1, 5, 9)}
_CODINGS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "br": lambda body, level: brotli.compress(body, quality=level),
    "gzip": lambda body, level: zlib.compress(body, level, wbits=31),  # 31: gzip's frame
}
"""The first is preferred where a client likes both as much."""


@record
class Wish:
    """What a client wants."""

    coding: str
    """`br` or `gzip`; empty for the body as it is."""
    least: int = 0
    """The smallest body that it is to be used for, bytes."""

    def of(self, size: int) -> str:
        """The coding for a body of so many bytes, empty for none."""
        return self.coding if size >= self.least else ""


def wish(lines: Iterable[str]) -> Wish:
    """What the values of an `Accept-Encoding` ask for, none where there is none."""
    return _wish(",".join(lines).lower())


@lru_cache(256)
def _wish(accepted: str) -> Wish:
    found = [match for part in accepted.split(",") if (match := _ACCEPTED.fullmatch(part))]
    weights = {match[1].removeprefix("x-"): float(match[2] or 1) for match in found}
    others = weights.get("*")
    # what is not named is still good as it is, only less so than anything that is
    plain = weights.get("identity", 0.001 if others is None else others)
    coding = max(_CODINGS, key=lambda name: weights.get(name, others or 0))
    weight = weights.get(coding, others or 0)
    if weight == 0 or weight < plain:
        return Wish("")
    return Wish(coding, _SMALL if plain else 1)


def offered(headers: MutableHeaders) -> bool:
    """Whether the answer with these headers is one that can be sent compressed; says so in its `Vary`."""
    if "content-encoding" in headers or not _TEXT.match(headers.get("content-type", "")):
        return False
    headers.add_vary_header("Accept-Encoding")
    return True


def mark(headers: MutableHeaders, coding: str) -> None:
    """Says that the body is compressed, which makes it another representation with another tag."""
    headers["Content-Encoding"] = coding
    if tag := headers.get("etag"):
        headers["ETag"] = f'{tag[:-1]}-{coding}"'


def compress(body: bytes, coding: str, effort: int) -> bytes:
    """The body in that coding; the same bytes each time."""
    return _CODINGS[coding](body, _LEVELS[coding][effort])
