"""Sentences with links and emphasis in them, as pieces that a template may print as they are.

`[words](path)` lights what carries that path in the figure, `[words](/size)` leads to a page, `*words*` are strong, and
a letter in backquotes is a variable. Read before the values are put in, so that no value can become markup.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from app.network.record import record
from app.words import Phrase, say

Kind = Literal["text", "strong", "letter", "mark", "page"]
_MARKUP = re.compile(r"\[(?P<words>[^]]+)\]\((?P<to>[^)]+)\)|\*(?P<strong>[^*]+)\*|`(?P<letter>[^`]+)`")
_BRANCH = re.compile(r"(?:^|\.)(one|three|five|pool)(?=\.|$)")


@record
class Piece:
    """A stretch of a sentence."""

    text: str
    kind: Kind = "text"
    to: str = ""
    """Path of what it lights, or address of a page."""

    @property
    def look(self) -> str:
        """The branch whose colour it has, or nothing."""
        found = _BRANCH.search(self.to) if self.kind == "mark" else None
        return found[1] if found else ""


def prose(text: str, values: Mapping[str, object]) -> tuple[Piece, ...]:
    """A text in the language of the request, its named values filled in.

    Raises:
        KeyError: the text names a value that is not there.
    """
    said = {name: say(value) if isinstance(value, Phrase) else value for name, value in values.items()}
    return tuple(
        Piece(_kept(piece.text.format(**said)), piece.kind, piece.to.format(**said))
        for piece in _pieces(say(text))
        if piece.text
    )


def _kept(text: str) -> str:
    """A product does not break across lines, nor does what a letter or a product is equal to."""
    return re.sub(r" ([×·=]) ", "\u00a0\\1\u00a0", text)


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for found in _MARKUP.finditer(text):
        yield Piece(text[at : found.start()])
        at = found.end()
        if found["words"]:
            yield Piece(found["words"], "page" if found["to"].startswith("/") else "mark", found["to"])
        elif found["strong"]:
            yield Piece(found["strong"], "strong")
        else:
            yield Piece(found["letter"], "letter")
    yield Piece(text[at:])


def plain(text: str, values: Mapping[str, object]) -> str:
    """The same without links and emphasis."""
    return "".join(piece.text for piece in prose(text, values))
