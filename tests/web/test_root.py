"""The doors at the root: whether the server lives, and the API's own page."""

import pytest
from jinja2.utils import LRUCache
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.templates import ENVIRONMENT
from tests.web.doors import read
from tests.web.markup import parse


def test_the_server_says_that_it_is_alive(client: TestClient) -> None:
    assert read(client, "/healthz") == {"status": "ok"}


def test_the_apis_own_page_takes_nothing_from_elsewhere(client: TestClient) -> None:
    answer = client.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = parse(answer.text)
    assert page.one("div", id="swagger-ui").attributes["data-openapi"] == "/openapi.json"
    for each in page.all("script", "link", "img", "a"):
        address = each.attributes.get("src") or each.attributes["href"]
        assert address[0] in "/#"
        assert not address.startswith("//")
    assert client.get("/openapi.json").json()["info"]["title"] == "Inception Explorer"


def test_the_first_to_ask_do_not_wait_for_what_can_be_made_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ENVIRONMENT, "cache", LRUCache(400))  # as in a process that has shown nothing yet
    with TestClient(create_app(Settings.model_construct(warm_lab=False))) as client:
        monkeypatch.setattr(ENVIRONMENT, "compile", None)
        monkeypatch.setattr("app.web.openapi.get_openapi", None)
        for name in ENVIRONMENT.list_templates():
            ENVIRONMENT.get_template(name)
        assert client.get("/zh/size").status_code == 200
        assert client.get("/openapi.json").status_code == 200
