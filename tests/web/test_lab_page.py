"""The lab's page: its forms are the API's settings, what is wrong stands beside its field, and a job is its address."""

import re

import pytest
from starlette.testclient import TestClient

from app.lab.kinds import KINDS
from tests.web.doors import JOB
from tests.web.markup import Element, parse

EXAMPLE = JOB.rpartition("/")[2]


def read(client: TestClient, address: str) -> Element:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return parse(answer.text)


def form(page: Element, kind: str) -> Element:
    return page.one("section", id=kind).one("form", **{"class": "settings"})


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_has_the_settings_of_the_api_with_their_defaults(client: TestClient, kind: str) -> None:
    fields = {each.attributes["name"]: each for each in form(read(client, "/lab"), kind).all("input", "select")}
    model = KINDS[kind].settings.model_fields
    assert list(fields) == list(model)
    for name, info in model.items():
        value = fields[name].attributes.get("value")
        if fields[name].name == "select":
            [value] = [each.attributes["value"] for each in fields[name].all("option") if "selected" in each.attributes]
        assert value == ("" if info.default is None else str(info.default).lower())


def test_a_mistake_is_said_beside_its_field_and_loses_nothing(client: TestClient) -> None:
    answer = client.post(
        "/lab/training?network=googlenet&4e.5x5=192", data={"steps": "0", "batch": "64", "width": "half"}
    )
    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "no-store"
    page = parse(answer.text)
    steps, batch = page.one("input", id="training-steps"), page.one("input", id="training-batch")
    assert (steps.attributes["value"], steps.attributes["aria-invalid"]) == ("0", "true")
    assert batch.attributes["value"] == "64"
    assert "aria-invalid" not in batch.attributes
    assert page.one("p", id="training-steps-e").text.strip() == "a whole number, 1 to 2000, received 0"
    assert page.one("p", id="training-width-e").text.strip() == "a number, 0.0625 to 1, received half"
    assert "4e=256,160,320,32,192,128" in form(page, "training").attributes["action"]


def test_a_finished_job_is_shown_with_its_numbers(client: TestClient) -> None:
    page = read(client, f"/lab?network=googlenet&training={EXAMPLE}")
    section = page.one("section", id="training")
    assert "data-events" not in section.attributes
    assert re.search(r"10\.0% and 10\.0%", section.text)
    sources = [each.attributes["src"] for each in section.all("plot-figure")]
    assert [source.partition("#")[0] for source in sources] == [
        f"{JOB}/figures/{name}" for name in ("loss", "accuracy")
    ]
    assert all(client.get(source).status_code == 200 for source in sources)
    assert client.get(f"{JOB}/rows.csv").text.startswith("step,loss_with_aux")


def test_a_job_of_another_kind_or_one_that_is_gone_is_not_shown(client: TestClient) -> None:
    page = read(client, f"/lab?gradients={EXAMPLE}&latency=gone")
    assert not list(page.one("section", id="gradients").all("plot-figure"))
    assert "job" in page.one("section", id="latency").one("p", role="alert").text


def test_nothing_starts_from_an_address_that_cannot_be(client: TestClient) -> None:
    answer = client.post("/lab/training?network=googlenet&colour=red", data={"steps": "5"})
    assert answer.status_code == 422
    page = parse(answer.text)
    assert "colour" in page.one("p", role="alert").text
    assert "data-events" not in page.one("section", id="training").attributes


def test_an_unknown_kind_of_run_is_no_page(client: TestClient) -> None:
    assert client.post("/lab/sleep").status_code == 404


def test_a_figure_that_there_is_not_is_refused(client: TestClient) -> None:
    assert client.get(f"{JOB}/figures/norms").status_code == 404
    assert client.get("/api/v1/jobs/gone/rows.csv").status_code == 404
