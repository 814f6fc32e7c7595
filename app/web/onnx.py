"""What stands behind `/model.onnx`: the seed in the address, the limit on weights, and where the work is done."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from math import ceil

from fastapi import Request
from starlette.responses import Response

from app.errors import BadInput, Busy, Problem
from app.network.analysis import Analysis
from app.web.address import guard, parse_number
from app.web.asked import limits_of, settings_of
from app.web.described import read_described
from app.web.parameters import WEIGHTS
from app.words import phrase

MOST_SEED = (1 << 32) - 1
_ONE_BY_ONE = ThreadPoolExecutor(1, "weights")
"""Files with weights are large: they are made one after the other."""


class _Slots:
    """How many files with weights may be asked for at once."""

    MOST = 4
    taken = 0


async def onnx_file(request: Request, id: str) -> Response:
    """The model that an address describes, to be saved.

    Raises:
        BadInput, NotFound: as every door that takes a state; a seed that is none; more weights than the limit.
        Busy: as many files with weights as may be are on their way.
    """
    described, own = read_described(id, request.url.query, limits_of(request), {WEIGHTS.name})
    analysis, seed = described.analysis, None
    if value := own.get(WEIGHTS.name):
        seed = guard(WEIGHTS.name, value, lambda text: parse_number(text, 0, MOST_SEED))
        _refuse_beyond(settings_of(request).max_onnx_mb, analysis, value)
    loop = asyncio.get_running_loop()
    if seed is None:
        return _file(await loop.run_in_executor(None, _make, analysis, described.address, None), id)
    if _Slots.taken >= _Slots.MOST:
        raise Busy(phrase("{most} files with weights are on their way already", most=_Slots.MOST), 5)
    _Slots.taken += 1
    try:
        return _file(await loop.run_in_executor(_ONE_BY_ONE, _make, analysis, described.address, seed), id)
    finally:
        _Slots.taken -= 1


def _file(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.onnx"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _refuse_beyond(most: int, analysis: Analysis, value: str) -> None:
    size = ceil(analysis.totals.training_params * 4 / 1e6)
    if size > most:
        allowed = phrase("left out, as they would take {size} MB and the limit is {most} MB", size=size, most=most)
        raise BadInput(Problem(WEIGHTS.name, value, allowed))


def _make(analysis: Analysis, address: str, seed: int | None) -> bytes:
    from app.render.onnx import to_onnx  # late: a fifth of a second and 19 MB, and most servers are never asked

    return to_onnx(analysis, address, seed)
