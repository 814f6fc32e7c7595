"""Who gets an answer compressed, which answers, and how (RFC 9110 §8.4, §8.8.3.3 and §12.5.3)."""

import asyncio
import re
import zlib
from collections.abc import Iterable
from functools import lru_cache
from math import inf

from starlette.datastructures import MutableHeaders

FAST, GOOD, BEST = 1, 5, 9
"""Levels of zlib: for answers asked for thirty times a second, for all others, for files that are compressed once."""

_SMALL = 1024
"""Below, bytes: compression saves no packet."""
_LARGE = 100_000
"""From here on, bytes: compressed beside the event loop, which has others to serve meanwhile."""
_TEXT = re.compile(r"text/|image/svg\+xml|application/([\w.-]+\+)?json|application/x-tex")
_ACCEPTED = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?")


def least(lines: Iterable[str]) -> float:
    """The smallest body that a client wants compressed with gzip, bytes; infinite where it wants none.

    Args:
        lines: values of its `Accept-Encoding`, none where it sends none.
    """
    return _least(",".join(lines).lower())


@lru_cache(256)
def _least(accepted: str) -> float:
    found = [match for part in accepted.split(",") if (match := _ACCEPTED.fullmatch(part))]
    weights = {match[1].removeprefix("x-"): float(match[2] or 1) for match in found}
    others = weights.get("*")
    gzip = weights.get("gzip", others or 0)
    # what is not named is still good as it is, only less so than anything that is
    plain = weights.get("identity", 0.001 if others is None else others)
    if gzip == 0 or gzip < plain:
        return inf
    return _SMALL if plain else 1


def offered(headers: MutableHeaders) -> bool:
    """Whether the answer with these headers is one that can be sent compressed; says so in its `Vary`."""
    if "content-encoding" in headers or not _TEXT.match(headers.get("content-type", "")):
        return False
    headers.add_vary_header("Accept-Encoding")
    return True


def mark(headers: MutableHeaders) -> None:
    """Says that the body is compressed, which makes it another representation with another tag."""
    headers["Content-Encoding"] = "gzip"
    if tag := headers.get("etag"):
        headers["ETag"] = f'{tag[:-1]}-gzip"'


async def compressed(body: bytes, level: int) -> bytes:
    """The body with gzip; the same bytes each time."""
    return await asyncio.to_thread(compress, body, level) if len(body) >= _LARGE else compress(body, level)


def compress(body: bytes, level: int) -> bytes:
    return zlib.compress(body, level, wbits=31)  # 31: gzip's frame
