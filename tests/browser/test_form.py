"""The form in a real browser: the page follows a slider, and every step can be walked back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.steps import CHANGED, CHANGED_TOTAL, FIVE, OWN_TOTAL, SLIDER, choose, grab, idle, total
from tests.serving import Server

pytestmark = pytest.mark.browser


def test_a_slider_moves_everything_while_it_is_dragged_and_is_one_step_back(server: Server, visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    page.evaluate("window.marker = 'not reloaded'")
    x, y = grab(page, SLIDER)
    for step in range(1, 9):
        page.mouse.move(x + 2 * step, y)
    expect(page.locator("h1")).to_have_text("GoogLeNet, one width of 4e changed")
    expect(total(page)).not_to_have_text(OWN_TOTAL)
    idle(page)  # still held
    width = page.locator(FIVE).input_value()
    expect(page).to_have_url(f"{server.url}/?4e=256,160,320,32,{width},128")
    page.mouse.up()
    idle(page)
    dragged = total(page).inner_text()
    expect(page.locator("[id='inception_4e.five.conv']")).to_contain_text(f"{width} × 14 × 14")
    expect(page.locator(SLIDER)).to_be_focused()
    page.locator("#undo").click()
    expect(page).to_have_url(f"{server.url}/")
    expect(total(page)).to_have_text(OWN_TOTAL)
    expect(page.locator(SLIDER)).to_have_value("128")
    expect(page.locator(FIVE)).to_have_value("")
    page.locator("#redo").click()
    expect(total(page)).to_have_text(dragged)
    expect(page.locator(FIVE)).to_have_value(width)
    assert page.evaluate("window.marker") == "not reloaded"


def test_a_width_typed_changes_the_page_in_place_and_stays_after_a_reload(server: Server, visit: Open) -> None:
    page = visit()
    expect(total(page)).to_have_text(OWN_TOTAL)
    choose(page, "4e")
    page.locator(FIVE).press_sequentially("192")
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(page).to_have_url(f"{server.url}/?{CHANGED}")
    expect(page.locator(FIVE)).to_be_focused()
    expect(page.locator("#m-4e")).to_be_checked()
    idle(page)
    page.reload()
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(page.locator(FIVE)).to_have_value("192")
    expect(page.locator(FIVE)).to_be_visible()


def test_back_and_forward_walk_through_the_variants(server: Server, visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    page.locator(FIVE).fill("192")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/?{CHANGED}")
    idle(page)
    page.locator("#f-aux-on").check()
    expect(page).to_have_url(f"{server.url}/?{CHANGED}&aux=on")
    idle(page)
    page.go_back()
    expect(page).to_have_url(f"{server.url}/?{CHANGED}")
    expect(page.locator("#f-aux-off")).to_be_checked()
    page.go_back()
    expect(total(page)).to_have_text(OWN_TOTAL)
    page.go_forward()
    expect(total(page)).to_have_text(CHANGED_TOTAL)


def test_keys_move_a_slider(server: Server, visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    page.locator(SLIDER).focus()
    for key, width in (("ArrowRight", 129), ("Shift+ArrowRight", 137), ("PageUp", 169), ("PageDown", 137)):
        page.keyboard.press(key)
        expect(page).to_have_url(f"{server.url}/?4e=256,160,320,32,{width},128")
    expect(page.locator(SLIDER)).to_be_focused()
    page.keyboard.press("Backspace")
    expect(page).to_have_url(f"{server.url}/")
    expect(total(page)).to_have_text(OWN_TOTAL)


def test_a_refused_value_is_explained_and_the_last_picture_stays(server: Server, visit: Open) -> None:
    page = visit(f"/?{CHANGED}")
    page.locator(FIVE).fill("99999")
    reason = page.locator("[id='e-4e.5x5']")
    expect(reason).to_have_text("4e #5×5: 0 to 4096, received 99999")
    page.keyboard.press("Tab")
    idle(page)
    expect(reason).to_be_visible()
    expect(page.locator(FIVE)).to_have_value("99999")
    expect(page.locator(FIVE)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(SLIDER)).to_have_value(page.locator(SLIDER).get_attribute("max") or "")
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(page).to_have_url(f"{server.url}/?{CHANGED}")
    page.locator(FIVE).fill("128")
    expect(reason).to_have_count(0)
    expect(total(page)).to_have_text(OWN_TOTAL)


def test_a_reduction_without_its_convolution_is_put_right_by_one_button(server: Server, visit: Open) -> None:
    page = visit("/")
    page.locator("label[for='m-4e']").click()
    page.locator(FIVE).fill("5000")
    expect(page.locator("[id='e-4e.5x5']")).to_be_visible()
    repair = page.get_by_role("button", name="Set reduce to 0")
    expect(repair).to_have_count(0)  # it would not help
    page.locator(FIVE).fill("0")
    expect(page.locator("[id='e-4e.5x5']")).to_have_text("4e #5×5: above 0, or 0 beside 4e.5x5_reduce=0, received 0")
    repair.click()
    expect(page).to_have_url(f"{server.url}/?4e=256,160,320,0,0,128")
    expect(page.locator(".error:not(:empty)")).to_have_count(0)
    expect(page.locator("[id='f-4e.5x5_reduce']")).to_be_focused()
    expect(page.locator("#card-4e")).to_contain_text("704 out")


@pytest.mark.parametrize(
    ("path", "field", "typed", "words"),
    [
        ("/networks/googlenet/modules/4e", "4e.5x5", "4097", "4e #5×5: 0 to 4096, received 4097"),
        ("/size", "kernel", "4097", "kernel: 1 to 2048, received 4097"),
        ("/compare?right=googlenet", "left", "googlenet?width=9", "width: 0.25 to 4, as 0.5, received 9"),
    ],
)
def test_what_the_other_pages_refuse_is_said_beside_its_field_and_not_in_the_console(
    path: str, field: str, typed: str, words: str, visit: Open
) -> None:
    page = visit(path)
    heading = page.locator("h1").inner_text()
    page.locator(f"[id='f-{field}']").fill(typed)
    page.keyboard.press("Enter")
    expect(page.locator(f"[id='e-{field}']")).to_have_text(words)
    idle(page)
    expect(page.locator(f"[id='f-{field}']")).to_have_value(typed)
    expect(page.locator("h1")).to_have_text(heading)


def test_a_module_turns_naive_off_and_back(server: Server, visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    card = page.locator("#card-4e .kinds")
    card.get_by_text("Naive").click()
    expect(page).to_have_url(f"{server.url}/?4e=naive")
    expect(page.locator("h1")).to_have_text("GoogLeNet, 4e naive")
    card.get_by_text("Off").click()
    expect(page).to_have_url(f"{server.url}/?4e=off")
    expect(page.locator("#map-4e")).to_have_attribute("aria-label", "Module 4e, left out")
    card.get_by_text("Reduced").click()
    expect(page).to_have_url(f"{server.url}/")
    expect(total(page)).to_have_text(OWN_TOTAL)


def test_a_module_is_added_set_and_removed(server: Server, visit: Open) -> None:
    page = visit()
    page.get_by_role("link", name="Add module 3c").click()
    expect(page).to_have_url(f"{server.url}/?3c=128,128,192,32,96,64")
    expect(page.locator("#m-3c")).to_be_checked()
    page.locator("[id='s-3c.3x3']").focus()
    page.keyboard.press("PageUp")
    expect(page).to_have_url(f"{server.url}/?3c=128,128,224,32,96,64")
    page.locator("#card-3c").get_by_text("Remove").click()
    expect(page).to_have_url(f"{server.url}/")


def test_on_a_phone_the_form_is_a_sheet_at_the_bottom(server: Server, visit: Open) -> None:
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    expect(page.locator("#panel")).to_be_hidden()
    page.locator("#edit").click()
    choose(page, "4e")
    page.locator(FIVE).fill("192")
    page.locator("#done").click()
    expect(page.locator("#panel")).to_be_hidden()
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(page).to_have_url(f"{server.url}/?{CHANGED}")


def test_an_address_of_several_keys_is_kept_and_goes_with_the_language(visit: Open) -> None:
    page = visit("/?4e=256,96,320,32,192,128&aux=on")
    choose(page, "4e")
    page.locator(FIVE).fill("200")
    expect(page).to_have_url(re.compile(r"/\?4e=256,96,320,32,200,128&aux=on$"))
    page.locator("#language").click()
    expect(page).to_have_url(re.compile(r"/zh/\?4e=256,96,320,32,200,128&aux=on$"))
    expect(page.locator(FIVE)).to_have_value("200")


@pytest.mark.parametrize("path", ["/", "/networks/googlenet/modules/4e"])
def test_the_navigation_follows_an_edit_and_its_undo(path: str, visit: Open) -> None:
    page = visit(path)
    explore, lab = (page.locator("#pages").get_by_text(name) for name in ("Explore", "Lab"))
    expect(explore).to_have_attribute("href", "/")
    if path == "/":
        choose(page, "4e")
    page.locator(FIVE).fill("192")
    page.keyboard.press("Enter")
    expect(explore).to_have_attribute("href", f"/networks/googlenet?{CHANGED}")
    expect(lab).to_have_attribute("href", f"/lab?network=googlenet&{CHANGED}")
    idle(page)
    page.locator("#undo").click()
    expect(lab).to_have_attribute("href", "/lab")
    expect(page.locator("#undo")).to_be_focused()


def test_the_navigation_follows_a_slider_that_is_still_held(visit: Open) -> None:
    page = visit()
    lab = page.locator("#pages").get_by_text("Lab")
    choose(page, "4e")
    x, y = grab(page, SLIDER)
    for step in (9, 30):
        before = page.locator(FIVE).input_value()
        page.mouse.move(x + step, y)
        expect(page.locator(FIVE)).not_to_have_value(before)
        width = page.locator(FIVE).input_value()
        expect(lab).to_have_attribute("href", f"/lab?network=googlenet&4e=256,160,320,32,{width},128")
    page.mouse.up()


def test_undo_does_not_leave_the_page_that_a_visitor_came_to(visit: Open) -> None:
    page = visit()
    undo, redo = page.locator("#undo"), page.locator("#redo")
    undo.click(force=True)  # it says that there is nothing to undo
    expect(undo).to_be_disabled()
    expect(redo).to_be_disabled()
    choose(page, "4e")
    page.locator(FIVE).fill("192")
    expect(total(page)).to_have_text(CHANGED_TOTAL)
    expect(redo).to_be_disabled()
    undo.click()
    expect(total(page)).to_have_text(OWN_TOTAL)
    expect(undo).to_be_disabled()
    expect(redo).to_be_enabled()
    undo.click(force=True)
    idle(page)
    expect(total(page)).to_have_text(OWN_TOTAL)


def test_on_a_phone_the_open_module_stands_close_up_over_the_sheet(visit: Open) -> None:
    page = visit(viewport={"width": 390, "height": 844})
    expect(page.locator("#close-up")).to_be_hidden()
    page.locator("#edit").click()
    expect(page.locator("#close-up")).to_be_visible()
    choose(page, "4e")
    expect(page.locator("#close-up .through")).to_have_text("528 832")
    page.locator(FIVE).fill("192")
    expect(page.locator("#close-up .through")).to_have_text("528 832 → 896")
    expect(page.locator("#foot small")).to_have_text("5a follows: +64 input channels")
    expect(page.locator("#close-up .brief")).to_contain_text("7.09 M".replace(" ", "\u202f"))
    page.locator("#done").click()
    expect(page.locator("#close-up")).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "slider", "before"),
    [
        ("/networks/googlenet/modules/4e", SLIDER, "/networks/googlenet/modules/4e"),
        ("/networks/googlenet/modules/3c?3c=64,96,128,16,32,32", "[id='s-3c.5x5']", "3c=64,96,128,16,32,32"),
        ("/module?input=192x28x28&widths=64,96,128,16,32,32", "[id='s-widths.5x5']", "widths=64,96,128,16,32,32"),
        ("/size?op=conv&input=28&kernel=5&stride=1&padding=2", "#s-kernel", "kernel=5"),
    ],
)
def test_sliders_of_the_other_pages_move_them_and_are_one_step_back(
    path: str, slider: str, before: str, visit: Open
) -> None:
    page = visit(path)
    field = page.locator(f"[id='{page.locator(slider).get_attribute('data-field')}']")
    was = field.input_value()
    page.evaluate("window.marker = 'not reloaded'")
    x, y = grab(page, slider)
    for step in range(1, 9):
        page.mouse.move(x + 3 * step, y)
    expect(page.locator(".bubble")).to_be_visible()
    idle(page)
    expect(page.locator(".bubble")).to_have_text(field.input_value())
    page.mouse.up()
    expect(page.locator(".bubble")).to_be_hidden()
    idle(page)
    assert field.input_value() != was
    moved = page.url
    expect(page.locator("#address")).to_have_text(re.compile(re.escape(moved.partition("?")[2]) + "$"))
    page.locator("#undo").click()
    expect(field).to_have_value(was)
    expect(page).not_to_have_url(moved)
    expect(page).to_have_url(re.compile(f"{re.escape(before)}(&|$)"))
    assert page.evaluate("window.marker") == "not reloaded"
