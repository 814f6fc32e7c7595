"""Who counts, in a real browser: chosen at the total, followed by all that shows multiply-adds, kept by the address."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import CHANGED, FIVE, SLIDER, choose, grab, idle
from tests.examples import analysis_of, variant_of
from tests.oracle.test_tools import ours
from tests.serving import Server

pytestmark = pytest.mark.browser
MACS = "#total-macs .exact"


def reported(address: str, at: int) -> str:
    return f"{ours(address).tools[at].value:,}"


def count_as(page: Page, tool: str) -> None:
    page.locator("#count-by").click()
    page.locator(f"label[for='count-{tool}']").click()


def test_the_label_of_the_total_opens_the_choice_and_everything_follows(server: Server, visit: Open) -> None:
    page = visit("/?norm=batch")
    count_as(page, "fvcore")
    expect(page.locator(MACS)).to_contain_text(reported("googlenet?norm=batch", 2))
    expect(page.locator("#count-by")).to_have_text("flops")
    expect(page.locator("#total-macs dt a")).to_have_text("fvcore 0.1.5.post20221221")
    expect(page).to_have_url(f"{server.url}/?norm=batch&count=fvcore")
    idle(page)
    expect(page.locator("#counting")).to_be_visible()  # to try one after the other
    expect(page.locator("#counting .caption")).to_contain_text("two for each element of batch norm")
    expect(page.locator("#layers-part thead")).to_contain_text("Share of flops")
    expect(page.locator("#map-rest .track").first).to_have_text("flops")
    expect(page.locator("#hero h2")).to_contain_text("flops per module")
    expect(page.locator("#figures-part h2")).to_contain_text("this page’s own multiply-adds")
    expect(page.locator("#table [id='conv1_bn'] td").nth(3)).to_have_text("1,605,632")
    page.keyboard.press("ArrowUp")  # by keyboard to the one before
    expect(page).to_have_url(f"{server.url}/?norm=batch&count=torchinfo")
    expect(page.locator(MACS)).to_contain_text(reported("googlenet?norm=batch", 1))
    page.keyboard.press("Escape")
    expect(page.locator("#counting")).to_be_hidden()
    page.locator("#total-macs dt a").click()
    expect(page).to_have_url(f"{server.url}/counts?network=googlenet&norm=batch")


def test_a_slider_is_followed_in_the_same_count_and_undo_walks_back(server: Server, visit: Open) -> None:
    page = visit("/?count=torch")
    choose(page, "4e")
    x, y = grab(page, SLIDER)
    page.mouse.move(x + 20, y, steps=4)
    live = re.compile(r"/\?4e=256,160,320,32,\d+,128&count=torch$")
    expect(page).to_have_url(live)
    expect(page.locator("#count-by")).to_have_text("total flops")
    idle(page)
    now = page.locator(FIVE).input_value()
    expect(page.locator(MACS)).to_contain_text(reported(f"googlenet?4e.5x5={now}", 0))
    page.mouse.up()
    idle(page)
    expect(page.locator(MACS)).to_contain_text(reported(f"googlenet?4e.5x5={now}", 0))
    page.locator("#undo").click()
    expect(page).to_have_url(f"{server.url}/?count=torch")
    expect(page.locator(MACS)).to_contain_text(reported("googlenet", 0))
    idle(page)
    count_as(page, "")
    expect(page).to_have_url(f"{server.url}/")
    expect(page.locator(MACS)).to_contain_text(f"{analysis_of().totals.macs:,}")
    idle(page)
    page.locator("#undo").click()
    expect(page).to_have_url(f"{server.url}/?count=torch")
    expect(page.locator("#count-torch")).to_be_checked()


def test_an_opened_row_says_what_its_number_is_made_of(visit: Open) -> None:
    page = visit("/?count=ptflops#pool1")
    reason = page.locator("#reason-pool1")
    expect(reason).to_contain_text("= 1,605,632")
    expect(reason).to_contain_text("What ptflops (pytorch) 0.7.5 counts here, in eval mode.")
    count_as(page, "thop")
    expect(reason).to_contain_text("What thop 0.1.1.post2209072238 counts here, in eval mode.")
    expect(reason).to_contain_text("= 0")


def test_it_goes_with_the_shade_a_reload_and_the_language(server: Server, visit: Open) -> None:
    page = visit(f"/?{CHANGED}&shade=macs&count=thop")
    expect(page.locator(MACS)).to_contain_text(reported(f"googlenet?{CHANGED}", 7))
    expect(page.locator(".shading summary")).to_have_text("Shade by MACs", use_inner_text=True)
    page.locator("#language").click()
    expect(page).to_have_url(f"{server.url}/zh/?{CHANGED}&shade=macs&count=thop")
    expect(page.locator("#total-macs dt a")).to_have_text("thop 0.1.1.post2209072238")
    page.locator("#foot").get_by_text("重置").click()
    expect(page).to_have_url(re.compile(r"/zh/networks/googlenet\?shade=macs&count=thop$|/zh/\?shade=macs&count=thop$"))
    assert variant_of().choices == {}
    expect(page.locator(MACS)).to_contain_text(reported("googlenet", 7))


def test_it_works_without_a_script_and_on_a_phone(visit: Open) -> None:
    page = visit("/?aux=on", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.locator("#count-by").click()
    page.locator("label[for='count-calflops']").click()
    page.locator("#counting button").click()
    expect(page).to_have_url(re.compile("aux=on.*count=calflops"))
    expect(page.locator(MACS)).to_contain_text(reported("googlenet", 6))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_choice_is_fit_for_everyone(scheme: str, width: int, visit: Open) -> None:
    page = visit("/zh/?count=ptflops", color_scheme=scheme, viewport={"width": width, "height": 900})
    page.locator("#count-by").click()
    expect(page.locator("#count-ptflops")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
