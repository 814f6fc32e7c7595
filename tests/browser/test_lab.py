"""The lab in a real browser, with runs that a test holds where it likes, and the seal with the real torch."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.steps import FIVE, choose
from tests.gate import Gate
from tests.serving import Server, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    made = Gate(Path(tmp_path_factory.mktemp("gate")) / "gate")
    yield made
    made.close()


@pytest.fixture(scope="module")
def lab(gate: Gate) -> Iterator[Server]:
    more = {"GATE": gate.path, "EXPLORER_WARM_LAB": "false", "EXPLORER_VERIFY_SECONDS": "300"}
    with serving(program="tests.fake_lab", **more) as running:
        yield running


def test_a_run_is_started_followed_and_shown(lab: Server, gate: Gate, visit: Open) -> None:
    page = visit("/lab", server=lab)
    run = page.locator("#training")
    run.get_by_text("Settings").click()
    run.get_by_label("Batch").or_(run.get_by_label("Images at a time")).fill("16")
    run.get_by_role("button", name="Run").click()
    expect(run.locator("progress")).to_have_js_property("value", 0.5)
    expect(run.locator(".message")).to_have_text("step 1 of 2")
    expect(run.locator("plot-figure")).to_have_count(2)
    run.locator("plot-figure").first.scroll_into_view_if_needed()
    expect(run.locator("plot-figure svg").first).to_be_visible()
    page.reload()
    expect(run.locator("progress")).to_have_js_property("value", 0.5)
    gate.open()
    expect(run.locator("progress")).to_have_count(0)
    expect(run.locator(".value")).to_contain_text("10.0% and 10.0%")
    expect(run.get_by_role("link", name="CSV")).to_be_visible()


def meanwhile(page: Page, address: str, button: str) -> None:
    """Presses a button while what is asked for at an address has not reached the server."""

    def press(route: Route) -> None:
        page.locator(button).click()
        route.continue_()

    page.route(address, press)


def cancel(page: Page) -> None:
    """Ends the gradients, which would never end and keep others waiting."""
    page.locator("#gradients").get_by_role("button", name="Cancel").click()
    expect(page.locator("#gradients").get_by_role("alert")).to_contain_text("cancelled")


def test_runs_that_are_started_at_once_are_both_kept(lab: Server, visit: Open) -> None:
    page = visit("/lab", server=lab)
    meanwhile(page, "**/lab/gradients*", "#training .settings button")
    page.locator("#gradients .settings button").click()
    known = [page.locator(f"#{kind}").locator("progress, .value strong") for kind in ("gradients", "training")]
    for each in known:
        expect(each).to_be_visible()
    for kind in ("gradients", "training"):
        expect(page).to_have_url(re.compile(f"[?&]{kind}="))
    page.reload()
    for each in known:
        expect(each).to_be_visible()
    cancel(page)


def test_verifying_leaves_alone_what_was_started_meanwhile(lab: Server, visit: Open) -> None:
    page = visit("/lab", server=lab)
    meanwhile(page, "**/lab?*verify=now*", "#gradients .settings button")
    page.get_by_role("link", name="Verify with torch").click()
    expect(page.get_by_role("link", name="Verify again").or_(page.locator("#verify .problem"))).to_be_visible()
    cancel(page)
    expect(page).to_have_url(re.compile("[?&]gradients="))


def test_a_run_is_cancelled(lab: Server, visit: Open) -> None:
    page = visit("/lab", server=lab)
    run = page.locator("#gradients")
    run.get_by_role("button", name="Run").click()
    cancel(page)
    expect(run.get_by_role("button", name="Run")).to_be_enabled()


def test_a_refused_setting_stands_beside_its_field(lab: Server, visit: Open) -> None:
    page = visit("/zh/lab", server=lab, refused=True)
    run = page.locator("#training")
    run.locator("summary").first.click()
    run.locator("#training-steps").fill("0")
    run.locator(".settings button").click()
    expect(run.locator("#training-steps-e")).to_contain_text("1 到 2000 的整数")
    expect(run.locator("#training-steps")).to_have_value("0")


def test_it_works_without_a_script(lab: Server, visit: Open) -> None:
    page = visit("/lab", server=lab, java_script_enabled=False)
    page.locator("#gradients .settings button").click()
    expect(page.locator("#gradients progress")).to_be_visible()
    cancel(page)


def test_the_seal_says_what_torch_says_until_the_next_edit(visit: Open) -> None:
    page = visit()
    seal = page.locator("#seal")
    expect(seal).to_have_text("Not verified yet: ask torch")
    seal.get_by_role("link").click()
    expect(seal).to_contain_text("torch agrees: 142 of 142 layers")
    choose(page, "4e")
    page.locator(FIVE).fill("192")
    expect(seal).to_have_text("Not verified yet: ask torch")
    seal.get_by_role("link").click()
    expect(seal).to_contain_text("torch agrees: 142 of 142 layers")
    seal.get_by_role("link").click()
    expect(page.locator("#verify .value")).to_contain_text("142 of 142 layers agree")
    expect(page).to_have_url(re.compile("4e=256,160,320,32,192,128"))
