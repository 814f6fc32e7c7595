"""Every error this program raises on purpose. Only `app.web.problems` turns them into status codes.

ExplorerError
├── BadInput            a value that cannot be: names the field, what came and what is allowed
│   └── SizeVanishes    a layer of the described network would have no output
├── NotFound            no network, module, figure or job of that name
└── Unavailable         the work cannot be done now: torch is missing, the worker died, time ran out
    └── Busy            too much is asked for at once
"""

from dataclasses import dataclass

from app.words import Phrase, phrase


class ExplorerError(Exception):
    """Base of all of them; `str(error)` is a sentence for the visitor, `sentences` are to be said in any language."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__("; ".join(sentences))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the input."""

    field: str
    """The key, parameter or JSON field."""
    received: str
    """What came, as text."""
    allowed: str
    """What would have been accepted."""

    @property
    def sentence(self) -> Phrase:
        return phrase(
            "{field}: {allowed}, received {received}",
            field=clip(self.field),
            allowed=self.allowed,
            received=clip(self.received),
        )


class BadInput(ExplorerError):
    """Input that describes nothing; carries the problems found, at least one and at most `MOST`."""

    MOST = 20
    """No answer grows with the number of mistakes in its question."""

    def __init__(self, *problems: Problem, detail: str = "") -> None:
        self.problems = problems = problems[: self.MOST]
        super().__init__(*([detail] if detail else [problem.sentence for problem in problems]))


class SizeVanishes(BadInput):
    """A layer whose output would have no rows or columns left.

    Args:
        layer: path of the layer.
        size: height × width of the layer's input, as text.
        field: the key to change.
        received: its value.
        allowed: from which input size on the network fits, in words.
    """

    def __init__(self, layer: str, size: str, field: str, received: str, allowed: str) -> None:
        self.layer = layer
        super().__init__(
            Problem(field, received, allowed),
            detail=phrase(
                "{field}: {allowed}, received {received}: at {layer} nothing is left of a {size} input",
                field=field,
                allowed=allowed,
                received=received,
                layer=layer,
                size=size,
            ),
        )


class NotFound(ExplorerError):
    """A name that names nothing here."""

    def __init__(self, field: str, received: str, allowed: str) -> None:
        self.problem = Problem(field, received, allowed)
        super().__init__(
            phrase(
                "there is no {field} {received}; there is {allowed}",
                field=phrase(field),
                received=repr(clip(received)),
                allowed=allowed,
            )
        )


class Unavailable(ExplorerError):
    """Work that cannot be done now but may be later.

    Args:
        detail: why, as a sentence.
        retry_after: seconds after which asking again makes sense.
    """

    def __init__(self, detail: str, retry_after: int = 60) -> None:
        self.retry_after = retry_after
        super().__init__(detail)


class Busy(Unavailable):
    """More work than may run and wait at once."""


def one_line(text: str) -> str:
    """A text whose characters cannot break a line or a terminal: those are written as escapes."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def clip(text: str, most: int = 80) -> str:
    """A value short enough for a sentence."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"
