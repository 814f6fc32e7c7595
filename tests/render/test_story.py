"""The story: no number is typed, every text can be said in both languages, every link names what the figure has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.network import literature
from app.render import story
from app.render.story import CHAPTERS
from app.render.story.chapter import Chapter, Chosen, Slider
from app.render.story.prose import plain, prose
from app.words import LANGUAGES, Phrase, catalogue, language, phrase

FOLDER = Path(story.__file__).parent
NAMES = re.compile(
    r"\d×\d|\b[345][a-j]\b|\b(conv|pool|aux)\d|\b(Table|Figure|Inception V) ?\d|(表|图) ?\d|\bInception-v\d|\bVGG-16\b"
    r"|\b[Bb]atch 1\b|批大小 1|\bstage \d|阶段 \d|\b[vV]\d\b|\b[Tt]op-[15]\b|\bL2\b|k×1|1×k"
)
"""Digits that are part of a name."""
FILLED = re.compile(r"\{[^}]*\}|`[^`]*`|\]\([^)]*\)")
"""What the program fills in, formulas, and where links lead."""


def typed(text: str) -> list[str]:
    """The numbers in a text that somebody typed."""
    return re.findall(r"\d[\d.,]*", NAMES.sub("", FILLED.sub("", text)))


def texts(chapter: Chapter) -> Iterator[Phrase]:
    """Everything that a chapter says, before its values are filled in."""
    yield from (chapter.title, chapter.question)
    yield from (step.text for step in chapter.steps)
    task = chapter.exercise
    yield from (task.question, task.reason, task.hint, *[slip.text for slip in task.slips])
    yield from (each.label for each in chapter.tries)
    yield from (each.label for each in chapter.controls)


def told(chapter: Chapter) -> Iterator[str]:
    """Its steps as they are read, each beside its own figure."""
    for step in chapter.steps:
        yield plain(step.text, chapter.values(Chosen({**chapter.own.values, **step.sets})))


def states(chapter: Chapter) -> Iterator[Chosen]:
    """The figure where it starts, where each step puts it, and with each control at its ends."""
    own = chapter.own.values
    yield chapter.own
    yield from (Chosen({**own, **step.sets}) for step in chapter.steps)
    for control in chapter.controls:
        if isinstance(control, Slider):
            ends = [control.written(control.least), control.written(control.most)]
        else:
            ends = list(control.options)
        yield from (Chosen({**own, control.key: end}) for end in ends)


each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda each: each.slug)


def test_typed_numbers_are_found() -> None:
    assert typed("a 5×5 in 3a reads 4,800 numbers, {n} of 7 in `k² + 1`, [all 9](pool3)") == ["4,800", "7", "9"]


@each_chapter
def test_no_number_in_a_text_is_typed(chapter: Chapter) -> None:
    assert {str(text): typed(text.template) for text in texts(chapter) if typed(text.template)} == {}
    chinese = catalogue("zh")
    translated = [chinese[text.template] for text in texts(chapter)]
    assert {text: typed(text) for text in translated if typed(text)} == {}


def said(tree: ast.Module) -> Iterator[str]:
    """Every text that a program says, and every other that its `_values` give."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "phrase"):
            yield from (str(text.value) for text in node.args if isinstance(text, ast.Constant))
        if isinstance(node, ast.FunctionDef) and node.name == "_values":
            for part in ast.walk(node):
                if isinstance(part, ast.Dict):
                    yield from (str(each.value) for each in part.values if isinstance(each, ast.Constant))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_no_number_is_typed_beside_the_texts_either(path: Path) -> None:
    found = list(said(ast.parse(path.read_text())))
    assert {text: typed(text) for text in found if typed(text)} == {}
    assert len(found) > 20 or path.stem not in {chapter.template for chapter in CHAPTERS}


@each_chapter
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_finds_its_values(chapter: Chapter, code: str) -> None:
    token = language.set("zh" if code == "zh" else "en")
    try:
        for chosen in states(chapter):
            values = chapter.values(chosen)
            for text in texts(chapter):
                assert not re.search(r"[{}\[\]*`]", plain(text, values)), text
            drawn = chapter.draw(chosen)
            assert drawn.caption
            assert drawn.table.rows
            assert {len(row) for row in drawn.table.rows} == {len(drawn.table.head)}
    finally:
        language.reset(token)


@each_chapter
def test_a_chapter_has_200_to_400_words_and_as_much_in_chinese(chapter: Chapter) -> None:
    words = sum(len(text.split()) for text in told(chapter))
    assert 200 <= words <= 400
    chinese = "".join(catalogue("zh")[step.text.template] for step in chapter.steps)
    signs = len(re.findall(r"[\u4e00-\u9fff]", chinese))
    assert 1.1 * words <= signs <= 2.4 * words


@each_chapter
def test_a_chapter_starts_as_its_first_step_has_it(chapter: Chapter) -> None:
    assert {**chapter.own.values, **chapter.steps[0].sets} == chapter.own.values


@each_chapter
def test_the_answer_to_an_exercise_does_not_stand_in_the_text(chapter: Chapter) -> None:
    answer, tolerance = chapter.exercise.answer(), chapter.exercise.tolerance
    written = [float(each.replace(",", "").rstrip(".")) for text in told(chapter) for each in typed(text)]
    near = [each for each in written if abs(each - answer) <= tolerance * answer]
    assert bool(near) == (chapter.slug in READ_OFF)


@each_chapter
def test_what_a_chapter_refers_to_is_there(chapter: Chapter) -> None:
    assert set(chapter.works) <= set(literature.WORKS)
    assert "googlenet" in chapter.works
    assert (FOLDER.parents[2] / f"templates/partials/story/{chapter.template}.html").is_file()
    keys = {each.key for each in chapter.controls}
    assert all(set(step.sets) <= keys for step in chapter.steps)


def test_chapters_have_addresses_of_their_own() -> None:
    assert len({each.slug for each in CHAPTERS}) == len(CHAPTERS)


def test_a_sentence_is_read_before_its_values_are_put_in() -> None:
    pieces = prose(phrase("*{n}* of [{name}](a.five.b), `k²`, see [there](/size?n={n})."), {"n": "*1*", "name": "](x)"})
    assert [(piece.kind, piece.text, piece.to, piece.look) for piece in pieces] == [
        ("strong", "*1*", "", ""),
        ("text", " of ", "", ""),
        ("mark", "](x)", "a.five.b", "five"),
        ("text", ", ", "", ""),
        ("letter", "k²", "", ""),
        ("text", ", see ", "", ""),
        ("page", "there", "/size?n=*1*", ""),
        ("text", ".", "", ""),
    ]


# Worked out elsewhere and agreed by PyTorch, or printed in the papers
TOLD = {
    "scales": "16 sizes from 7 to 37 | 64 filters in all | 7,280 in 57 convolutions | 22 layers | 13.3 % | 6.0 %",
    "depth": "1.2 million | 3.70 times | 3.85 times | 2.4 · 10⁻⁷ | 7,482 | 5.7 · 10⁻¹⁴ "
    "| 10 and 4 layers | 313 times | 1.6",
    "sizes": "24 of 28 | would give 26 | would give 27 | conv1 111 in place of 112 | 112.5 places on 224 | 55.5 places "
    "| 112 → 56 → 28 → 14 → 7 | 112 → 55 → 27 → 13 → 6 | = 56 needs",
    "naive": "64 + 128 + 32 + 192 = 416 | gives 832 | 4,944 channels | has 1,024 | 224 to 896 | × 2.17 | 202,037 "
    "| 92.5 M parameters | 12.1 G multiply-adds | 13.9 times | 7.9 times",
    "reduction": "5 × 5 × 192 = 4,800 | = 784 positions | 120 M | 12.4 M, 9.7 times less | 784 · 992 | 154.8 "
    "| 6,144 weights | 256 channels | without it 416 | 163,328 weights in place of 387,072 "
    "| makes 128 M multiply-adds in place of 303 M",
    "network": "12 rows | 57 convolutions | 2.7K and 34M | 9,408 weights and makes 118 M | 2,712 and makes 34.0 M "
    "| prints 463K where 497.5 K | 262,144 paths, with 13 to 22 layers and 17.5 on average; only 512 | sees 75 pixels "
    "| the widest 715 | 12 times | are 8.7 | make 30 % | makes 27 % | makes 35 % "
    "| 40 % in stage 4, 36 % in stage 5, 15 % | from 50 % of | to 67 % of",
    "heads": "after 4a | after 4d | 4 × 4 | 128 1×1 filters | 1,024 outputs, 70 % of them dropped, and 1,000 "
    "| main + 0.3 | 47.7 % | 0.53 % | 1.6 · 10⁻¹¹ "
    "| 7,900 times as much | second alone 12 times | by 2.7 | by 1.4 | by 1.03",
    "average": "96 % | 89 % | 7 × 7 with 1,024 | 1,024,000 weights, 15 % | 50,176,000, 8.4 times | 0.6 % | 40 % "
    "| 49 scores",
    "results": "6.67 % | 7.32 % | 7.35 % | 11.7 % | 16.4 % | 4 · 3 · 6 · 2 | 7 · 144 = 1,008 | 1.6 trillion | 1.58 G "
    "| of 3.45; 10.07 − 6.67 is 3.40 | 70 passes, 111 G | miss 7.62 % | of 43.9 %",
    "after": "72.2 % after 2.1 million steps in place of 31.0 million | 7.82 % | 2.78 times | 49 weights "
    "| 3 of 3×3 have 27 | only 14 | 42 layers | 3.6 times | 5.6 % | 3.08 % | 22.9 M parameters, 5.5 %",
}
"""What each chapter must say."""
READ_OFF = {"scales": "counted in the figure", "sizes": "a side of the chain, to be worked out again"}
"""Chapters whose text has the number of the answer, and why it may."""
ANSWERS = {
    "scales": 4, "depth": 5.8, "sizes": 13, "naive": 5840, "reduction": 164.57, "network": 9 * 2**9, "heads": 3.96,
    "average": 200_704_000, "results": 33.76, "after": 55.1,
}  # fmt: skip


@each_chapter
def test_the_numbers_are_those_that_others_found(chapter: Chapter) -> None:
    said = re.sub(r"[\u202f\u00a0]", " ", " ".join(told(chapter)))
    assert [part for part in TOLD[chapter.slug].split(" | ") if part.strip() not in said] == []
    assert chapter.exercise.answer() == pytest.approx(ANSWERS[chapter.slug], rel=1e-3)
