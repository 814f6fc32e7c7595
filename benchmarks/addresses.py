"""Addresses and descriptions at random, as visitors and strangers send them."""

import random
from urllib.parse import quote, urlencode

from app.network.catalog import NETWORKS
from tests.garbage import ODD, OWN

API = "/api/v1"
MODULES = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
COLUMNS = ("1x1", "3x3", "5x5", "pool_proj")
BELOW = (
    "", "/layers.csv", "/layers.md", "/layers.tex", "/model.py", "/model.onnx", "/spec.json", "/modules/4e", "/figures",
    "/figures/channels", "/figures/saving", "/table1", "/counts", "/sensitivity", "/fit?max_params=5000000",
    "/sweep?vary=width:0.5:1.5:0.05", "/sweep?vary=4e.5x5:1:60:1&vary=classes:10:1000:10&format=csv",
)  # fmt: skip
PAGES = (
    "", "/networks/{network}", "/networks/{network}/modules/4e", "/networks/{network}/code", "/size", "/counts",
    "/networks/{network}/live/wide/4e", "/networks/{network}/map.svg", "/learn/reduction", "/module",
    "/space?vary=width:0.5:1.5:0.1", "/lab", "/compare", "/about",
)  # fmt: skip
HALF = (
    b"GET / HTTP/1.1\r\nHost: x\r\nAccept: ", b"GET /%ff HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00",
    b"POST /api/v1/analysis HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
    b"POST /api/v1/analysis HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
)  # fmt: skip
"""Requests that never end, or are none."""


def address(draw: random.Random) -> str:
    """Of a page or a door, for a state that few have asked for."""
    network, query = draw.choice(tuple(NETWORKS)), urlencode(state(draw), safe=",:")
    if draw.random() < 0.1:
        return f"{API}/compare?left={network}&right={quote(f'googlenet?{query}')}"
    if draw.random() < 0.35:
        path = draw.choice(PAGES).format(network=network)
        there = draw.choice(("", "/zh")) + path or "/"
        return there if path in ("/size", "/module", "/learn/reduction", "/compare", "/about") else asking(there, query)
    return asking(f"{API}/networks/{network}{draw.choice(BELOW)}", query)


def asking(there: str, query: str) -> str:
    """An address with more in its query."""
    return f"{there}{'&' if '?' in there else '?'}{query}"


def state(draw: random.Random) -> dict[str, str]:
    """A state; of `googlenet` and most others possible."""
    return {
        f"{draw.choice(MODULES)}.{draw.choice(COLUMNS)}": str(draw.randint(1, 500)),
        "input": str(draw.randint(64, 320)),
        "norm": draw.choice(("lrn", "batch", "none")),
    }


def garbage(draw: random.Random) -> str:
    """An address with what is no key or no value; none names a job."""
    pairs = [f"{draw.choice((*OWN, *ODD))}={draw.choice(ODD)}" for _ in range(draw.randint(1, 3))]
    return asking(address(draw), "&".join(pairs))


def description(draw: random.Random) -> str:
    """Of a published network, as `POST /analysis` takes it, half of them broken."""
    spec = NETWORKS[draw.choice(tuple(NETWORKS))].spec.model_dump_json()
    if draw.random() < 0.5:
        return spec
    at = draw.randrange(len(spec))
    return spec[:at] + draw.choice(("9" * 400, "null", '"', "{", "[", "0.5", "-1", "\\ud800")) + spec[at:]
