"""The five totals over the page, each with its change from the published network."""

from app.errors import SizeVanishes
from app.network.analysis import Analysis, alive, analyse
from app.network.record import record
from app.network.variant import Variant
from app.render.cells import THIN, short
from app.render.counting import OURS, Counting
from app.words import say


@record
class TotalCell:
    """One total."""

    name: str
    label: str
    unit: str
    """The same quantity in another unit, or whose it is, beside the label; or nothing."""
    value: int
    delta: int
    """Its change from the published network."""
    percent: str
    """The change in percent with its sign, or that there is none; empty where nothing at all was changed."""
    note: str
    """What the exact number is about, or nothing."""


def totals(chosen: Variant, analysis: Analysis, counting: Counting = OURS) -> tuple[TotalCell, ...]:
    """Parameters, multiply-adds or what stands for them, activations, peak activations, parameters in training."""
    now, own = analysis.totals, counting(analyse(chosen.network.spec)).totals
    changed = bool(chosen.choices)
    here = chosen.spec.aux_heads
    trained, before = _with_heads(chosen, analysis), _with_heads(chosen, None)
    heads = chosen.network.fixed.isdisjoint({"aux"})
    off = say("heads are off here") if heads and not here else "" if heads else say("it has no heads")

    tool = counting.tool
    unit = f"{tool.name} {tool.version}" if tool else say("= {flops}FLOPs", flops=short(now.flops))

    def cell(name: str, label: str, value: int, published: int, unit: str = "", note: str = "") -> TotalCell:
        return TotalCell(name, label, unit, value, value - published, _percent(value, published, changed), note)

    return (
        cell("params", say("Parameters"), now.params, own.params),
        cell("macs", counting.total, now.macs, own.macs, unit),
        cell("activations", say("Activations"), now.activations, own.activations),
        cell(
            "peak_activations", say("Peak activations"), now.peak_activations, own.peak_activations,
            note=say("at {layer}", layer=_peak(analysis)),
        ),
        cell("training_params", say("Training, with aux heads"), trained, before, note=off),
    )  # fmt: skip


def _with_heads(chosen: Variant, analysis: Analysis | None) -> int:
    """Parameters in training with the auxiliary heads on, of the variant or of the published network."""
    spec = chosen.spec if analysis else chosen.network.spec
    if "aux" in chosen.network.fixed or (analysis and spec.aux):
        return (analysis or analyse(spec)).totals.training_params
    try:
        return analyse(spec.model_copy(update={"aux": True})).totals.training_params
    except SizeVanishes:  # the input is large enough for the network, and not for its heads
        return (analysis or analyse(spec)).totals.training_params


def _percent(now: int, before: int, changed: bool) -> str:
    if now == before or not before:
        return say("unchanged") if changed else ""
    change = 100 * (now - before) / before
    digits = 1 if abs(change) >= 0.05 else 2
    return f"{'+' if change > 0 else '−'}{abs(change):.{digits}f}{THIN}%"


def _peak(analysis: Analysis) -> str:
    """The layer at which most elements are alive."""
    parts = [part for part in analysis.parts if not part.training]
    most = max(parts, key=lambda part: part.peak)
    return most.layers[alive(most).index(most.peak)].node.path
