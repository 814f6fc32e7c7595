"""The doors at the root: whether the server lives, and the API's own page."""

from starlette.testclient import TestClient

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
