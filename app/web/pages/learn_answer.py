"""A number as people write it, and what becomes of an answer."""

import re
import unicodedata
from math import isfinite

from app.network.record import record
from app.render.story.chapter import Exercise, Values
from app.render.story.prose import plain
from app.words import say

UNITS = {
    "": 1.0, "%": 1.0, "×": 1.0, "x": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "g": 1e9,
    "billion": 1e9, "千": 1e3, "万": 1e4, "百万": 1e6, "亿": 1e8,
}  # fmt: skip
"""What may stand behind a number."""
LONGEST = 40
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"(?P<number>\d+(?:\.\d*)?(?:e[+-]?\d{1,3})?|\.\d+)(?P<unit>[^\d.]*)")


def read_number(text: str) -> float | None:
    """`12.4 M`, `12,443,648`, `1 244 万`, `154,8`, `1.2e7`, also in full-width digits; None where it is no number."""
    if len(text) > LONGEST:
        return None
    bare = re.sub(r"[\s'_]+", "", unicodedata.normalize("NFKC", text)).lower().lstrip("≈~约=").rstrip("。")
    digits = re.match(r"[\d.,]*", bare)
    assert digits
    number = digits[0]
    number = number.replace(",", "") if _THOUSANDS.fullmatch(number) else number.replace(",", ".", 1)
    found = _NUMBER.fullmatch(number + bare[digits.end() :])
    if not found or found["unit"] not in UNITS:
        return None
    value = float(found["number"]) * UNITS[found["unit"]]
    return value if isfinite(value) else None


@record
class Verdict:
    """What is said to an answer."""

    right: bool
    word: str
    text: str


def judge(exercise: Exercise, answer: str, values: Values) -> Verdict | None:
    """Right or wrong, and why; None without an answer."""
    if not answer:
        return None
    given = read_number(_bare(answer, exercise))
    if given is None:
        return Verdict(False, say("That is no number."), say("Write it as 1200, 1,200, 1.2 K or 1.2e3."))
    if _near(given, exercise.answer(), exercise.tolerance):
        return Verdict(True, say("Correct."), plain(exercise.reason, values))
    for slip in exercise.slips:
        if _near(given, slip.value(), exercise.tolerance):
            return Verdict(False, say("Not quite."), plain(slip.text, values))
    if said := _wrong_unit(given, exercise):
        return Verdict(False, say("Not quite."), said)
    word = say("Too much.") if given > exercise.answer() else say("Too little.")
    return Verdict(False, word, plain(exercise.hint, values))


def _bare(answer: str, exercise: Exercise) -> str:
    """Without the unit that stands behind the field anyway."""
    unit = say(exercise.unit) if exercise.unit else ""
    return answer.strip().casefold().removesuffix(unit.casefold()) if unit != "%" else answer


def _wrong_unit(given: float, exercise: Exercise) -> str:
    """What is said to the right digits at the wrong place."""
    right = exercise.answer()
    if exercise.unit == "%" and _near(100 * given, right, exercise.tolerance):
        return say("That is the share as a fraction. Give it in percent.")
    if any(_near(given * 1000**power, right, exercise.tolerance) for power in (-3, -2, -1, 1, 2, 3)):
        return say("The digits are right, their place is not: look at the zeros, or at K, M and G.")
    return ""


def _near(given: float, right: float, tolerance: float) -> bool:
    return abs(given - right) <= tolerance * abs(right) + 1e-9
