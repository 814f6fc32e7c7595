"""The form of a chapter's figure: what an address says of its controls, and the addresses it leads to."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from app.errors import Problem
from app.network.record import record
from app.render.story.chapter import Chapter, Chosen, Control, Slider, Words
from app.web.pages.fields import InputField, said
from app.words import Phrase, phrase, say

STEP, ANSWER = "step", "answer"
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.([0-9]{1,9}))?")


@record
class SliderField:
    """A number of the figure, as a slider and as a field."""

    key: str
    label: str
    value: str
    """As it came where it was refused."""
    error: str
    now: str
    """What the figure shows."""
    least: float
    most: float
    step: float
    look: str


Field = SliderField | InputField


@record
class Asked:
    """What an address asks a chapter for."""

    chosen: Chosen
    step: int
    """From 1."""
    answer: str
    """To the exercise, as it was typed; empty where there is none."""
    problems: tuple[Problem, ...]
    """What was refused, and left out."""


def keys(chapter: Chapter) -> frozenset[str]:
    """The keys that a chapter's address may carry."""
    return frozenset({STEP, ANSWER, *[each.key for each in chapter.controls]})


def asked(chapter: Chapter, values: Mapping[str, str]) -> Asked:
    """What those values ask for; what cannot be is left out, and said."""
    kept, problems, step = dict(chapter.own.values), [], 1
    for control in chapter.controls:
        if control.key in values:
            given = _read(control, values[control.key])
            if isinstance(given, Phrase):
                problems.append(Problem(control.key, values[control.key], given))
            else:
                kept[control.key] = given
    if STEP in values:
        given = _read(Slider(STEP, phrase("Step"), 1, len(chapter.steps), 1), values[STEP])
        if isinstance(given, Phrase):
            problems.append(Problem(STEP, values[STEP], given))
        else:
            step = int(given)
    return Asked(Chosen(kept), step, values.get(ANSWER, ""), tuple(problems))


def _read(control: Control, value: str) -> str | Phrase:
    """A value as an address writes it, or what is allowed in its place."""
    if isinstance(control, Words):
        return value if value in control.options else phrase("one of {words}", words=", ".join(control.options))
    found = _DECIMAL.fullmatch(value)
    if not found or len(found[1] or "") > control.decimals or not control.has(float(value)):
        least, most = control.written(control.least), control.written(control.most)
        return phrase("{least} to {most}", least=least, most=most)
    return control.written(float(value))


def address(chapter: Chapter, chosen: Chosen, step: int = 1, answer: str = "") -> str:
    """The shortest address of a chapter that says so."""
    own = chapter.own.values
    told = {key: value for key, value in chosen.values.items() if value != own[key]}
    told |= {STEP: str(step)} if step > 1 else {}
    told |= {ANSWER: answer} if answer else {}
    return f"/learn/{chapter.slug}" + (f"?{urlencode(told, safe=',:')}" if told else "")


def step_address(chapter: Chapter, step: int, answer: str = "") -> str:
    """The address of a step, with the figure as it wants it."""
    chosen = Chosen({**chapter.own.values, **chapter.steps[step - 1].sets})
    return address(chapter, chosen, step, answer)


def fields(chapter: Chapter, now: Asked) -> Iterator[Field]:
    """The figure's form; what was refused stays as it was typed."""
    refused, errors = {problem.field: problem.received for problem in now.problems}, said(now.problems)
    for control in chapter.controls:
        value, error = now.chosen.values[control.key], errors.get(control.key, "")
        if isinstance(control, Words):
            options = tuple((word, say(label)) for word, label in control.options.items())
            yield InputField(control.key, say(control.label), value, value, error, value != control.own, options)
        else:
            yield SliderField(
                control.key, say(control.label), refused.get(control.key, value), error, value,
                control.least, control.most, control.step, control.look,
            )  # fmt: skip
