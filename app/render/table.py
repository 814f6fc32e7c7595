"""The table of layers as the page shows it: rows by module, each with what changed from the published network."""

from functools import lru_cache

from app.network.analysis import Analysis, analyse
from app.network.record import record
from app.network.spec import Spec, Widths
from app.network.variant import Variant, own_widths
from app.render.cells import one_or_two, percent, times, window
from app.render.counting import OURS, Counting
from app.render.rows import Row, rows

SHARE = 62
"""Width of the bar of the layer or module with the largest share, pixels."""
COLUMN_OF = {"one.conv": 0, "three.reduce": 1, "three.conv": 2, "five.reduce": 3, "five.conv": 4, "pool.proj": 5}


@record
class Line:
    """One line of the table: a layer, or a module folded into one."""

    path: str
    name: str
    kind: str
    look: str
    """Branch, or other."""
    window: str
    before: str
    """What of the output shape was another, `832`; empty where nothing was."""
    shape: str
    params: int
    macs: int
    params_delta: int
    macs_delta: int
    share: str
    pieces: tuple[tuple[str, float, float], ...]
    """Look, x and width of the share's bar."""
    seen: str
    mark: str
    """`set` by the visitor, `follows` from that, or nothing."""
    phase: str
    numbers: tuple[int, int, int, int]
    """Elements, parameters, multiply-adds, receptive field: what the table is sorted by."""


@record
class Group:
    """Lines that fold into one, or a line on its own."""

    name: str
    """The module's; empty outside of modules."""
    head: Line | None
    lines: tuple[Line, ...]
    open: bool


def table(chosen: Variant, analysis: Analysis, counting: Counting = OURS) -> tuple[Group, ...]:
    """The lines of a network, modules as groups."""
    before = _published(chosen.network.spec, counting)
    whole = analysis.totals.macs
    largest = max([part.macs for part in analysis.parts if not part.training], default=1) or 1
    groups: list[Group] = []
    for row in rows(analysis):
        line = _line(chosen, row, before.get(row.path), whole, largest)
        if not row.module:
            groups.append(Group("", None, (line,), True))
        elif groups and groups[-1].name == row.module:
            last = groups[-1]
            groups[-1] = Group(last.name, None, (*last.lines, line), last.open)
        else:
            groups.append(Group(row.module, None, (line,), row.module in chosen.choices))
    return tuple(_folded(chosen, group, before, whole, largest) if group.name else group for group in groups)


@lru_cache(maxsize=16)
def _published(spec: Spec, counting: Counting) -> dict[str, Row]:
    return {row.path: row for row in rows(counting(analyse(spec)))}


def _line(chosen: Variant, row: Row, own: Row | None, whole: int, largest: int) -> Line:
    params, macs = (row.params - own.params, row.macs - own.macs) if own else (0, 0)
    shape, before = _shape(row.out_shape, own.out_shape if own else row.out_shape)
    differs = own is not None and (row.out_shape, row.params, row.macs) != (own.out_shape, own.params, own.macs)
    mark = "set" if _set(chosen, row) else "follows" if differs else ""
    look = row.branch or "other"
    counted = row.phase == "inference" and row.macs
    return Line(
        path=row.path,
        name=row.path.partition(".")[2] if row.module else row.path,
        kind=row.kind,
        look=look,
        window=window(row),
        before=before,
        shape=shape,
        params=row.params,
        macs=row.macs,
        params_delta=params,
        macs_delta=macs,
        share=percent(row.macs, whole) if counted else "",
        pieces=((look, 0.0, round(SHARE * row.macs / largest, 2)),) if counted else (),
        seen=one_or_two(row.receptive_field.size),
        mark=mark,
        phase=row.phase,
        numbers=(row.activations, row.params, row.macs, row.receptive_field.size[0]),
    )


def _shape(now: tuple[int, ...], own: tuple[int, ...]) -> tuple[str, str]:
    """The shape, and what it was: only the channels where only they differ."""
    if now == own:
        return times(now), ""
    return times(now), str(own[0]) if now[1:] == own[1:] else times(own)


def _set(chosen: Variant, row: Row) -> bool:
    """Whether the visitor set this layer's width."""
    if row.module not in chosen.choices or row.kind != "conv":
        return False
    value, own = chosen.choices[row.module], own_widths(chosen, row.module)
    if not isinstance(value, Widths) or own is None:
        return True
    column = COLUMN_OF.get(row.path.partition(".")[2])
    return column is not None and value[column] != own[column]


def _folded(chosen: Variant, group: Group, before: dict[str, Row], whole: int, largest: int) -> Group:
    """The group with the line that stands for all of it."""
    lines, last = group.lines, group.lines[-1]
    params, macs = sum([line.params for line in lines]), sum([line.macs for line in lines])
    own = [row for row in before.values() if row.module == group.name]
    changed = (params - sum([row.params for row in own]), macs - sum([row.macs for row in own])) if own else (0, 0)
    x, pieces = 0.0, []
    for line in lines:
        if line.macs:
            width = SHARE * line.macs / largest
            pieces.append((line.look, round(x, 2), round(width, 2)))
            x += width
    follows = changed != (0, 0) or any(line.mark for line in lines)
    head = Line(
        path=f"inception_{group.name}",
        name=f"inception_{group.name}",
        kind="",
        look="other",
        window="",
        before=last.before,
        shape=last.shape,
        params=params,
        macs=macs,
        params_delta=changed[0],
        macs_delta=changed[1],
        share=percent(macs, whole),
        pieces=tuple(pieces),
        seen=last.seen,
        mark="set" if group.name in chosen.choices else "follows" if follows else "",
        phase="inference",
        numbers=(last.numbers[0], params, macs, last.numbers[3]),
    )
    return Group(group.name, head, lines, group.open)
