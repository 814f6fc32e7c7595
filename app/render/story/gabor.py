"""A bank of Gabor filters at work on a photograph, as pictures.

Sizes, wavelengths and widths as Serre et al. 2007 have them: λ = 2s/(4 − i/20) for the i-th size s, σ = 0.8 λ, γ = 0.3.
"""

import hashlib
import io
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.words import phrase

Plane = NDArray[np.float64]
SIZES = tuple(range(7, 39, 2))
"""Sides of the filters, pixels."""
ANGLES = (0, 45, 90, 135)
"""Orientations, degrees."""
GAMMA = 0.3
PHOTOS = {"china": phrase("a temple"), "flower": phrase("a flower")}
"""scikit-learn's sample photographs."""
WIDE, HIGH = 240, 160
"""Of a photograph here, pixels."""
THUMB = (60, 40)
VERSION = hashlib.blake2b(Path(__file__).read_bytes(), digest_size=5).hexdigest()
"""Of all that decides what a picture shows; it stands in the pictures' addresses."""


def names() -> tuple[str, ...]:
    """Every picture that there is."""
    found = [f"bank-{size}" for size in SIZES]
    for photo in PHOTOS:
        found += [f"photo-{photo}", f"stack-{photo}", *(f"most-{photo}-{angle}" for angle in ANGLES)]
        found += [f"seen-{photo}-{size}-{angle}" for size in SIZES for angle in ANGLES]
    return tuple(found)


@lru_cache(maxsize=256)
def picture(name: str) -> bytes:
    """A picture of that name, as PNG; the name must be one of `names`."""
    match name.split("-"):
        case ["photo", photo]:
            return _png(photograph(photo))
        case ["bank", size]:
            kernels = [
                0.5 + kernel(int(size), angle) / (2 * np.abs(kernel(int(size), angle)).max()) for angle in ANGLES
            ]
            return _png(np.hstack(kernels))
        case ["seen", photo, size, angle]:
            return _png(_shown(response(photo, int(size), int(angle))))
        case ["most", photo, angle]:
            return _png(_shown(np.max([response(photo, size, int(angle)) for size in SIZES], axis=0)))
        case ["stack", photo]:
            rows = [[_small(_shown(response(photo, size, angle))) for size in SIZES] for angle in ANGLES]
            return _png(np.vstack([np.hstack(row) for row in rows]))
        case _:
            raise KeyError(name)


def kernel(size: int, angle: int) -> Plane:
    """exp(−(X² + γ²Y²)/2σ²)·cos(2πX/λ) on a disc, its mean taken off, of length 1; size × size.

    Args:
        size: one of `SIZES`.
        angle: of the direction in which it waves, degrees; 0 answers to upright edges.
    """
    wavelength = 2 * size / (4 - SIZES.index(size) / 20)
    sigma, turn, reach = 0.8 * wavelength, np.deg2rad(angle), size // 2
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(float)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    wave = np.exp(-(along**2 + (GAMMA * across) ** 2) / (2 * sigma**2)) * np.cos(2 * np.pi * along / wavelength)
    disc = np.hypot(x, y) <= size / 2
    centred = np.where(disc, wave - wave[disc].mean(), 0)
    return np.asarray(centred / np.linalg.norm(centred))


@lru_cache(maxsize=256)
def response(photo: str, size: int, angle: int) -> Plane:
    """How strongly each place answers to one filter: the absolute value of the convolution, HIGH × WIDE."""
    window = kernel(size, angle)
    padded = np.pad(photograph(photo), size // 2, mode="reflect")
    both = np.fft.rfft2(padded) * np.fft.rfft2(window, padded.shape)
    return np.asarray(np.abs(np.fft.irfft2(both, padded.shape)[size - 1 :, size - 1 :]))


@cache
def photograph(name: str) -> Plane:
    """A photograph in grey, HIGH × WIDE, from 0 to 1; read from scikit-learn's folder without importing it."""
    found = find_spec("sklearn")
    assert found
    assert found.origin
    with Image.open(Path(found.origin).parent / f"datasets/images/{name}.jpg") as image:
        grey = image.convert("L").resize((WIDE, HIGH), Image.Resampling.LANCZOS)
        return np.asarray(grey, dtype=float) / 255


def _shown(plane: Plane) -> Plane:
    """From 0 to 1, the strongest hundredth white."""
    return np.clip(plane / np.quantile(plane, 0.99), 0, 1)


def _signed(plane: Plane) -> Plane:
    """From 0 to 1, nothing in middle grey."""
    return np.asarray(0.5 + plane / (2 * np.abs(plane).max()))


def _small(plane: Plane) -> Plane:
    image = Image.fromarray(np.uint8(plane * 255)).resize(THUMB, Image.Resampling.LANCZOS)
    return np.asarray(image, dtype=float) / 255


def _png(plane: Plane) -> bytes:
    """In 32 greys, which halves the file and shows as much."""
    image = Image.fromarray(np.uint8(np.round(plane * 31)), mode="P")
    image.putpalette([round(at * 255 / 31) for at in range(32) for _ in range(3)])
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
