"""Design spaces counted for their page: beside the event loop, remembered a while, long ones with their progress."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import TypeVar

from fastapi import Request

from app.errors import Unavailable
from app.network.catalog import network as published
from app.network.cloud import Density, Steps, Survey, View, density, finished, survey
from app.network.record import record
from app.network.space import Axis, Bounds, Grid
from app.network.variant import Value
from app.web.transport.stream import Streams
from app.words import phrase

K = TypeVar("K")
V = TypeVar("V")
CELLS = (144, 120)
"""Across and upwards: some four pixels each."""
KEPT = 32
"""Spaces that are remembered, some 300 kB each."""
LONG_POINTS, LONG_WALKS = 4_000_000, 500
"""From here on a visitor is told how far it is: it takes a second and more."""


@record
class Plan:
    """What is to be counted, as a key."""

    network: str
    choices: tuple[tuple[str, Value], ...]
    axes: tuple[Axis, ...]
    view: View
    budgets: tuple[tuple[str, tuple[int, int]], ...]
    box: tuple[tuple[str, tuple[int, int]], ...]
    """What is selected; empty where nothing is."""

    def grid(self, bounds: Bounds | None = None) -> Grid:
        """Raises BadInput as `Grid` does."""
        return Grid(published(self.network), dict(self.choices), self.axes, bounds or {})


@record
class Cloud:
    """A space, counted."""

    survey: Survey
    density: Density


class Clouds:
    """What was counted last."""

    def __init__(self) -> None:
        self._surveys: dict[object, Survey] = {}
        self._clouds: dict[Plan, Cloud] = {}

    def known(self, plan: Plan) -> Cloud | None:
        """None where it has to be counted."""
        return _found(self._clouds, plan)

    def steps(self, plan: Plan) -> Steps[Cloud]:
        """Counts it; what does not depend on budgets and selection only once."""
        far = (plan.network, plan.choices, plan.axes, plan.view)
        grid, seen = plan.grid(), _found(self._surveys, far)
        if not seen:
            seen = yield from _between(0, 0.5, survey(grid, plan.view))
            _keep(self._surveys, far, seen)
        counting = density(grid, plan.view, seen.ranges, CELLS, dict(plan.budgets), dict(plan.box))
        cloud = Cloud(seen, (yield from _between(0.5, 1, counting)))
        _keep(self._clouds, plan, cloud)
        return cloud


def _between(start: float, end: float, steps: Steps[V]) -> Steps[V]:
    """The same steps as a part of more work."""
    while True:
        try:
            share = next(steps)
        except StopIteration as ended:
            found: V = ended.value
            return found
        yield start + (end - start) * share


def _found(known: dict[K, V], key: K) -> V | None:
    """What is asked for is remembered the longest."""
    value = known.pop(key, None)
    if value is not None:
        known[key] = value
    return value


def _keep(known: dict[K, V], key: K, value: V) -> None:
    known[key] = value
    for old in list(known)[:-KEPT]:
        known.pop(old, None)


def is_long(grid: Grid) -> bool:
    return grid.points > LONG_POINTS or grid.walks > LONG_WALKS


async def counted(request: Request, plan: Plan) -> Cloud:
    """The space, counted now if it is not known.

    Raises:
        Unavailable: it is long, and as many long answers as may are under way, or it took too long.
    """
    clouds, streams = clouds_of(request), request.app.state.streams
    assert isinstance(streams, Streams)
    if known := clouds.known(plan):
        return known
    if not is_long(plan.grid()):
        return await streams.run(lambda: finished(clouds.steps(plan)))
    with suppress(TimeoutError):
        async with streams.long() as place:
            async for _ in streams.each(progress(clouds, plan), place):
                if await request.is_disconnected():
                    break
    if found := clouds.known(plan):
        return found
    raise Unavailable(phrase("the variants were not counted to the last"), 5)


def progress(clouds: Clouds, plan: Plan) -> Iterator[bytes]:
    """How far it is, as server-sent events; at the end the space is known. Empty pieces only give time to stop."""
    said = -1
    for share in clouds.steps(plan):
        yield _event(share) if int(100 * share) > said else b""
        said = int(100 * share)
    yield _event(1)


def _event(share: float) -> bytes:
    return f"data: {json.dumps({'progress': round(share, 2)})}\n\n".encode()


def clouds_of(request: Request) -> Clouds:
    clouds = request.app.state.clouds
    assert isinstance(clouds, Clouds)
    return clouds
