"""Images for real runs: what they are made of, and that a seed gives them again."""

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Generator
from torch.nn import functional

from app.lab.images import crops, digits, noise


def draws(seed: int = 1) -> Generator:
    return Generator().manual_seed(seed)


def test_noise_is_normal() -> None:
    images = noise(8, (3, 64, 64), draws())
    assert float(images.mean()) == pytest.approx(0, abs=0.02)
    assert float(images.std()) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_crops_are_parts_of_the_photograph(channels: int) -> None:
    images = crops("china", 24, (channels, 40, 50), draws())
    assert images.shape == (24, channels, 40, 50)
    assert len({float(image.sum()) for image in images}) == 24
    assert float(images.mean()) == pytest.approx(0, abs=0.5)
    assert 0.5 < float(images.std()) < 1.5
    if channels == 5:
        assert torch.equal(images[:, 3:], images[:, :2])


def test_a_seed_gives_the_same_images_again() -> None:
    for seed in (1, 2):
        assert torch.equal(crops("flower", 2, (3, 9, 9), draws(seed)), crops("flower", 2, (3, 9, 9), draws(seed)))
    assert not torch.equal(crops("flower", 2, (3, 9, 9), draws(1)), crops("flower", 2, (3, 9, 9), draws(2)))


def test_digits_are_scikit_learns_enlarged() -> None:
    images, labels = digits((2, 24, 32))
    theirs = load_digits()
    assert images.shape == (1797, 2, 24, 32)
    assert labels.tolist() == theirs.target.tolist()
    assert torch.equal(images[:, 0], images[:, 1])
    assert float(images[:, 0].mean()) == pytest.approx(0, abs=1e-4)
    assert float(images[:, 0].std()) == pytest.approx(1, abs=1e-4)
    small = functional.interpolate(images[7:8, :1], (8, 8), mode="area")[0, 0].flatten()
    assert float(torch.corrcoef(torch.stack([small, torch.tensor(theirs.data[7]).float()]))[0, 1]) > 0.95
