"""What stands behind `/model.onnx`: the seed in the address, the limit on weights, and where the work is done."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from math import ceil

from fastapi import Request

from app.errors import BadInput, Problem
from app.network.analysis import Analysis
from app.web.address import guard, parse_number
from app.web.described import read_described, settings_of
from app.web.parameters import WEIGHTS
from app.words import phrase

MOST_SEED = (1 << 32) - 1
_ONE_BY_ONE = ThreadPoolExecutor(1, "weights")
"""Files with weights are large: they are made one after the other."""


async def onnx_file(request: Request, id: str) -> bytes:
    """The model that an address describes.

    Raises:
        BadInput, NotFound: as every door that takes a state; a seed that is none; more weights than the limit.
    """
    described, own = read_described(request, id, {WEIGHTS.name})
    analysis, seed = described.analysis, None
    if value := own.get(WEIGHTS.name):
        seed = guard(WEIGHTS.name, value, lambda text: parse_number(text, 0, MOST_SEED))
        _refuse_beyond(settings_of(request).max_onnx_mb, analysis, value)
    where = None if seed is None else _ONE_BY_ONE
    return await asyncio.get_running_loop().run_in_executor(where, _make, analysis, described.address, seed)


def _refuse_beyond(most: int, analysis: Analysis, value: str) -> None:
    size = ceil(analysis.totals.training_params * 4 / 1e6)
    if size > most:
        allowed = phrase("left out, as they would take {size} MB and the limit is {most} MB", size=size, most=most)
        raise BadInput(Problem(WEIGHTS.name, value, allowed))


def _make(analysis: Analysis, address: str, seed: int | None) -> bytes:
    from app.render.onnx import to_onnx  # late: a fifth of a second and 19 MB, and most servers are never asked

    return to_onnx(analysis, address, seed)
