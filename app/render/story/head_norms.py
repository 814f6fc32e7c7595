"""The chapter on the heads: the gradient part by part, with the heads and without them, as a chart."""

from collections.abc import Mapping, Sequence

from app.network.spec import AUX_HOSTS
from app.render.story.chart import Chart, Label, Mark, Pin, Point, Scale, Tick, line, power, tens, x_scale, y_scale
from app.render.story.measured import Part
from app.words import say

HEIGHT = 200
FIRST = "conv1"
"""Where the gradient has come the longest way."""


def norms_chart(norms: Mapping[str, Part], most: Mapping[str, Part]) -> Chart:
    """The norms of each part, in the order of depth.

    Args:
        norms: what is drawn.
        most: the same with the heads at their most: its scale stands still while their weight moves.
    """
    values = [value for part in most.values() for value in (part.without, part.helped)]
    up = tens(min(values), max(values))
    x, y = x_scale(0, len(norms)), y_scale(up[0][0], up[-1][0], HEIGHT, log=True)
    names = list(norms)
    plain = [(at + 0.5, part.without) for at, part in enumerate(norms.values())]
    helped = [(at + 0.5, part.helped) for at, part in enumerate(norms.values())]
    at, low, high = x(plain[2][0]), y(plain[2][1]), y(helped[2][1])
    beside = Label(say("without heads"), at, _below(low, high), "start")
    top, bottom = y(helped[0][1]), y(plain[0][1])
    gain = Label(f"{times_of(norms[FIRST].gain)}×", 1, _between(top, bottom), "start", "hero", 2)
    return Chart(
        HEIGHT,
        say("gradient at the start of training, log scale"),
        "",
        (Tick(x(1), say("conv")), *(Tick(x(at + 0.5), name) for at, name in enumerate(names) if at > 1)),
        tuple(Tick(y(value), text) for value, text in up),
        (
            *[_exit(x, names, head, host) for head, host in AUX_HOSTS.items()],
            _norms(x, y, "without", "faint", plain, beside),
            _norms(x, y, "with", "ink", helped, gain),
        ),
        say(
            "At conv1 the gradient is {plain} without heads and {helped} with them.",
            plain=power(plain[0][1]),
            helped=power(helped[0][1]),
        ),
    )


def _below(low: float, high: float) -> float:
    """Where what is said of the lower line stands; above both where there is no room under it."""
    return low + 24 if low < HEIGHT - 30 else (high if low - high < 40 else low) - 14


def _between(top: float, bottom: float) -> float:
    """Where what is said of both lines stands; beside them where they are close."""
    if bottom - top > 60:
        return (top + bottom) / 2 + 10
    return bottom + 36 if bottom + 40 < HEIGHT else top - 20


def _norms(x: Scale, y: Scale, path: str, look: str, norms: Sequence[tuple[float, float]], label: Label) -> Mark:
    kind: Pin = "dot" if look == "ink" else "hollow"
    points = tuple(Point(kind, x(at), y(norm)) for at, norm in norms)
    return Mark(path, look, lines=(line(x, y, norms, kind == "hollow"),), points=points, labels=(label,))


def _exit(x: Scale, names: list[str], head: str, host: str) -> Mark:
    at = x(names.index(host) + 1)
    y = y_scale(0, 1, HEIGHT)
    rule = line(x_scale(0, 100), y, ((at, 0), (at, 1)), True)
    return Mark(head, "faint", lines=(rule,), labels=(Label(head, at, 10, dx=4),))


def times_of(gain: float) -> str:
    """A measured ratio: two digits, as seeds differ by more; three where it is near one."""
    return f"{float(f'{gain:.2g}'):,.0f}" if gain >= 10 else f"{gain:.2f}" if gain < 1.1 else f"{gain:.1f}"
