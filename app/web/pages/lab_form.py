"""The form of a run: a field for each of its settings, from the model that checks them."""

from collections.abc import Mapping
from types import UnionType
from typing import Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.errors import Problem, clip
from app.lab.findings import IMAGES
from app.web.pages.fields import InputField
from app.words import phrase, say

LABELS = {
    "batch": phrase("Images at a time"),
    "threads": phrase("CPU threads"),
    "runs": phrase("Timed runs"),
    "warm_up": phrase("Runs to warm up"),
    "twin": phrase("Time the twin too"),
    "device": phrase("Device"),
    "initialisation": phrase("Initial weights"),
    "conv_bias": phrase("Initial bias"),
    "head_weight": phrase("Weight of the heads"),
    "seed": phrase("First seed"),
    "seeds": phrase("Seeds"),
    "input": phrase("Images"),
    "precision": phrase("Precision"),
    "width": phrase("Width ×"),
    "side": phrase("Side, pixels"),
    "steps": phrase("Steps"),
    "every": phrase("Steps between tests"),
    "optimiser": phrase("Optimiser"),
    "learning_rate": phrase("Learning rate"),
}
"""Settings of all runs, by their names in the API."""
WORDS = IMAGES | {"true": phrase("yes"), "false": phrase("no")}
"""Choices that are not the field's own terms."""


def settings_fields(
    model: type[BaseModel], sent: Mapping[str, str], wrong: Mapping[str, Problem], used: BaseModel | None
) -> list[InputField]:
    """The settings of a run as fields.

    Args:
        model: which there are.
        sent: what the visitor sent; before anything else.
        wrong: what was refused of it, by name.
        used: those of the run that is shown; before the defaults.
    """
    fields = []
    for name, info in model.model_fields.items():
        own = _text(info.default)
        value = sent.get(name, _text(getattr(used, name)) if used else own)
        problem = wrong.get(name)
        error = (
            say("{allowed}, received {received}", allowed=_allowed(info), received=clip(problem.received))
            if problem
            else ""
        )
        options = tuple((word, say(WORDS.get(word, word))) for word in _choices(info))
        fields.append(
            InputField(name, say(LABELS[name]), value, value if options else own, error, value != own, options)
        )
    return fields


def _text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _choices(info: FieldInfo) -> tuple[str, ...]:
    if info.annotation is bool:
        return ("true", "false")
    return get_args(info.annotation) if get_origin(info.annotation) is Literal else ()


def _allowed(info: FieldInfo) -> str:
    """What a field takes, in words."""
    if choices := _choices(info):
        return say("one of {words}", words=", ".join(choices))
    bounds = {type(each): each for each in info.metadata}
    least = bounds[Ge].ge if Ge in bounds else bounds[Gt].gt if Gt in bounds else ""
    most = bounds[Le].le if Le in bounds else ""
    kinds = get_args(info.annotation) if get_origin(info.annotation) in (Union, UnionType) else (info.annotation,)
    if int in kinds:
        return say("a whole number, {least} to {most}", least=least, most=most)
    if Gt in bounds:
        return say("a number above {least}, at most {most}", least=least, most=most)
    return say("a number, {least} to {most}", least=least, most=most)
