"""What the program says, in the visitor's language.

English stands in the code, as the key of its own translation (gettext): `say` and `say_many` speak at once, in the
language of the request; a `Phrase` is said where the language is not known yet, and is its own English text.
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po

Language = Literal["en", "zh"]
LANGUAGES: Mapping[Language, str] = {"en": "English", "zh": "中文"}
"""Codes (BCP 47) and what each language calls itself."""
language: ContextVar[Language] = ContextVar("language", default="en")
"""Of the request that is being answered."""


class Phrase(str):
    """A sentence with its parts kept apart, so that it can be said in another language later. Equal to its English."""

    template: str
    parts: Mapping[str, object]

    def __new__(cls, template: str, parts: Mapping[str, object]) -> "Phrase":
        made = super().__new__(cls, template.format(**parts) if parts else template)
        made.template, made.parts = template, parts
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, object]]:  # type: ignore[override]
        return self.template, self.parts


def phrase(template: str, /, **parts: object) -> Phrase:
    """A sentence to be said later; `{name}` in the template stands for a part, which may be a phrase itself."""
    return Phrase(template, parts)


def say(text: str, /, **parts: object) -> str:
    """A sentence or a phrase in the language of the request."""
    if isinstance(text, Phrase):
        return say(text.template, **text.parts)
    said = catalogue(language.get()).get(text, text)
    return said.format(**{name: _said(part) for name, part in parts.items()}) if parts else said


def say_many(one: str, many: str, n: int, /, **parts: object) -> str:
    """A sentence that counts; `{n}` stands for the number."""
    return say(one if n == 1 else many, **{"n": f"{n:,}", **parts})


def gap() -> str:
    """What stands between two sentences: a space, or nothing after a full-width mark."""
    return " " if language.get() == "en" else ""


def sentences(*texts: str) -> str:
    """Texts that are said already as sentences after each other, each with its full stop; empty ones are left out."""
    stop = "." if language.get() == "en" else "。"
    return gap().join(text if text[-1] in ".:?。：？" else text + stop for text in texts if text)


def _said(part: object) -> object:
    return say(part) if isinstance(part, Phrase) else part


@cache
def catalogue(code: Language) -> Mapping[str, str]:
    """Translations by their English text; none for English itself."""
    if code == "en":
        return {}
    with (Path(__file__).parent / f"{code}.po").open("rb") as file:
        messages = read_po(file, locale=code)
    found: dict[str, str] = {}
    for message in messages:
        ids = message.id if isinstance(message.id, list | tuple) else (message.id,)
        text = message.string if isinstance(message.string, str) else next(iter(message.string or ()), "")
        if text and ids[0] and not message.fuzzy:  # Chinese has one form for every number
            found |= dict.fromkeys(ids, text)
    return found


PREFIX = re.compile(rf"/({'|'.join(code for code in LANGUAGES if code != 'en')})(?=/|$)")
"""Of an address in another language than English."""
