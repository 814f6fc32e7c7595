"""Results of runs as plain Plotly figures, drawn with what all figures share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log10
from statistics import geometric_mean
from typing import Any

from app.lab.runs import GradientRow, Gradients, Latency, Range, Training
from app.render.figures.theme import INK, INK_3, PAPER, Figure, axis, labels, layout, note
from app.words import phrase, say

Result = Gradients | Latency | Training
TALL = 260
"""Height of a figure, pixels."""


def part(path: str) -> str:
    """What of the network a layer belongs to, as the map names it: `3a`, `conv2`, `pool1`, `head`."""
    return path.split(".", maxsplit=1)[0].removesuffix("_relu").removesuffix("_norm").removeprefix("inception_")


def norms(found: Gradients) -> Figure:
    """Gradient norm of every convolution, part by part in the order of depth, on a log axis; lines join the means."""
    rows = [row for row in found.rows if row.without_aux]
    data: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    sides: tuple[tuple[str, str, str, str, Callable[[GradientRow], float | None]], ...] = (
        (say("without heads"), "6,4", INK_3, "ink-3", lambda row: row.without_aux),
        (say("with auxiliary heads"), "solid", INK, "ink", lambda row: row.with_aux),
    )
    for who, dash, colour, ink, norm in sides:
        points = [(part(row.path), norm(row), row.path) for row in rows]
        text = "%{customdata}: %{y:.3~g}<extra></extra>"
        dots = _dots([x for x, _, _ in points], [y for _, y, _ in points], colour, ink, text)
        data.append(dots | {"customdata": [path for _, _, path in points], "name": who, "opacity": 0.4})
        means = {
            x: geometric_mean([y for at, y, _ in points if at == x and y])
            for x in dict.fromkeys(x for x, y, _ in points if y)
        }
        data.append(_line(list(means), list(means.values()), who, dash, colour, ink))
        names += _name(who, means, ink)
    frame = {
        "xaxis": _depth(gains(found)),
        "yaxis": axis(say("‖∂L/∂W‖, log scale"), type="log", **_ticks([y for trace in data for y in trace["y"] if y])),
        "annotations": [*names, *_signs(found)],
        "shapes": [_rule(x) for x, _ in _exits(found)],
        "height": TALL,
        "margin": {"l": 52, "r": 8, "t": 38, "b": 40},
    }
    return Figure(data, layout(**frame))


def gain(found: Gradients) -> Figure:
    """The norm with the heads over the norm without: a bar for the mean of a part, a whisker for its layers' range."""
    parts = gains(found)
    names = list(parts)
    middle = [geometric_mean([row.gain for row in rows if row.gain]) for rows in parts.values()]
    least, most = zip(*(_range(rows) for rows in parts.values()), strict=True) if parts else ((), ())
    bars = {
        "type": "bar",
        "x": names,
        "y": middle,
        "marker": {"color": INK, "line": {"width": 0}},
        "meta": {"fill": "ink"},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [top - mean for top, mean in zip(most, middle, strict=True)],
            "arrayminus": [mean - low for low, mean in zip(least, middle, strict=True)],
            "color": INK_3,
            "thickness": 2,
            "width": 0,
        },
        "hovertemplate": "%{x}: %{y:.3~g}×<extra></extra>",
    }
    said = labels([f"{mean:,.{int(mean < 100)}f}×" for mean in middle], names, most, "top center", 11)
    wide = max(most, default=1) > 20
    title = say("with ÷ without, log scale") if wide else say("with ÷ without")
    frame = {
        "xaxis": _depth(names),
        "yaxis": axis(
            title, nticks=5, **({"type": "log", **_ticks([*least, *most])} if wide else {"range": [0, None]})
        ),
        "height": 180,
    }
    return Figure([bars, said], layout(**frame))


def gains(found: Gradients) -> dict[str, list[GradientRow]]:
    """The layers that have a gain, by part; the heads' own have none."""
    parts: dict[str, list[GradientRow]] = {}
    for row in found.rows:
        if row.gain:
            parts.setdefault(part(row.path), []).append(row)
    return parts


def shares(found: Latency) -> Figure:
    """Each part's share of the time beside its share of the multiply-adds: where both differ, FLOPs are not latency."""
    spent: dict[str, float] = {}
    macs: dict[str, int] = {}
    for row in found.rows:
        spent[part(row.path)] = spent.get(part(row.path), 0) + row.ms
        macs[part(row.path)] = macs.get(part(row.path), 0) + row.macs
    sides = (
        (
            say("multiply-adds"),
            macs,
            {"color": PAPER, "line": {"color": INK_3, "width": 1}},
            {"fill": "paper", "outline": "ink-3"},
        ),
        (say("time"), spent, {"color": INK, "line": {"width": 0}}, {"fill": "ink"}),
    )
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": who,
            "y": list(values),
            "x": [100 * value / (sum(values.values()) or 1) for value in values.values()],
            "marker": marker,
            "meta": meta,
            "hovertemplate": f"%{{y}}, {who}: %{{x:.1f}} %<extra></extra>",
        }
        for who, values, marker, meta in sides
    ]
    frame = {
        "barmode": "group",
        "yaxis": axis(type="category", autorange="reversed", showgrid=False, ticklabelstandoff=4),
        "xaxis": axis(say("share of the whole, %"), rangemode="tozero", nticks=6),
        "height": 48 + 22 * len(spent),
        "margin": {"l": 48, "r": 16, "t": 8, "b": 40},
    }
    return Figure(data, layout(**frame))


def runs(found: Latency) -> Figure:
    """Every timed run as a dot, the median as a rule; the twin's below, in the same rounds."""
    twin = [(say("twin"), found.twin.runs_ms, found.twin.median_ms)] if found.twin else []
    sides = [*twin, (say("this network"), found.runs_ms, found.median_ms)]
    text = "%{x:.1f} ms<extra></extra>"
    data = [_dots(list(times), [who] * len(times), INK, "ink", text) | {"opacity": 0.5} for who, times, _ in sides]
    for who, _, median in sides:
        mark = {"symbol": "line-ns-open", "size": 24, "color": INK, "line": {"width": 3, "color": INK}}
        rule = {"type": "scatter", "mode": "markers", "x": [median], "y": [who], "marker": mark, "line": {}}
        data.append(
            rule | {"meta": {"stroke": "ink"}, "hovertemplate": say("median {x} ms", x="%{x:.1f}") + "<extra></extra>"}
        )
    frame = {
        "xaxis": axis(say("milliseconds"), rangemode="tozero", nticks=6),
        "yaxis": axis(type="category", showgrid=False),
        "margin": {"l": 96, "r": 16, "t": 8, "b": 40},
        "height": 96 + 40 * len(sides),
    }
    return Figure(data, layout(**frame))


def loss(found: Training) -> Figure:
    """Cross-entropy on the held-out images, step by step."""
    return _curves(found, "loss", say("cross-entropy, held-out images"), ",.2~f")


def accuracy(found: Training) -> Figure:
    """Share of the held-out images named rightly, step by step."""
    return _curves(found, "accuracy", say("accuracy, held-out images"), ".0%")


FIGURES: Mapping[str, Mapping[str, Callable[[Any], Figure]]] = {
    "latency": {"shares": shares, "runs": runs},
    "gradients": {"norms": norms, "gain": gain},
    "training": {"loss": loss, "accuracy": accuracy},
}
"""By kind of run and name."""
TITLES = {
    "shares": phrase("Where the time goes (solid), and where the multiply-adds are (outlined)"),
    "runs": phrase("Every run, and the median"),
    "norms": phrase("Gradients at the start of training: every convolution, and the mean of each part"),
    "gain": phrase("What the heads change: the mean of each part, and the range of its layers"),
    "loss": phrase("Loss"),
    "accuracy": phrase("Accuracy"),
}


def _curves(found: Training, what: str, title: str, form: str) -> Figure:
    steps = [row.step for row in found.rows]
    data = [
        _line(steps, [getattr(row, f"{what}_{side}") for row in found.rows], who, dash, colour, ink)
        for side, who, dash, colour, ink in (
            ("without_aux", say("without heads"), "6,4", INK_3, "ink-3"),
            ("with_aux", say("with auxiliary heads"), "solid", INK, "ink"),
        )
    ]
    frame = {
        "annotations": _names(data),
        "xaxis": axis(say("steps"), nticks=6, rangemode="tozero"),
        "yaxis": axis(title, rangemode="tozero", tickformat=form, nticks=5),
        "height": TALL,
    }
    return Figure(data, layout(**frame))


def _depth(parts: Iterable[str]) -> dict[str, Any]:
    """An axis of parts; the stem's have two lines, for which a phone has room."""
    names = list(parts)
    return axis(
        type="category", showgrid=False, tickvals=names, ticktext=[name.replace("conv", "conv<br>") for name in names]
    )


def _names(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of two lines, each outside of both where they are furthest apart."""
    one, other = (trace["y"] for trace in lines)
    apart = [
        (abs(a - b), -at) for at, (a, b) in enumerate(zip(one, other, strict=True)) if a is not None and b is not None
    ]
    if not apart:
        return []
    at = -max(apart)[1]
    high, low = sorted(lines, key=lambda trace: -trace["y"][at])
    rising = (one[min(at + 1, len(one) - 1)] or 0) > (one[max(at - 1, 0)] or 0)
    sides = ("left", "left") if at < len(one) / 3 else ("right", "right") if at > len(one) * 2 / 3 else None
    above, below = sides or (("right", "left") if rising else ("left", "right"))
    x = lines[0]["x"][at]
    return [
        _note(high["name"], x=x, y=high["y"][at], xanchor=above, yshift=14),
        _note(low["name"], x=x, y=low["y"][at], xanchor=below, yshift=-14),
    ]


def _note(text: str, **more: Any) -> dict[str, Any]:
    """A name among marks, which its halo keeps off."""
    return note(text, font={"size": 11, "color": INK, "shadow": PAPER}, **more)


def _line(x: Sequence[Any], y: Sequence[float | None], who: str, dash: str, colour: str, ink: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": y,
        "name": who,
        "line": {"color": colour, "width": 2, "dash": dash},
        "marker": {"size": 8, "color": colour, "line": {"width": 2, "color": PAPER}},
        "meta": {"ink": ink},
        "hovertemplate": f"%{{x}}, {who}: %{{y:.3~g}}<extra></extra>",
    }


def _dots(x: Sequence[Any], y: Sequence[Any], colour: str, ink: str, text: str) -> dict[str, Any]:
    marker = {"size": 7, "color": colour, "line": {"width": 0, "color": PAPER}}
    base = {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marker, "line": {"color": colour}}
    return base | {"meta": {"ink": ink}, "hovertemplate": text}


def _range(rows: Iterable[GradientRow]) -> Range:
    ranges = [row.gain_range for row in rows if row.gain_range]
    return min(least for least, _ in ranges), max(most for _, most in ranges)


def _name(who: str, means: Mapping[str, float], ink: str) -> list[dict[str, Any]]:
    """A line's name beside its second point, where the two are still apart."""
    heights = list(means.values())[1:2]
    above = {"yanchor": "bottom", "yshift": 8} if ink == "ink" else {"yanchor": "top", "yshift": -8}
    return [_note(who, x=1, y=log10(height), xanchor="left", **above) for height in heights]


def _ticks(values: Sequence[float]) -> dict[str, Any]:
    """Ticks of a log axis: 1, 2 and 5 of every decade, or decades alone where there are many."""
    many = max(values, default=1) / min(values, default=1) > 1e3
    return {"tickformat": ".2~g", **({"nticks": 6} if many else {"dtick": "D2"})}


def _exits(found: Gradients) -> list[tuple[float, str]]:
    """Where each head leaves: between the last part whose gradient it reaches and the next; a place on the axis."""
    parts = list(gains(found))
    return [
        (max(parts.index(name) for name, rows in gains(found).items() if any(head in row.heads for row in rows)) + 0.5,
         say("aux {n} leaves here", n=head.removeprefix("aux")))
        for head in found.heads
        if any(head in row.heads for rows in gains(found).values() for row in rows)
    ]  # fmt: skip


def _signs(found: Gradients) -> list[dict[str, Any]]:
    """What is said of them, a line each, so that neither covers the other where the page is narrow."""
    return [
        note(text, x=x, y=1, yref="paper", yanchor="bottom", xanchor="right", yshift=14 * at)
        for at, (x, text) in enumerate(_exits(found))
    ]


def _rule(x: float) -> dict[str, Any]:
    line = {"color": INK_3, "width": 1, "dash": "3,3"}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}
