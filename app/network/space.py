"""Many variants at once: grids of choices through the very walk that counts one.

Where integers stand in an analysis, arrays stand here, each along the axis of the grid that it varies with and 1 long
along the others. What depends on few axes is counted for few points; only the last sums are as large as the grid.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import reduce
from itertools import product
from math import ceil, floor, prod
from operator import add
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.errors import BadInput
from app.network import laws
from app.network.analysis import count, memory
from app.network.catalog import Network
from app.network.geometry import chain
from app.network.graph import links
from app.network.record import record
from app.network.spec import Shape, Spec
from app.network.variant import COLUMN_KEYS, Choices, Value, check, describe, followers

MOST_FLOPS = 1 << 53
"""From here on a JSON number is no longer exact for every reader, and the variant is refused."""

MOST_KINDS = 1024
"""Kinds of networks, told apart by their layers, that a grid remembers."""

WALKS = 64
"""Walks through a network after which those who wait for a part are told how far it is."""

Numbers = Mapping[str, Any]
"""Widths by name: integers, or arrays of them that broadcast against each other."""
Box = tuple[slice, ...]
"""A part of a grid: from where to where along each axis."""
Bounds = Mapping[str, tuple[int, int]]
"""The least and the most that is asked for, by quantity, as `Sums` names them."""


_UNBOUND: Bounds = MappingProxyType({})


class Sums(NamedTuple):
    """Totals of inference networks, as `Totals` words them: integers, or arrays that broadcast against each other."""

    params: Any
    macs: Any
    activations: Any = 0
    peak_activations: Any = 0


def walk(spec: Spec, shape: Shape, numbers: Numbers, memory_too: bool = True) -> Sums:
    """The totals of all networks that have a spec's layers, an input of that shape, and those widths.

    Raises:
        SizeVanishes: a layer would have no output.
    """
    channels: Any = shape[0]
    params, macs, activations, alive = [], [], [], []
    for geo in chain(links(spec.skeleton), shape[1:]):
        if geo.link.graph[0].phase == "training":
            continue
        outs, its_params, its_macs = count(geo, channels, numbers)
        params += its_params
        macs += its_macs
        if memory_too:
            made, peaks = memory(geo, outs)
            activations.append(made)
            alive += peaks
        channels = outs[-1]
    return Sums(_join(add, params), _join(add, macs), _join(add, activations), _join(np.maximum, alive))


def _join(law: Callable[[Any, Any], Any], terms: Iterable[Any]) -> Any:
    """All terms in one, those of one shape first and the largest last; 0 for none."""
    joined: dict[tuple[int, ...], Any] = {}
    for term in terms:
        shape = np.shape(term)
        joined[shape] = law(joined[shape], term) if shape in joined else term
    return reduce(law, sorted(joined.values(), key=np.size), 0)


@record
class Axis:
    """A key and the values that it takes: start, start + step, …, in units of 10^-digits."""

    key: str
    """`width`, `input`, `classes` or a column of a module."""
    start: int
    step: int
    length: int
    least: Fraction
    """Values below are impossible, as are those above `most`."""
    most: Fraction
    digits: int = 0
    """Places after the point; only of `width`."""

    @property
    def unit(self) -> int:
        return int(10**self.digits)

    def value(self, at: int) -> int:
        return self.start + self.step * at

    def values(self, part: slice, along: int, of: int) -> int | NDArray[np.int64]:
        """Those of a part of the axis, as one dimension of several; a single one as it is."""
        if part.stop - part.start == 1:
            return self.value(part.start)
        found = self.start + self.step * np.arange(part.start, part.stop, dtype=np.int64)
        return found.reshape([-1 if each == along else 1 for each in range(of)])

    def text(self, at: int) -> str:
        """A value as an address writes it, at its shortest."""
        whole, rest = divmod(self.value(at), self.unit)
        return f"{whole}.{rest:0{self.digits}}".rstrip("0") if rest else str(whole)

    def segments(self, part: slice) -> Iterator[slice]:
        """Stretches of possible values that share their layers: every input alone, and no channels apart from some."""
        first = max(part.start, ceil((self.least * self.unit - self.start) / self.step))
        end = min(part.stop, floor((self.most * self.unit - self.start) / self.step) + 1)
        alone = end if self.key == "input" else 1 if self.key in COLUMN_KEYS and self.start == 0 else 0
        for at in range(first, min(alone, end)):
            yield slice(at, at + 1)
        if max(first, alone) < end:
            yield slice(max(first, alone), end)


@record
class Counted:
    """A part of a grid, counted."""

    possible: NDArray[np.bool_]
    """Which of its points are variants at all, and within the grid's bounds."""
    sums: NDArray[np.int64]
    """First by quantity, in the order of `Sums`, then as the part; 0 where nothing is possible."""


@record
class Part:
    """A part of a grid, counted or on its way."""

    share: float
    """What is done of the whole grid, 0 to 1."""
    box: Box
    counted: Counted | None
    """None while it is still being counted."""


def within(sums: NDArray[np.int64], bounds: Bounds) -> NDArray[np.bool_]:
    """Which points have totals within all bounds; `sums` is first by quantity, in the order of `Sums`."""
    fits = np.ones(sums.shape[1:], bool)
    for name, (least, most) in bounds.items():
        values = sums[Sums._fields.index(name)]
        fits &= (values >= least) & (values <= most)
    return fits


class Grid:
    """All combinations of the axes' values, each with the choices that are the same for all.

    Args:
        network: the published network.
        choices: of every point.
        axes: what varies, each key once.
        bounds: points beyond them are left out, as impossible ones are.

    Raises:
        BadInput: those choices cannot stand beside each other; or what varies changes no layers, and these cannot be.
    """

    def __init__(self, network: Network, choices: Choices, axes: Sequence[Axis], bounds: Bounds = _UNBOUND) -> None:
        check(network, choices)
        self.network, self.choices, self.axes, self.bounds = network, choices, axes, bounds
        self.shape = tuple(axis.length for axis in axes)
        self._followers = followers({**choices, **{axis.key: 0 for axis in axes}})
        whole = [list(axis.segments(slice(0, axis.length))) for axis in axes]
        if all(whole) and not any(axis.key == "input" or axis.start == 0 for axis in axes):
            spec = self._spec([segments[0].start for segments in whole])
            walk(spec, spec.input, spec.numbers)
        ends = [(segments[0].start, segments[-1].stop - 1) for segments in whole if segments]
        self._largest = [end for _, end in ends] if len(ends) == len(axes) else None
        self.walks = prod(map(len, whole))
        """How many networks there are that differ in more than widths."""
        self._safe: dict[object, bool] = {}

    @property
    def points(self) -> int:
        """How many combinations there are, impossible ones too."""
        return prod(self.shape)

    def parts(self, most: int, memory_too: bool = True) -> Iterator[Part]:
        """All points, at most so many at once; where these take long, parts on their way stand between."""
        done = 0
        for box in self.boxes(most):
            size = prod(part.stop - part.start for part in box)
            walks = prod(len(list(axis.segments(part))) for axis, part in zip(self.axes, box, strict=True))
            for walk, counted in enumerate(self.counting(box, memory_too)):  # noqa: B007
                if walk % WALKS == WALKS - 1:
                    yield Part((done + size * walk / walks) / self.points, box, None)
            done += size
            yield Part(done / self.points, box, counted)

    def boxes(self, most: int) -> Iterator[Box]:
        """Parts of at most that many points, which one after the other are all points in order, the last axis first."""
        yield from _boxes(self.shape, most)

    def count(self, box: Box, memory_too: bool = True) -> Counted:
        """A part of the grid, its points side by side; without `memory_too` only parameters and multiply-adds."""
        *_, found = self.counting(box, memory_too)
        return found

    def counting(self, box: Box, memory_too: bool = True) -> Iterator[Counted]:
        """The same, not finished before the last: for those who stop in between. A step is one walk through a network.

        Where points differ in their layers or in their input, one walk does not count them all. Bounds hold at the end.
        """
        shape = [part.stop - part.start for part in box]
        found = Counted(np.zeros(shape, bool), np.zeros((4 if memory_too else 2, *shape), np.int64))
        yield found
        for same in product(*[axis.segments(part) for axis, part in zip(self.axes, box, strict=True)]):
            # the dots make a view of a single point too
            inner: Any = (*[slice(a.start - b.start, a.stop - b.start) for a, b in zip(same, box, strict=True)], ...)
            with suppress(BadInput):  # none of these points is a variant
                self._fill(same, found.possible[inner], found.sums[:, *inner], memory_too)
            yield found
        np.logical_and(found.possible, within(found.sums, self.bounds), out=found.possible)

    def _fill(self, box: Box, possible: NDArray[np.bool_], sums: NDArray[np.int64], memory_too: bool) -> None:
        """Counts a part whose points share their layers; integers of 64 bits hold all that a variant may have."""
        first = [part.start for part in box]
        spec = self._spec(first)
        many = len(self.axes)
        values = [axis.values(part, at, many) for at, (axis, part) in enumerate(zip(self.axes, box, strict=True))]
        fits: Any = True
        numbers = self._numbers(spec, values)
        if not self._is_safe(spec):
            low = self._numbers(spec, [axis.value(at) for axis, at in zip(self.axes, first, strict=True)])
            if laws.flops(walk(spec, spec.input, low, False).macs) >= MOST_FLOPS:
                return
            rough = walk(spec, spec.input, {name: each * 1.0 for name, each in numbers.items()}, False).macs
            exact = walk(spec, spec.input, numbers, False).macs
            # where integers ran over, floating point says so
            fits = (laws.flops(rough) < 2 * MOST_FLOPS) & (laws.flops(exact) < MOST_FLOPS)
        for at, total in enumerate(walk(spec, spec.input, numbers, memory_too)[: len(sums)]):
            sums[at, ...] = total if fits is True else np.where(fits, total, 0)
        possible[...] = fits

    def _is_safe(self, spec: Spec) -> bool:
        """Whether no point with these layers reaches `MOST_FLOPS`: counts grow with every width and with the input."""
        key = spec.skeleton
        if key not in self._safe:
            if len(self._safe) == MOST_KINDS:
                self._safe.clear()
            assert self._largest is not None
            largest = [axis.value(at) for axis, at in zip(self.axes, self._largest, strict=True)]
            sides = [(value, value) for axis, value in zip(self.axes, largest, strict=True) if axis.key == "input"]
            shape = (spec.input[0], *(sides[0] if sides else spec.input[1:]))
            macs = walk(spec, shape, self._numbers(spec, largest), False).macs
            self._safe[key] = laws.flops(macs) < MOST_FLOPS
        return self._safe[key]

    def _spec(self, at: Sequence[int]) -> Spec:
        """The description of a point, its `width` apart."""
        chosen: dict[str, Value] = {}
        for axis, index in zip(self.axes, at, strict=True):
            value = axis.value(index)
            if axis.key == "input":
                chosen["input"] = (self.network.spec.input[0], value, value)
            elif axis.key != "width":
                chosen[axis.key] = value
        return describe(self.network, {**self.choices, **chosen})

    def _numbers(self, spec: Spec, values: Sequence[Any]) -> Numbers:
        numbers: dict[str, Any] = spec.numbers
        for axis, value in zip(self.axes, values, strict=True):
            if axis.key == "width":
                for name in self._followers:
                    numbers[name] = laws.scaled_width(numbers[name], value, axis.unit)
            elif axis.key != "input":
                numbers[axis.key] = value
        return numbers


def _boxes(shape: tuple[int, ...], most: int) -> Iterator[Box]:
    if not shape:
        yield ()
        return
    rest = prod(shape[1:])
    at_once = max(1, most // rest) if rest else shape[0]
    inner = list(_boxes(shape[1:], most)) if at_once == 1 else [tuple(slice(0, each) for each in shape[1:])]
    for start in range(0, shape[0], at_once):
        for box in inner:
            yield slice(start, min(start + at_once, shape[0])), *box
