"""The bank of Gabor filters: its printed figures, what each filter answers to, and pictures that any reader opens."""

import io

import numpy as np
import pytest
from PIL import Image
from scipy.signal import convolve2d
from sklearn.datasets import load_sample_image

from app.render.story import gabor


@pytest.mark.parametrize("size", gabor.SIZES)
@pytest.mark.parametrize("angle", gabor.ANGLES)
def test_a_filter_has_length_one_and_no_mean(size: int, angle: int) -> None:
    window = gabor.kernel(size, angle)
    assert window.shape == (size, size)
    assert np.linalg.norm(window) == pytest.approx(1)
    assert window.sum() == pytest.approx(0, abs=1e-9)
    assert np.allclose(window, window[::-1, ::-1])
    turned = gabor.kernel(size, (angle + 90) % 180)
    assert np.allclose(np.rot90(window), turned) or np.allclose(np.rot90(window, -1), turned)


def test_the_smallest_and_the_largest_wave_are_as_printed() -> None:
    # wavelengths 3.5 and 22.8 pixels: the centre is a crest, and half a wavelength beside it lies a trough
    for size, wavelength in ((7, 3.5), (37, 22.8)):
        middle = gabor.kernel(size, 0)[size // 2]
        assert middle.argmax() == size // 2
        assert abs(middle.argmin() - size // 2) == pytest.approx(wavelength / 2, abs=1)


@pytest.mark.parametrize("photo", gabor.PHOTOS)
def test_an_answer_is_the_convolution(photo: str) -> None:
    plane, window = gabor.photograph(photo), gabor.kernel(11, 45)
    padded = np.pad(plane, 5, mode="reflect")
    assert np.allclose(gabor.response(photo, 11, 45), np.abs(convolve2d(padded, window, mode="valid")), atol=1e-9)


def test_an_upright_edge_is_answered_by_the_upright_filter() -> None:
    edge = np.zeros((37, 37))
    edge[:, 18:] = 1
    answers = {angle: np.abs(convolve2d(edge, gabor.kernel(19, angle), mode="valid")).max() for angle in gabor.ANGLES}
    assert max(answers, key=lambda angle: answers[angle]) == 0
    assert answers[90] < answers[0] / 2


@pytest.mark.parametrize("photo", gabor.PHOTOS)
def test_a_photograph_is_scikit_learns(photo: str) -> None:
    theirs = load_sample_image(f"{photo}.jpg").mean(axis=2) / 255
    assert gabor.photograph(photo).mean() == pytest.approx(theirs.mean(), abs=0.03)


@pytest.mark.parametrize("name", ["photo-china", "bank-7", "seen-flower-37-135", "most-china-90", "stack-flower"])
def test_a_picture_is_a_small_png(name: str) -> None:
    assert name in gabor.names()
    content = gabor.picture(name)
    assert len(content) < 120_000
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "PNG"
        sizes = {"bank": (28, 7), "stack": (960, 160)}
        assert image.size == sizes.get(name.partition("-")[0], (gabor.WIDE, gabor.HIGH))
        grey = np.asarray(image.convert("L"))
        assert grey.max() > 200
        assert grey.min() < 60


def test_pictures_have_names_of_their_own() -> None:
    assert len(gabor.names()) == len(set(gabor.names())) == 16 + 2 * (2 + 4 + 16 * 4)
