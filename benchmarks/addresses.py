"""Addresses at random, as visitors ask for them."""

import random
from urllib.parse import quote, urlencode

from app.network.catalog import NETWORKS

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
    "/space?vary=width:0.5:1.5:0.1",
)  # fmt: skip


def address(draw: random.Random) -> str:
    """Of a page or a door, for a state that few have asked for."""
    network, query = draw.choice(tuple(NETWORKS)), urlencode(state(draw), safe=",:")
    if draw.random() < 0.1:
        return f"{API}/compare?left={network}&right={quote(f'googlenet?{query}')}"
    if draw.random() < 0.35:
        path = draw.choice(PAGES).format(network=network)
        there = draw.choice(("", "/zh")) + path or "/"
        return there if path in ("/size", "/module", "/learn/reduction") else asking(there, query)
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
