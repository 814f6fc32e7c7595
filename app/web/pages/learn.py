"""The story: its table of contents, and its chapters, each with a figure that the reader moves."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.errors import NotFound, Problem
from app.network.literature import WORKS, Work
from app.network.record import record
from app.render.story import CHAPTERS, gabor
from app.render.story.chapter import Chapter, Chosen, Drawn, Step, Values
from app.render.story.prose import Piece, plain, prose
from app.web.pages.learn_answer import Verdict, judge
from app.web.pages.learn_form import ANSWER, STEP, Asked, Field, address, asked, fields, keys, step_address
from app.web.pages.read import scan
from app.web.templates import page, to
from app.words import phrase, say

router = APIRouter()


@record
class Entry:
    """A chapter in the list of all."""

    number: int
    slug: str
    title: str
    question: str
    address: str
    current: bool


@record
class Paragraph:
    """A step's text."""

    number: int
    pieces: tuple[Piece, ...]
    current: bool


@record
class Task:
    """The exercise, and what became of the reader's answer."""

    question: str
    unit: str
    answer: str
    verdict: Verdict | None
    reason: str
    """Why the answer is what it is."""
    hidden: tuple[tuple[str, str], ...]
    """What else the form sends, so that the figure stays."""


@record
class Link:
    label: str
    address: str


@record
class Contents:
    """The table of contents."""

    chapters: tuple[Entry, ...]
    year: str
    """Of the paper."""


@record
class ChapterPage:
    """Everything on the page of a chapter."""

    chapters: tuple[Entry, ...]
    here: Entry
    paragraphs: tuple[Paragraph, ...]
    step: int
    back: str
    """Address of the step before, or of the chapter before; empty on the first of all."""
    on: str
    """Address of the next step, or of the next chapter; empty on the last of all."""
    leaves: bool
    """Whether the next step is another chapter."""
    before: Entry | None
    after: Entry | None
    template: str
    drawn: Drawn
    fields: tuple[Field, ...]
    hidden: tuple[tuple[str, str], ...]
    """What the figure's form sends beside its fields."""
    task: Task
    tries: tuple[Link, ...]
    works: tuple[Work, ...]
    canonical: str
    address: str
    problems: tuple[Problem, ...]
    """What was refused and has no field."""


@router.get("/learn")
async def contents(request: Request) -> HTMLResponse:
    """All chapters, in reading order."""
    return page(request, "pages/learn.html", Contents(_entries(), WORKS["googlenet"].year))


@router.get("/learn/{slug}")
async def show(request: Request, slug: str) -> HTMLResponse:
    """A chapter, at one of its steps, its figure as the address says."""
    chapter = next((each for each in CHAPTERS if each.slug == slug), None)
    if chapter is None:
        raise NotFound(phrase("chapter"), slug, ", ".join(each.slug for each in CHAPTERS))
    values, unknown = scan(request.url.query, keys(chapter))
    now = asked(chapter, values)
    context = _page(chapter, now, unknown)
    refused = unknown or now.problems
    answer = page(request, "pages/chapter.html", context, 422 if refused else 200, part="#panel")
    if not refused:  # while a value is refused, the address of the last picture stays
        answer.headers["HX-Push-Url"] = to(context.address)
    return answer


@router.get("/learn/pictures/{version}/{name}.png")
async def picture(version: str, name: str) -> Response:
    """A picture of the first chapter; what it shows never changes, since its address names the version."""
    if version != gabor.VERSION or name not in gabor.names():
        raise NotFound(phrase("picture"), f"{version}/{name}", ", ".join(gabor.names()[:2]))
    content = await asyncio.to_thread(gabor.picture, name)
    return Response(content, media_type="image/png", headers={"Cache-Control": "public, max-age=31536000, immutable"})


def _entries(current: Chapter | None = None) -> tuple[Entry, ...]:
    return tuple(
        Entry(at, each.slug, say(each.title), say(each.question), f"/learn/{each.slug}", each is current)
        for at, each in enumerate(CHAPTERS, 1)
    )


def _page(chapter: Chapter, now: Asked, unknown: list[Problem]) -> ChapterPage:
    entries, at = _entries(chapter), CHAPTERS.index(chapter)
    before, after = entries[at - 1] if at else None, entries[at + 1] if at + 1 < len(entries) else None
    values = chapter.values(now.chosen)
    step, last = now.step, len(chapter.steps)
    listed = tuple(fields(chapter, now))
    return ChapterPage(
        chapters=entries,
        here=entries[at],
        paragraphs=tuple(
            Paragraph(number, prose(each.text, values if number == step else _told(chapter, each)), number == step)
            for number, each in enumerate(chapter.steps, 1)
        ),
        step=step,
        back=step_address(chapter, step - 1, now.answer) if step > 1 else before.address if before else "",
        on=step_address(chapter, step + 1, now.answer) if step < last else after.address if after else "",
        leaves=step == last,
        before=before,
        after=after,
        template=f"partials/story/{chapter.template}.html",
        drawn=chapter.draw(now.chosen),
        fields=listed,
        hidden=((STEP, _written(step)), (ANSWER, now.answer)),
        task=_task(chapter, now, values),
        tries=tuple(Link(plain(each.label, values), each.address.format_map(values)) for each in chapter.tries),
        works=tuple(WORKS[name] for name in chapter.works),
        canonical=address(chapter, now.chosen),
        address=address(chapter, now.chosen, step, now.answer),
        problems=(*unknown, *[each for each in now.problems if each.field not in {field.key for field in listed}]),
    )


def _told(chapter: Chapter, step: Step) -> Values:
    """What a step says of its own figure, which is not the one that is drawn."""
    return chapter.values(Chosen({**chapter.own.values, **step.sets}))


def _task(chapter: Chapter, now: Asked, values: Values) -> Task:
    exercise, own = chapter.exercise, chapter.own.values
    return Task(
        question=plain(exercise.question, values),
        unit=say(exercise.unit) if exercise.unit else "",
        answer=now.answer,
        verdict=judge(exercise, now.answer, values),
        reason=plain(exercise.reason, values),
        hidden=(
            *[(key, value) for key, value in now.chosen.values.items() if value != own[key]],
            (STEP, _written(now.step)),
        ),
    )


def _written(step: int) -> str:
    """The first step goes without saying."""
    return str(step) if step > 1 else ""
