"""A network small enough to be trained while somebody waits, with the end of GoogLeNet: average, then one linear layer.

64 filters of 5×5 cut from handwritten digits and never changed, a ReLU, global average pooling, and a linear layer by
ridge regression. The digits are scikit-learn's, 8 × 8 pixels (Alpaydin & Kaynak 1998).
"""

import gzip
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.network.record import record

Floats = NDArray[np.float32]
SIDE, CLASSES = 8, 10
KERNEL, FILTERS = 5, 64
THRESHOLD = 0.25
"""Taken off before the ReLU."""
KEPT_APART = 5
"""Every fifth digit is not trained on."""


@record
class Seen:
    """A digit that was not trained on, as the network sees it."""

    label: int
    pixels: tuple[tuple[float, ...], ...]
    """SIDE × SIDE, from 0 to 1."""
    maps: tuple[tuple[tuple[float, ...], ...], ...]
    """Of each class, the logit at every place, bias included; CLASSES × SIDE × SIDE."""
    logits: tuple[float, ...]
    """Of each class, from the averaged features."""


@cache
def _digits() -> tuple[Floats, NDArray[np.int64]]:
    """Pictures, N × SIDE × SIDE from 0 to 1, and labels; read from scikit-learn's folder without importing it."""
    found = find_spec("sklearn")
    assert found
    assert found.origin
    with gzip.open(Path(found.origin).parent / "datasets/data/digits.csv.gz") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.float32)
    pictures = table[:, :-1].reshape(-1, SIDE, SIDE) / np.float32(16)
    return pictures.astype(np.float32), table[:, -1].astype(np.int64)


def _patches(pictures: Floats) -> Floats:
    """What a filter reads at every place: N × SIDE × SIDE × KERNEL², zeros around the picture, means taken off."""
    reach = KERNEL // 2
    padded = np.pad(pictures, ((0, 0), (reach, reach), (reach, reach)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (KERNEL, KERNEL), axis=(1, 2))
    flat = windows.reshape(*pictures.shape, -1)
    return np.asarray(flat - flat.mean(-1, keepdims=True), dtype=np.float32)


@cache
def _filters() -> Floats:
    """Patches of training digits that are no plain paper, of length 1; FILTERS × KERNEL²."""
    pictures = _digits()[0][1:200:4]
    patches = _patches(pictures).reshape(-1, KERNEL**2)
    lively = patches[np.linalg.norm(patches, axis=1) > 0.8]
    chosen = lively[np.random.default_rng(0).permutation(len(lively))[:FILTERS]]
    return np.asarray(chosen / np.linalg.norm(chosen, axis=1, keepdims=True))


def _features(pictures: Floats) -> Floats:
    """What the filters answer at every place, after the ReLU: N × SIDE × SIDE × FILTERS."""
    answers = _patches(pictures) @ _filters().T
    return np.asarray(np.maximum(answers - THRESHOLD, 0), dtype=np.float32)


@cache
def _trained() -> tuple[Floats, Floats, float]:
    """Weights FILTERS × CLASSES, biases CLASSES, and the share of the digits kept apart that it names rightly."""
    pictures, labels = _digits()
    averages = np.concatenate([_features(part).mean((1, 2)) for part in np.array_split(pictures, 16)])
    inputs = np.column_stack((averages, np.ones(len(averages)))).astype(np.float64)
    apart = np.arange(len(labels)) % KEPT_APART == 0
    mine, wanted = inputs[~apart], np.eye(CLASSES)[labels[~apart]]
    ridge = 1e-3 * np.eye(FILTERS + 1)
    solved = np.linalg.solve(mine.T @ mine + ridge, mine.T @ wanted)
    right = float(((inputs[apart] @ solved).argmax(1) == labels[apart]).mean())
    return solved[:-1].astype(np.float32), solved[-1].astype(np.float32), right


def kept_apart() -> int:
    """How many digits were not trained on."""
    return -(-len(_digits()[1]) // KEPT_APART)


def accuracy() -> float:
    """Share of them that the network names rightly."""
    return _trained()[2]


@lru_cache(maxsize=64)
def seen(at: int) -> Seen:
    """The digit of that number among those kept apart, from 0."""
    pictures, labels = _digits()
    weights, biases, _ = _trained()
    picture = pictures[at * KEPT_APART]
    features = _features(picture[None])[0]
    maps = np.moveaxis(features @ weights + biases, -1, 0)
    logits = features.mean((0, 1)) @ weights + biases
    return Seen(
        int(labels[at * KEPT_APART]),
        tuple(tuple(map(float, row)) for row in picture),
        tuple(tuple(tuple(map(float, row)) for row in plane) for plane in maps),
        tuple(map(float, logits)),
    )
