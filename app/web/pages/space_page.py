"""What the page of a design space shows, from what was asked for and what was counted."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from app.errors import BadInput, Problem
from app.network.analysis import Totals
from app.network.catalog import NETWORKS
from app.network.catalog import network as published
from app.network.fit import decimal, fit
from app.network.record import record
from app.network.sensitivity import Price, sensitivity
from app.network.space import Sums
from app.network.variant import Value, variant
from app.render.columns import Varied, varied
from app.render.picture import Beaten, Mark, Picture
from app.render.scale import Scale, scale
from app.render.sensitivity import HeatMap, heat_maps
from app.render.side_by_side import called
from app.render.space import HEADS, Column, Late, beaten, fitting, late, lead, some
from app.web.clouds import CELLS, Cloud
from app.web.described import Described, describe
from app.web.pages.explorer import Alternative, alternatives
from app.web.pages.read import url
from app.web.pages.space_form import Picker, SpaceForm, form, picker
from app.web.pages.space_read import Asked, Typed, address
from app.words import say


@record
class FrontRow:
    """A variant in the table of the front."""

    totals: tuple[str, ...]
    """Upwards and across, in the units of the heads."""
    values: tuple[str, ...]
    address: str
    chosen: bool


@record
class Shown:
    """What can be said of a space that is counted."""

    heads: tuple[tuple[str, str], ...]
    """Name and unit of both totals."""
    rows: tuple[FrontRow, ...]
    """Of the front, within the budgets."""
    own: FrontRow
    """The visitor's own variant."""
    many: int
    """How many the front has within the budgets."""
    variants: int
    chosen: str
    """Address of the best upwards within the budgets, or nothing."""
    late: Late | None
    selected: int
    figure: str
    csv: str
    """Address of the variants within the budgets."""
    box: str
    """Address of those that are selected; empty where nothing is."""
    unselected: str
    cells: tuple[int, int]


@record
class SpacePage:
    """Everything on the page."""

    network: str
    networks: tuple[Alternative, ...]
    query: str
    """`?state` of the variant, or nothing."""
    title: str
    lead: str
    name: str
    """Of the visitor's own variant."""
    changed: bool
    variant: str
    """Address of its explorer."""
    address: str
    points: int
    problems: tuple[Problem, ...]
    """What was refused and has no field to be said beside."""
    form: SpaceForm
    picker: Picker
    heads: tuple[Varied, ...]
    shown: Shown | None
    """None where there is no variant, or none was counted."""
    waiting: bool
    """Whether it takes long and was not counted yet."""
    events: str
    """Address that tells how far the counting is."""
    counted: str
    """Address of the page that waits for it."""
    prices: tuple[Price, ...]
    heat: tuple[HeatMap, ...]


def space_page(asked: Asked, typed: Typed, cloud: Cloud | None, most: int) -> SpacePage:
    """The page.

    Args:
        asked: what is shown.
        typed: what came.
        cloud: the space; None where it is not counted.
        most: the most channels that a column may have.
    """
    described, grid = asked.described, asked.plan.grid()
    spec = described.variant.spec
    scales = dict(zip([goal.quantity for goal in asked.view], _scales(asked, cloud), strict=True)) if cloud else {}
    fields = form(asked, typed, scales)
    prices = sensitivity(spec, most)
    shown = _shown(asked, cloud) if cloud and cloud.survey.possible else None
    name = called(described.variant, described.state)
    return SpacePage(
        network=described.network,
        networks=alternatives(described.network, "/space?network="),
        query=f"?{described.state}" if described.state else "",
        title=say("The same budget buys more if the channels sit late")
        if shown and shown.late
        else say("The design space"),
        lead=lead(name, spec, asked.axes, cloud.survey, cloud.density, asked.budgets) if cloud else "",
        name=name,
        changed=bool(described.state),
        variant=url(described.network, described.state),
        address=address(asked),
        points=grid.points,
        problems=_unplaced(typed.problems, fields),
        form=fields,
        picker=picker(asked),
        heads=tuple(varied(axis.key) for axis in asked.axes),
        shown=shown,
        waiting=cloud is None,
        events=address(asked, "/space/progress"),
        counted=address(asked, counted="now"),
        prices=prices,
        heat=heat_maps(spec, prices),
    )


def _unplaced(problems: tuple[Problem, ...], fields: SpaceForm) -> tuple[Problem, ...]:
    """Those that no field says beside itself."""
    beside = {"network", *[key for key, *_ in fields.boxes], *[each.key for each in fields.budgets]}
    beside |= {each.key for each in fields.selects}

    def is_axis(problem: Problem) -> bool:
        key = problem.received.partition(":")[0]
        return problem.field == "vary" and any(each.error and each.key.endswith(key) for each in fields.axes)

    return tuple(each for each in problems if each.field not in beside and not is_axis(each))


def _shown(asked: Asked, cloud: Cloud) -> Shown:
    front = beaten(asked.plan.grid(), cloud.survey, asked.point)
    fits = fitting(front, asked.budgets)
    best = fits[0] if fits else None
    up, across = reversed(asked.view)
    own = asked.described
    listed = some(fits)
    columns = [Column(goal.quantity, [each.totals[goal.quantity] for each in listed]) for goal in (up, across)]

    def row(totals: Mapping[str, int], values: tuple[str, ...], there: str, chosen: bool = False) -> FrontRow:
        return FrontRow(tuple(column.text(totals[column.quantity]) for column in columns), values, there, chosen)

    scaled = _scaled(asked)
    return Shown(
        heads=tuple((say(HEADS[column.quantity]), column.letter) for column in columns),
        rows=tuple(row(each.totals, each.values, each.address, each is best) for each in listed),
        own=row(_totals(own.analysis.totals), _own_values(asked), url(own.network, own.state)),
        many=len(fits),
        variants=cloud.survey.possible,
        chosen=best.address if best else "",
        late=late(asked.view, asked.axes, own.analysis, own.variant.spec, best, scaled.totals if scaled else None),
        selected=cloud.density.chosen,
        figure=address(asked, "/space/figure"),
        csv=address(replace(asked, box={}), "/space.csv"),
        box=address(asked, "/space.csv") if asked.box else "",
        unselected=address(replace(asked, box={})),
        cells=CELLS,
    )


def _own_values(asked: Asked) -> tuple[str, ...]:
    """What the visitor's own variant has on each axis."""
    spec = asked.described.variant.spec
    widths = {key: str(value) for key, value in spec.numbers.items()}
    whole = {"width": spec.follow.width, "input": str(spec.input[1]), "classes": str(spec.classes)}
    return tuple((whole | widths).get(axis.key, "") for axis in asked.axes)


def picture(asked: Asked, cloud: Cloud) -> Picture:
    """What is drawn of a space."""
    front = beaten(asked.plan.grid(), cloud.survey, asked.point)
    best = next(iter(fitting(front, asked.budgets)), None)
    reach = [asked.box.get(goal.quantity, each) for goal, each in zip(asked.view, cloud.survey.ranges, strict=True)]
    return Picture(
        view=asked.view,
        scales=_scales(asked, cloud),
        ranges=cloud.survey.ranges,
        density=cloud.density,
        front=front,
        marks=_marks(asked, best),
        chosen=best,
        budgets=(asked.budgets.get(asked.view[0].quantity), asked.budgets.get(asked.view[1].quantity)),
        box=(reach[0], reach[1]) if asked.box else None,
    )


def _scales(asked: Asked, cloud: Cloud) -> tuple[Scale, Scale]:
    """All variants have room on them, and the visitor's own."""
    own = _totals(asked.described.analysis.totals)
    x, y = (
        scale(min(low, own[goal.quantity]), max(high, own[goal.quantity]))
        for goal, (low, high) in zip(asked.view, cloud.survey.ranges, strict=True)
    )
    return x, y


def _marks(asked: Asked, best: Beaten | None) -> list[Mark]:
    """The variants that have names: the visitor's own first, then the published ones with its input and classes."""
    own = asked.described
    same = {key: value for key, value in own.variant.choices.items() if key in ("input", "classes")}
    changed = own.variant.choices.keys() - same.keys()
    name = say("your variant") if changed else say(own.variant.network.name)
    marks = [Mark(name, "yours", _totals(own.analysis.totals), url(own.network, own.state))]
    for each in NETWORKS.values():
        with suppress(BadInput):  # a published network that does not take this input
            other = describe(variant(each, same), "")
            if changed or each.id != own.network:
                marks.append(_mark(say(each.name), "published", other))
    if scaled := _scaled(asked):
        marks.append(scaled)
    if best:
        marks.append(Mark("", "chosen", best.totals, best.address))
    return marks


def _scaled(asked: Asked) -> Mark | None:
    """The visitor's variant, scaled as a whole into the budgets."""
    own = asked.described.variant
    if not asked.budgets:
        return None
    width = _widest(own.network.id, tuple(own.choices.items()), tuple(asked.budgets.items()))
    if width is None:
        return None
    name = say("largest width that fits, {width}", width=f"{float(width):.3f}")
    return _mark(name, "fit", describe(variant(own.network, {**own.choices, "width": decimal(width)}), ""))


@lru_cache(maxsize=256)
def _widest(
    network: str, choices: tuple[tuple[str, Value], ...], budgets: tuple[tuple[str, int], ...]
) -> Fraction | None:
    """None where not even the narrowest fits. The page and its picture ask for the same."""
    with suppress(BadInput):
        return fit(published(network), dict(choices), dict(budgets)).width
    return None


def _mark(name: str, look: str, other: Described) -> Mark:
    return Mark(name, look, _totals(other.analysis.totals), url(other.network, other.state))


def _totals(totals: Totals) -> dict[str, int]:
    return {name: getattr(totals, name) for name in Sums._fields}
