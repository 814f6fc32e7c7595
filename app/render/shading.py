"""How dark a bar of the map is where cost is drawn as shading: the root of its share of the most, in nine steps."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, sqrt
from operator import itemgetter

from app.network.analysis import Part, alive
from app.render.cells import THIN, short
from app.render.marks import Shade
from app.words import phrase, say

SHADES = {
    "params": phrase("parameters"),
    "macs": phrase("multiply-adds"),
    "activations": phrase("activations"),
    "peak_activations": phrase("peak activations"),
    "receptive_field": phrase("receptive field"),
}
"""Quantities by the word that an address names them with."""
LETTERS = "pmakr"
"""Of the same quantities, in a bar's classes."""
STEPS = 9


class Shading:
    """The shades of a network's layers.

    Args:
        parts: the links of the inference network.
        macs: what stands for multiply-adds, in a word.
    """

    def __init__(self, parts: Sequence[Part], macs: str) -> None:
        tops = [max([_tops(part)[at] for part in parts], key=itemgetter(0)) for at in range(len(SHADES))]
        self.most = tuple([max(1, value) for value, _ in tops])
        self.shades = tuple(
            Shade(
                key,
                letter,
                macs if key == "macs" else say(label),
                short(value) + (f"{THIN}px" if key == "receptive_field" else ""),
                path,
            )
            for (key, label), letter, (value, path) in zip(SHADES.items(), LETTERS, tops, strict=True)
        )


def levels(values: tuple[int, ...], most: tuple[int, ...]) -> str:
    """A layer's quantities against the most of each: `p3 m9 a2 k4 r7`."""
    return " ".join([_level(*each) for each in zip(LETTERS, values, most, strict=True)])


@lru_cache(maxsize=4096)
def _level(letter: str, value: int, most: int) -> str:
    return f"{letter}{ceil(STEPS * sqrt(value / most))}"


@lru_cache(maxsize=512)
def quantities(part: Part) -> dict[str, tuple[int, ...]]:
    """Parameters, multiply-adds, activations, elements alive, receptive field (height, pixels) by path."""
    return {
        layer.node.path: (layer.params, layer.macs, layer.elements, now, layer.place.field.size[0])
        for layer, now in zip(part.layers, alive(part), strict=True)
    }


@lru_cache(maxsize=512)
def _tops(part: Part) -> tuple[tuple[int, str], ...]:
    """The most of each, and whose it is first."""
    values = quantities(part).items()
    return tuple([max([(mine[at], path) for path, mine in values], key=itemgetter(0)) for at in range(len(SHADES))])
