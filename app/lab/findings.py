"""What a run found, as a number and sentences; only what its own numbers support."""

from app.lab.figures import Result, gains
from app.lab.runs import GradientRow, Gradients, Latency, Training
from app.network.record import record
from app.words import phrase, say, say_many

ALIKE = 1.1
"""A gradient that grows by less than this is called unchanged."""


IMAGES = {"noise": phrase("noise"), "china": phrase("a photograph: China"), "flower": phrase("a photograph: flower")}
"""What a network may look at, in words."""


@record
class Finding:
    """What stands at the top of a run."""

    value: str
    what: str
    """Of what the value is, beside it in small."""
    sentences: tuple[str, ...]


def finding(found: Result) -> Finding:
    """What a result says in short."""
    match found:
        case Latency():
            return _latency(found)
        case Gradients():
            return _gradients(found)
        case Training():
            return _training(found)


def _latency(found: Latency) -> Finding:
    where = say(
        "{device}, {threads}, {images} at a time, float32, torch {version}.",
        device=found.device_name,
        threads=say_many("{n} thread", "{n} threads", found.threads),
        images=say_many("{n} image", "{n} images", found.batch),
        version=found.torch_version,
    )
    least, most = found.spread_ms
    spread = say("Half of the runs took {least} to {most} ms.", least=f"{least:.3g}", most=f"{most:.3g}")
    sentences = [where, spread]
    if found.twin:
        low, high = found.twin.ratio_range
        sentences.append(
            say(
                "Its twin, in the same rounds, took {ratio} times as long ({low} to {high}).",
                ratio=f"{found.twin.ratio:.2g}",
                low=f"{low:.2g}",
                high=f"{high:.2g}",
            )
        )
    sentences.append(say("This server has other work, too: compare variants, not machines."))
    return Finding(
        f"{found.median_ms:.3g} ms",
        say_many("median of {n} run", "median of {n} runs", len(found.runs_ms)),
        (*sentences,),
    )


def _gradients(found: Gradients) -> Finding:
    seeds = say_many("{n} seed", "{n} seeds", len(found.seeds))
    settings = say(
        "{seeds}, {initialisation} start, {images} of {input}, cross-entropy on random labels, untrained weights.",
        seeds=seeds,
        initialisation=found.settings.initialisation,
        images=say_many("{n} image", "{n} images", found.settings.batch),
        input=say(IMAGES[found.settings.input]),
    )
    if not found.heads:
        return Finding("—", "", (say("This network has no auxiliary heads to attach."), settings))
    groups = _by_heads(found)
    if not groups:
        return Finding(
            "—", "", (say("No gradient arrives without the heads: there is nothing to compare with."), settings)
        )
    heads, first = next(iter(groups.items()))
    sentences = [_group(heads, rows) for heads, rows in groups.items()]
    return Finding(
        f"{_span(first)}×", say("below {head}", head=_name(heads[0])) if heads else "", (*sentences, settings)
    )


def _by_heads(found: Gradients) -> dict[tuple[str, ...], list[GradientRow]]:
    """Layers together that the same heads reach, in the order of depth."""
    groups: dict[tuple[str, ...], list[GradientRow]] = {}
    for rows in gains(found).values():
        for row in rows:
            groups.setdefault(row.heads, []).append(row)
    return groups


def _group(heads: tuple[str, ...], rows: list[GradientRow]) -> str:
    where = say("Where the loss of {heads} arrives", heads=" + ".join(map(_name, heads))) if heads else ""
    middle = [row.gain for row in rows if row.gain]
    if not heads:
        return say("Above the last head nothing changes: no path of a head leads there.")
    if max(middle) < ALIKE:
        return say(
            "{where}, the gradient is as large as without it ({span}×): the effect is absent here.",
            where=where,
            span=_span(rows),
        )
    return say("{where}, the gradient is {span} times as large as without.", where=where, span=_span(rows))


def _span(rows: list[GradientRow]) -> str:
    """`2.0 to 2.4` of layers' means, or one number where they agree."""
    middle = sorted(row.gain for row in rows if row.gain)
    low, high = _figure(middle[0]), _figure(middle[-1])
    return low if low == high else say("{low} to {high}", low=low, high=high)


def _figure(gain: float) -> str:
    return f"{gain:,.0f}" if gain >= 100 else f"{gain:.2g}" if gain >= 10 else f"{gain:.1f}"


def _name(head: str) -> str:
    return say("aux {n}", n=head.removeprefix("aux"))


def _training(found: Training) -> Finding:
    last = found.rows[-1]
    kept = say(
        "{images} of scikit-learn's digits to learn from, {held} kept apart; width × {width}, {side} pixels, {steps}.",
        images=f"{found.images:,}",
        held=f"{found.held_out:,}",
        width=f"{found.settings.width:g}",
        side=found.settings.side,
        steps=say_many("{n} step", "{n} steps", last.step),
    )
    sentences = [
        kept,
        say("Both began with the same weights and saw the same images in the same order."),
        say(
            "One seed of a small network on small images shows how such curves look, not what the heads do on ImageNet."
        ),
    ]
    if not found.heads:
        sentences.insert(0, say("This network has no auxiliary heads to attach: both curves are one."))
    return Finding(
        say("{a} and {b}", a=f"{last.accuracy_with_aux:.1%}", b=f"{last.accuracy_without_aux:.1%}"),
        say("of the held-out digits right, with heads and without"),
        (*sentences,),
    )
