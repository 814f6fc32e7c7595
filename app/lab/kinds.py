"""The kinds of jobs: what may be chosen for each, and which call it becomes."""

from collections.abc import Callable, Mapping
from typing import Any

from app.errors import BadInput, Problem, SizeVanishes
from app.lab.plan import Planned, plan, reduced, with_heads
from app.lab.runs import GradientSettings, LatencySettings, Settings, TrainingSettings
from app.network.analysis import analyse
from app.network.record import record
from app.network.spec import Module, Shape, Spec
from app.network.variant import Variant, network_widths
from app.render.pytorch import to_pytorch


@record
class Kind:
    """One kind of job."""

    task: str
    """The function that is run, as `module:function`."""
    settings: type[Settings]
    """What may be chosen."""
    arguments: Callable[[Variant, str, Any], tuple[object, ...]]
    """Of a variant, its address and the settings: what the function is given beside `report`."""


def _latency(chosen: Variant, address: str, settings: LatencySettings) -> tuple[object, ...]:
    spec = chosen.spec.model_copy(update={"aux": False})  # inference runs no heads
    twin = _twin(chosen, spec) if settings.twin else None
    return *_described(spec, address), settings, _described(twin, address)[0] if twin else None


def _gradients(chosen: Variant, address: str, settings: GradientSettings) -> tuple[object, ...]:
    return *_described(with_heads(chosen.spec), address), settings


def _training(chosen: Variant, address: str, settings: TrainingSettings) -> tuple[object, ...]:
    try:
        return *_described(reduced(chosen.spec, settings), address), settings
    except SizeVanishes as error:
        raise BadInput(Problem("side", str(settings.side), error.problems[0].allowed)) from None


KINDS: Mapping[str, Kind] = {
    "latency": Kind("app.lab.latency:latency", LatencySettings, _latency),
    "gradients": Kind("app.lab.gradients:gradients", GradientSettings, _gradients),
    "training": Kind("app.lab.training:training", TrainingSettings, _training),
}
"""By the name that their doors have."""


def _described(spec: Spec, address: str) -> tuple[str, Shape, tuple[Planned, ...]]:
    """What every run needs: the text that it executes, the image's shape, and the layers."""
    analysis = analyse(spec)
    return to_pytorch(spec, analysis, address), spec.input, plan(analysis)


def _twin(chosen: Variant, spec: Spec) -> Spec | None:
    """The same with all modules naive; where they are, with those that the network itself has reduced."""
    if any(module.widths.kind == "reduced" for module in spec.modules):
        others = {module.name: module.widths.naive for module in spec.modules}
    else:
        own = {module.name: network_widths(chosen, module.name) for module in spec.modules}
        others = {name: widths for name, widths in own.items() if widths}
    modules = tuple(Module(each.name, others.get(each.name, each.widths)) for each in spec.modules)
    return spec.model_copy(update={"modules": modules}) if others else None
