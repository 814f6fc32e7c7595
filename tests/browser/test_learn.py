"""The story in a real browser: every chapter, both languages, light and dark, wide and narrow, by keyboard alone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.render.story import CHAPTERS
from app.render.story.chapter import Chapter, Slider
from tests.browser.conftest import Open
from tests.browser.steps import grab, idle
from tests.serving import Server

pytestmark = pytest.mark.browser
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda each: each.slug)
each_language = pytest.mark.parametrize("language", ["", "/zh"])
OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll("main :is(p, h1, h2, text, figcaption, .field, svg[role=img], img)")]
    .filter(each => !each.closest(".scroll, details:not([open]), .unseen"))
    .filter(each => {
      const { left, right, width } = each.getBoundingClientRect();
      return width && (right > wide + 1 || left < -1);
    })
    .map(each => `${each.tagName} ${each.textContent.trim().slice(0, 40)}`);
}"""
"""What stands outside the page's width, or is cut off by it."""


@each_language
@each_chapter
def test_a_chapter_is_fit_for_everyone(chapter: Chapter, language: str, visit: Open) -> None:
    page = visit(f"{language}/learn/{chapter.slug}?step={len(chapter.steps)}&answer=1")
    page.wait_for_load_state("networkidle")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE) == []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = Axe().run(page).response["violations"]
            nodes = [(rule["id"], node["target"], node["failureSummary"]) for rule in found for node in rule["nodes"]]
            assert nodes == [], (width, scheme)


@each_language
def test_the_contents_are_fit_for_everyone(language: str, visit: Open) -> None:
    page = visit(f"{language}/learn", viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Axe().run(page).response["violations"] == []


@each_language
@each_chapter
def test_a_chapter_can_be_read_by_keyboard_alone(chapter: Chapter, language: str, visit: Open) -> None:
    page = visit(f"{language}/learn/{chapter.slug}")
    page.evaluate("window.marker = 'not reloaded'")
    for number in range(2, len(chapter.steps) + 1):
        page.keyboard.press("ArrowRight")
        expect(page.locator(".step.current")).to_have_id(f"step-{number}")
        expect(page.locator(".step.current")).to_be_in_viewport()
    assert page.evaluate("window.marker") == "not reloaded"
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".step.current")).to_have_id(f"step-{len(chapter.steps) - 1}")
    answer_by_keyboard(page, chapter)
    page.keyboard.press("Tab")  # out of the field
    page.keyboard.press("e")
    expect(page).not_to_have_url(re.compile("/learn/"))


def answer_by_keyboard(page: Page, chapter: Chapter) -> None:
    """Tab to the exercise, answer, and hear the verdict."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "answer":
            break
    expect(page.locator("#answer")).to_be_focused()
    page.keyboard.type(f"{chapter.exercise.answer():.4f}")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("✓")


@each_chapter
def test_what_the_text_names_is_lit_in_the_figure(chapter: Chapter, visit: Open) -> None:
    page = visit(f"/learn/{chapter.slug}")
    links = page.locator(".step a[data-path]")
    assert links.count() >= 3
    for at in range(links.count()):
        links.nth(at).hover()
        path = links.nth(at).get_attribute("data-path")
        expect(page.locator(f"[id='mark-{path}']")).to_have_class(re.compile(r"\blinked\b"))
    page.locator("h1").hover()
    expect(page.locator(".figure .linked")).to_have_count(0)


@each_chapter
def test_a_control_moves_the_figure_in_place_and_back_undoes_it(chapter: Chapter, server: Server, visit: Open) -> None:
    page = visit(f"/learn/{chapter.slug}")
    page.evaluate("window.marker = 'not reloaded'")
    control = chapter.controls[0]
    if isinstance(control, Slider):
        name, now = f"[id='s-{control.key}']", control.written(far(control))
        page.locator(name).focus()
        page.keyboard.press("End" if far(control) == control.most else "Home")
    else:
        now = next(word for word in control.options if word != control.own)
        name = f"[id='f-{control.key}-{now}']"
        page.locator(name).check()
    expect(page).to_have_url(f"{server.url}/learn/{chapter.slug}?{control.key}={now}")
    expect(page.locator(name)).to_be_focused()
    idle(page)
    moved = page.locator("#figure").inner_html()
    page.go_back()
    expect(page).to_have_url(f"{server.url}/learn/{chapter.slug}")
    idle(page)
    assert page.locator("#figure").inner_html() != moved
    assert page.evaluate("window.marker") == "not reloaded"


def far(control: Slider) -> float:
    """The end of a slider that it does not start at."""
    return control.most if control.own != control.most else control.least


@each_chapter
def test_it_works_without_a_script(chapter: Chapter, visit: Open) -> None:
    page = visit(f"/learn/{chapter.slug}", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.locator("#on").click()
    expect(page.locator(".step.current")).to_have_id("step-2")
    expect(page.locator(".step.current")).to_be_in_viewport()
    control = chapter.controls[0]
    if isinstance(control, Slider):
        page.locator(f"[id='f-{control.key}']").fill(control.written(far(control)))
    else:
        page.locator(f"[id='f-{control.key}-{list(control.options)[-1]}']").check()
    page.locator("#form button").click()
    expect(page.locator(".step.current")).to_have_id("step-2")
    expect(page).to_have_url(re.compile(f"[?&]{control.key}="))
    page.locator("#answer").fill("0")
    page.locator("#exercise form button").click()
    expect(page.locator("#verdict")).to_be_visible()
    expect(page).to_have_url(re.compile(f"[?&]{control.key}="))


def test_chapters_that_were_read_are_marked_in_this_browser_alone(visit: Open) -> None:
    page = visit("/learn/depth")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.headers} {request.post_data}"))
    mark = page.locator(".chapters [data-chapter='depth'] .been")
    expect(mark).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#step-2")).to_have_class(re.compile("current"))
    expect(mark).to_be_hidden()
    for number in range(3, len(CHAPTERS[1].steps) + 1):
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"#step-{number}")).to_have_class(re.compile("current"))
    expect(mark).to_be_visible()
    page.locator("#s-w").press("ArrowRight")
    idle(page)
    expect(mark).to_be_visible()
    page.goto(page.url.partition("/learn")[0] + "/zh/learn?")
    expect(page.locator("[data-chapter='depth'] .been")).to_be_visible()
    expect(page.locator("[data-chapter='naive'] .been")).to_be_hidden()
    expect(page.locator("[data-count]:visible")).to_have_text("已读 10 章中的 1 章")
    assert page.locator("#read").evaluate("bar => bar.value") == 1
    assert page.context.cookies() == []
    assert not [each for each in sent if '["depth"]' in each]
    page.locator("#unread").click()
    expect(page.locator("[data-chapter='depth'] .been")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('read')") == "[]"


def test_a_tap_on_a_link_brings_what_it_names_into_view(visit: Open) -> None:
    page = visit("/learn/reduction", viewport={"width": 390, "height": 500}, has_touch=True)
    link = page.locator(".step.current a[data-path='naive']")
    link.tap()
    expect(page.locator("#mark-naive")).to_be_in_viewport()
    expect(page.locator("#mark-naive")).to_have_class(re.compile(r"\blinked\b"))


def test_a_drag_is_followed_step_by_step_and_is_one_entry_of_the_history(server: Server, visit: Open) -> None:
    page = visit("/learn/reduction")
    page.locator("#figure summary").click()
    page.evaluate("for (const id of ['s-reduce', 'figure', 'step-1']) document.getElementById(id).mine = true")
    entries = page.evaluate("history.length")
    before = page.locator("#figure .plot").inner_html()
    x, y = grab(page, "#s-reduce")
    for step in (10, 20, 30, 40):
        page.mouse.move(x + step, y)
        page.wait_for_timeout(60)
    idle(page)  # still held
    held = page.locator("#f-reduce").input_value()
    assert int(held) > 16
    expect(page).to_have_url(f"{server.url}/learn/reduction?reduce={held}")
    assert page.locator("#figure .plot").inner_html() != before
    expect(page.locator("#figure td").first).to_be_visible()  # what the reader opened stays open
    page.mouse.move(x + 50, y)
    page.mouse.up()
    idle(page)
    released = page.locator("#f-reduce").input_value()
    assert int(released) > int(held)
    expect(page).to_have_url(f"{server.url}/learn/reduction?reduce={released}")
    assert page.evaluate("['s-reduce', 'figure', 'step-1'].every(id => document.getElementById(id).mine)")
    expect(page.locator("#s-reduce")).to_be_focused()
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(page).to_have_url(f"{server.url}/learn/reduction")
    expect(page.locator("#f-reduce")).to_have_value("16")
    idle(page)
    assert page.locator("#figure .plot").inner_html() == before
    page.go_forward()
    expect(page.locator("#f-reduce")).to_have_value(released)


def test_a_value_that_is_refused_is_said_beside_its_field_and_nowhere_else(server: Server, visit: Open) -> None:
    page = visit("/learn/reduction")
    before = page.locator("#figure .plot").inner_html()
    page.locator("#f-reduce").fill("999")
    expect(page.locator("#e-reduce")).to_contain_text("1 to 192, received 999")
    expect(page.locator("#f-reduce")).to_be_focused()
    expect(page).to_have_url(f"{server.url}/learn/reduction")
    assert page.locator("#figure .plot").inner_html() == before
    page.locator("#f-reduce").fill("24")
    expect(page.locator("#e-reduce")).to_be_empty()
    expect(page).to_have_url(f"{server.url}/learn/reduction?reduce=24")


def test_a_request_that_fails_is_said_and_what_stands_stays(visit: Open) -> None:
    page = visit("/learn/reduction", refused=True)
    page.route("**/learn/reduction?**", lambda route: route.abort())
    page.locator("#f-reduce").fill("20")
    expect(page.locator("#toast")).to_have_text("The server did not answer. What you see is its last answer.")
    expect(page.locator("#figure .hero")).to_contain_text("9.7×")
