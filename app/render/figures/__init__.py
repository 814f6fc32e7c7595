"""Figures as plain Plotly `{data, layout}`, one file each; the tests have Plotly itself check every one."""

from app.network.analysis import Analysis
from app.network.variant import Variant
from app.render.figures.channels import channels
from app.render.figures.contrast import contrast
from app.render.figures.module import module
from app.render.figures.saving import saving
from app.render.figures.theme import Figure

MODULE = "module-"


def names(chosen: Variant) -> tuple[str, ...]:
    """The figures that there are of a variant."""
    return ("macs", "params", "channels", "saving", *(MODULE + each.name for each in chosen.spec.modules))


def figure(chosen: Variant, analysis: Analysis, name: str) -> Figure | None:
    """The figure of that name, None where there is none."""
    if name not in names(chosen):
        return None
    if name == "channels":
        return channels(chosen, analysis)
    if name == "saving":
        return saving(chosen, analysis)
    if name in ("macs", "params"):
        return contrast(chosen, analysis, "macs" if name == "macs" else "params")
    return module(chosen, analysis, name.removeprefix(MODULE))
