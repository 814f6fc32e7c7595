"""Images for real runs: noise, and what ships inside scikit-learn."""

from typing import Literal

import torch
from sklearn.datasets import load_digits, load_sample_image
from torch import Generator, Tensor
from torch.nn import functional


def noise(count: int, shape: tuple[int, ...], draws: Generator) -> Tensor:
    """N(0, 1), `count` × C × H × W."""
    return torch.randn(count, *shape, generator=draws)


def crops(name: Literal["china", "flower"], count: int, shape: tuple[int, ...], draws: Generator) -> Tensor:
    """Random crops of a photograph, `count` × C × H × W, of mean 0 and variance 1 over the whole photograph.

    As the paper samples for training (arXiv 1409.4842, §6): 8 to 100 % of the area, sides 3 : 4 to 4 : 3, and mirrored
    or not. Channels beyond the photograph's three are its own again, in turn.
    """
    photograph = torch.from_numpy(load_sample_image(f"{name}.jpg").copy()).permute(2, 0, 1).float()
    photograph = ((photograph - photograph.mean()) / photograph.std())[torch.arange(shape[0]) % 3]
    return torch.cat([_crop(photograph, shape, draws) for _ in range(count)])


def _crop(photograph: Tensor, shape: tuple[int, ...], draws: Generator) -> Tensor:
    high, wide = photograph.shape[1:]
    share, slant, down, right, mirror = torch.rand(5, generator=draws).tolist()
    area, aspect = high * wide * (0.08 + 0.92 * share), (3 / 4) * (16 / 9) ** slant
    height, width = min(high, round((area / aspect) ** 0.5)), min(wide, round((area * aspect) ** 0.5))
    top, left = int(down * (high - height + 1)), int(right * (wide - width + 1))
    crop = photograph[None, :, top : top + height, left : left + width]
    crop = crop.flip(3) if mirror < 0.5 else crop
    return functional.interpolate(crop, shape[1:], mode="bilinear", antialias=True)


def digits(shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """All 1,797 handwritten digits, N × C × H × W, of mean 0 and variance 1, and their labels.

    8 × 8 pixels of 0 to 16, enlarged; every channel has the same. Source: Alpaydin & Kaynak 1998, UCI repository.
    """
    data = load_digits()
    small = torch.from_numpy(data.images).float()[:, None]
    large = functional.interpolate(small, shape[1:], mode="bilinear")
    large = (large - large.mean()) / large.std()
    return large.expand(-1, shape[0], -1, -1), torch.from_numpy(data.target)
