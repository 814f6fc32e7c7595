"""The fields of the whole network: what is refused is said beside them, and a value of several numbers has several."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.steps import CHANGED, CHANGED_TOTAL, idle, total
from tests.serving import Server

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("input.height", "20", "input: height and width of at least 31, received 20x224"),
        ("classes", "0", "classes: 1 to 100000, received 0"),
        ("stem.conv2_reduce", "0", "stem: conv2 reduce: 1 to 4096, received 64,0,192"),
        ("stem.conv1", ",64", "stem: 3 widths of 1 to 4096 (conv1, conv2 reduce, conv2), received ,64"),
        ("width", "9", "width: 0.25 to 4, as 0.5, received 9"),
    ],
)
def test_what_the_whole_network_cannot_be_is_said_while_it_is_typed(
    key: str, typed: str, words: str, server: Server, visit: Open
) -> None:
    page = visit(f"/?{CHANGED}")
    field, reason = page.locator(f"[id='f-{key}']"), page.locator(f"#e-{key.partition('.')[0]}")
    expect(reason).to_be_hidden()
    field.press_sequentially(typed)
    expect(reason).to_have_text(words)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#spoken")).to_have_text(words)
    page.keyboard.press("Tab")
    idle(page)
    expect(reason).to_have_text(words)
    expect(field).to_have_value(typed)
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(page).to_have_url(f"{server.url}/?{CHANGED}")
    field.fill("")
    expect(reason).to_be_hidden()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    page.locator("#f-classes").fill("10")
    expect(page).to_have_url(f"{server.url}/?classes=10&{CHANGED}")


def test_a_value_of_several_numbers_has_a_field_for_each(server: Server, visit: Open) -> None:
    page = visit()
    height, width, first = (page.locator(f"[id='f-{key}']") for key in ("input.height", "input.width", "stem.conv1"))
    for field, typed, state in (
        (height, "256", "input=256x224"),
        (width, "256", "input=256"),
        (first, "32", "input=256&stem=32,64,192"),
        (height, "", "input=224x256&stem=32,64,192"),
        (width, "", "stem=32,64,192"),
        (first, "48,48,96", "stem=48,48,96"),
        (height, "1x224x224", "input=1x224x224&stem=48,48,96"),
    ):
        field.fill(typed)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{server.url}/?{state}")
        idle(page)
        expect(field).to_be_focused()
    expect(page.locator("[id='f-input.channels']")).to_have_value("1")
    expect(page.locator("[id='f-stem.conv2']")).to_have_value("96")


def test_without_a_script_a_value_of_several_numbers_is_one_field(visit: Open) -> None:
    page = visit(java_script_enabled=False)
    expect(page.locator("[id='f-input.height']")).to_be_hidden()
    page.get_by_label("Input").fill("224x320")
    page.get_by_label("Stem").fill("64,64,96")
    page.locator("#form button").filter(has_text="Show").click()
    expect(page).to_have_url(re.compile("input=224x320"))
    expect(page.locator("h1")).to_have_text("GoogLeNet, input 224 × 320 and stem changed")
