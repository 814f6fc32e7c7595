"""What a chapter of the story is made of: all of it data, but for the functions that draw and that fill in numbers."""

from collections.abc import Callable, Mapping

from app.network.record import record
from app.words import Phrase

Values = Mapping[str, object]
"""What the texts of a chapter name, as people read it."""


@record
class Slider:
    """A number that the reader moves."""

    key: str
    """Of the address."""
    label: Phrase
    least: float
    most: float
    own: float
    """Where the figure starts."""
    look: str = "other"
    """Branch whose colour it has."""
    decimals: int = 0
    step: float = 1

    def has(self, value: float) -> bool:
        """Whether the slider can stand there."""
        steps = (value - self.least) / self.step
        return self.least <= value <= self.most and abs(steps - round(steps)) < 1e-6

    def written(self, value: float) -> str:
        """As an address writes it: `16`, `0.9`."""
        return f"{value:.{self.decimals}f}".rstrip("0").rstrip(".") if self.decimals else f"{value:.0f}"


@record
class Words:
    """A choice among a few words."""

    key: str
    label: Phrase
    options: Mapping[str, Phrase]
    own: str


Control = Slider | Words


@record
class Chosen:
    """Where the reader has put the controls."""

    values: Mapping[str, str]
    """Of every control, as an address writes it."""

    def number(self, key: str) -> float:
        return float(self.values[key])

    def whole(self, key: str) -> int:
        return int(self.values[key])

    def word(self, key: str) -> str:
        return self.values[key]


@record
class Table:
    """What a figure shows, as a table."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@record
class Drawn:
    """A figure."""

    picture: object
    """What the chapter's template draws."""
    caption: str
    """What was counted, and how."""
    table: Table


@record
class Step:
    """A paragraph, and the controls that it moves."""

    text: Phrase
    sets: Mapping[str, str]


@record
class Slip:
    """A wrong answer that has a reason."""

    value: Callable[[], float]
    text: Phrase


@record
class Exercise:
    """A question with a number for an answer."""

    question: Phrase
    answer: Callable[[], float]
    unit: Phrase | None
    reason: Phrase
    """Why it is so; said with a right answer, and shown on request."""
    hint: Phrase
    """Said with a wrong one."""
    slips: tuple[Slip, ...] = ()
    tolerance: float = 0.01
    """How far off an answer may be, as a part of the right one."""


@record
class Try:
    """Where the reader can go on with it."""

    label: Phrase
    address: str
    """May name values."""


@record
class Chapter:
    """One page of the story."""

    slug: str
    title: Phrase
    question: Phrase
    steps: tuple[Step, ...]
    controls: tuple[Control, ...]
    template: str
    """Of the figure, in `partials/story/`."""
    draw: Callable[[Chosen], Drawn]
    values: Callable[[Chosen], Values]
    exercise: Exercise
    tries: tuple[Try, ...]
    works: tuple[str, ...]
    """Its sources, by their names in `app.network.literature`."""

    @property
    def own(self) -> Chosen:
        """The controls where the figure starts."""
        return Chosen(
            {each.key: each.written(each.own) if isinstance(each, Slider) else each.own for each in self.controls}
        )
