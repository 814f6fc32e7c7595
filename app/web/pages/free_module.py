"""The page of a module that stands in no network: whatever input, whatever widths."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import BadInput, Problem
from app.network.spec import column_keys
from app.network.variant import WORDS, text
from app.render.columns import LAYERS
from app.render.module_drawing import drawing
from app.render.module_text import derivations, side_titles, title
from app.render.modules import FREE, Detail
from app.web import parameters
from app.web.address import Limits
from app.web.asked import settings_of
from app.web.described import read_free_module
from app.web.pages.fields import CHOICES, InputField, WidthField, input_parts, said, width_fields
from app.web.pages.module import ModulePage, Trial, answer, ready_changes
from app.web.pages.read import scan
from app.words import phrase, say

router = APIRouter()

SEED = {"input": "192x28x28", "widths": "64,96,128,16,32,32"}
"""The paper's first module."""
SHAPE = (192, 28, 28)
"""Its input."""
OTHERWISE = {"five": "5x5", "norm": "lrn"}
LABELS = {
    "input": phrase("Input, channels × height × width"),
    "widths": phrase("Widths"),
    "five": phrase("5×5 branch as"),
    "norm": phrase("Normalisation"),
}


@router.get("/module")
async def free(request: Request) -> HTMLResponse:
    """A module that stands in no network; without a query the paper's first."""
    known = {each.name for each in parameters.MODULE_DOOR}
    values, problems = scan(request.url.query, known)
    limits = Limits.of_module(settings_of(request))
    module, good, refused = _nearest(values, limits)
    return answer(request, _page(module, good, values, [*problems, *refused], limits))


def _nearest(values: Mapping[str, str], limits: Limits) -> tuple[Detail, dict[str, str], list[Problem]]:
    """The module without the values that were refused, what describes it, and the reasons."""
    left, problems = dict(values), list[Problem]()
    while True:
        good = SEED | OTHERWISE | left
        try:
            return read_free_module(urlencode(good), limits), good, problems
        except BadInput as error:
            problems += error.problems
            kept = {key: value for key, value in left.items() if key not in {each.field for each in error.problems}}
            left = kept if len(kept) < len(left) else {}


def _page(
    module: Detail, good: Mapping[str, str], values: Mapping[str, str], problems: list[Problem], limits: Limits
) -> ModulePage:
    errors = said(problems)
    query = _query(module, good)
    return ModulePage(
        module=module,
        title=title(module),
        drawing=drawing(module, side_titles(module, True)),
        reasons=derivations(module),
        place=None,
        action="/module",
        others=tuple(_other(key, values, good, errors) for key in LABELS if key != "widths"),
        whole=_field("widths", values, good, errors),
        widths=() if "widths" in errors else _widths(module),
        hidden=(),
        live="widths" not in errors,
        trials=tuple(_trials(module, good, limits)),
        reset="/module",
        changes=None,
        query=f"?{query}",
        address=f"/module?{query}",
        json=f"/api/v1/module?{query}",
        problems=tuple(problem for problem in problems if problem.field not in LABELS),
    )


def _field(key: str, values: Mapping[str, str], good: Mapping[str, str], errors: Mapping[str, str]) -> InputField:
    options = tuple((word, say(CHOICES[word])) for word in WORDS.get(key, ()))
    usual = (SEED | OTHERWISE)[key]
    value = values.get(key, "") if key in errors and not options else good[key]
    own = good[key] if options else usual
    return InputField(key, say(LABELS[key]), value, own, errors.get(key, ""), good[key] != usual, options)


def _other(key: str, values: Mapping[str, str], good: Mapping[str, str], errors: Mapping[str, str]) -> InputField:
    field = _field(key, values, good, errors)
    return replace(field, parts=input_parts(field.value, SHAPE), mark="x") if key == "input" else field


def _widths(module: Detail) -> tuple[WidthField, ...]:
    columns = tuple(zip(column_keys("widths"), (f"{FREE}.{layer}" for layer in LAYERS), strict=True))
    return width_fields(columns, module.widths, None, module.widths, {}, {}, written=True)


def _query(module: Detail, good: Mapping[str, str]) -> str:
    """The shortest query that describes the module."""
    said_ = {"input": "x".join(map(str, module.in_shape)), "widths": text(module.widths)}
    said_ |= {key: good[key] for key, usual in OTHERWISE.items() if good[key] != usual}
    return urlencode(said_, safe=",:")


def _trials(module: Detail, good: Mapping[str, str], limits: Limits) -> Iterable[Trial]:
    for label, widths, five in ready_changes(module.widths, good["five"]):
        changed = {**good, "widths": text(widths), "five": five}
        try:
            tried = read_free_module(urlencode(changed), limits)
        except BadInput:  # beyond what can be counted exactly
            continue
        yield Trial(label, f"/module?{_query(tried, changed)}", tried.totals.macs - module.totals.macs)
