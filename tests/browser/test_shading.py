"""Cost as shading in a real browser: what is chosen is said, with its scale, and goes with the address."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import CHANGED, FIVE, chart, choose, idle
from tests.serving import Server

pytestmark = pytest.mark.browser


def shade_by(page: Page, letter: str) -> None:
    page.locator(".shading summary").click()
    page.locator(f"label[for='shade-{letter}']").click()
    expect(page.locator(".shading ul")).to_be_hidden()


def has_all_ink(bar: Locator) -> None:
    expect(bar).to_have_css("fill-opacity", "1")


def test_what_is_chosen_is_said_with_its_scale_and_stays_with_the_address(server: Server, visit: Open) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    bar = page.locator("#map-svg a[data-path='conv2.conv'] rect")
    expect(page.locator(".shading summary")).to_have_text("Shade by branch", use_inner_text=True)
    expect(page.locator("#ramps")).to_be_hidden()
    shade_by(page, "m")
    has_all_ink(bar)
    expect(page.locator(".shading summary")).to_have_text("Shade by multiply-adds", use_inner_text=True)
    expect(page.locator("#ramps")).to_have_text("0 347\u202fM conv2.conv", use_inner_text=True)
    expect(page).to_have_url(f"{server.url}/?shade=macs")
    idle(page)
    page.reload()
    has_all_ink(bar)
    page.locator("#head [data-copy]").click()
    expect(page.locator("#toast")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.url}/?shade=macs"
    page.locator("#language").click()
    expect(page).to_have_url(f"{server.url}/zh/?shade=macs")
    has_all_ink(bar)


def test_it_stays_through_edits_and_is_walked_back_like_one(server: Server, visit: Open) -> None:
    page = visit()
    choose(page, "4e")
    shade_by(page, "p")
    expect(page).to_have_url(f"{server.url}/?shade=params")
    idle(page)
    page.locator(FIVE).fill("192")
    expect(page).to_have_url(f"{server.url}/?{CHANGED}&shade=params")
    page.keyboard.press("Enter")
    idle(page)
    page.locator("#card-4e").get_by_text("Naive").click()
    expect(page).to_have_url(re.compile(r"/\?4e=naive:256,320,192&shade=params$"))
    idle(page)
    page.locator("#foot").get_by_text("Reset").click()
    expect(page).to_have_url(re.compile(r"/networks/googlenet\?shade=params$|/\?shade=params$"))
    expect(page.locator("#shade-p")).to_be_checked()
    for _ in range(4):
        page.locator("#undo").click()
        idle(page)
    expect(page).to_have_url(f"{server.url}/")
    expect(page.locator("#shade-")).to_be_checked()
    has_all_ink(page.locator("#map-svg a[data-path='conv2.conv'] rect"))


def test_charts_know_nothing_of_it(visit: Open) -> None:
    page = visit("/?shade=params")
    chart(page, "saving").scroll_into_view_if_needed()
    expect(chart(page, "saving").locator("svg").first).to_be_visible()
    choose(page, "4e")
    page.locator(FIVE).fill("192")
    page.keyboard.press("Enter")
    idle(page)
    expect(chart(page, "saving")).to_have_attribute("data-drawn", re.compile(f"saving\\?{CHANGED}$"))


def test_the_end_of_the_ramp_follows_a_slider(visit: Open) -> None:
    page = visit("/?shade=params")
    choose(page, "4e")
    expect(page.locator("#ramps")).to_contain_text("1.02\u202fM head.linear", use_inner_text=True)
    page.locator("[id='f-4e.3x3']").press_sequentially("999")
    expect(page.locator("#ramps")).to_contain_text("inception_4e.three.conv", use_inner_text=True)


def test_it_is_there_without_a_script_and_on_a_phone(visit: Open) -> None:
    page = visit("/?shade=receptive_field", java_script_enabled=False)
    expect(page.locator("#ramps")).to_have_text("0 907\u202fpx head.pool", use_inner_text=True)
    page.locator(FIVE).fill("192")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#shade-r")).to_be_checked()
    phone = visit("/?shade=macs", viewport={"width": 390, "height": 844})
    expect(phone.locator("#ramps")).to_contain_text("conv2.conv", use_inner_text=True)
    has_all_ink(phone.locator("#tall-svg [data-path='conv2.conv'][data-group]"))
