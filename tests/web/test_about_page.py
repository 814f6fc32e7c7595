"""The page about this program names every part that it is made of, with its licence, and no answer sets a cookie."""

import re
from importlib.metadata import Distribution, version

import pytest
from packaging.utils import canonicalize_name
from starlette.testclient import TestClient

from app.web.pages.about import browser_parts, licence, server_parts
from tests.serving import ROOT
from tests.web.doors import GETS
from tests.web.markup import Element, parse

LOCKED = re.findall(r"^([\w.-]+)==", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE)


def rows(table: Element) -> dict[str, list[str]]:
    return {row.one("th").text: [cell.text.strip() for cell in row.all("td")] for row in table.one("tbody").all("tr")}


@pytest.mark.parametrize("prefix", ["", "/zh"])
def test_all_that_the_server_needs_is_named_with_its_version_and_licence(client: TestClient, prefix: str) -> None:
    _, server = parse(client.get(f"{prefix}/about").text).all("table")
    named = {canonicalize_name(name): said for name, said in rows(server).items()}
    assert len(LOCKED) > 40
    for name in (*LOCKED, "torch"):
        assert named[canonicalize_name(name)][0] == version(name)
        assert named[canonicalize_name(name)][1] not in ("", "not stated", "未注明"), name
        assert "GPL" not in named[canonicalize_name(name)][1]


def test_all_that_browsers_are_given_is_named_and_its_licence_is_served(client: TestClient) -> None:
    page = parse(client.get("/about").text)
    browser, _ = page.all("table")
    assert set(rows(browser)) == {part.name for part in browser_parts()} >= {"htmx.org", "inter-ui"}
    for link in browser.all("a"):
        text = client.get(link.attributes["href"])
        assert text.status_code == 200
        assert re.search("(?i)licen[cs]e|permission", text.text)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("License-Expression: MIT AND Zlib\nLicense: other", "MIT AND Zlib"),
        ("License: BSD\nClassifier: License :: OSI Approved :: MIT License", "BSD"),
        ("License: " + "whole text " * 9 + "\nClassifier: License :: OSI Approved :: MIT License", "MIT License"),
        ("Classifier: License :: OSI Approved :: A\nClassifier: License :: B\nClassifier: Topic :: C", "A / B"),
        ("Classifier: Topic :: C", ""),
    ],
)
def test_a_licence_is_read_where_a_package_says_it(metadata: str, said: str) -> None:
    class Installed(Distribution):
        def read_text(self, filename: str) -> str | None:
            return f"Metadata-Version: 2.4\nName: x\nVersion: 1\n{metadata}\n" if filename == "METADATA" else None

        def locate_file(self, path: object) -> None:  # type: ignore[override]
            raise NotImplementedError

    assert licence(Installed().metadata) == said


def test_no_part_is_named_twice() -> None:
    names = [canonicalize_name(part.name) for part in server_parts()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("address", GETS.values())
def test_no_answer_sets_a_cookie(client: TestClient, address: str) -> None:
    assert "set-cookie" not in client.get(address).headers


def test_every_page_leads_there(client: TestClient) -> None:
    for address in ("/", "/zh/size", "/docs", "/learn"):
        footer = parse(client.get(address).text).one("footer")
        assert footer.one("a").attributes["href"] == ("/zh/about" if address.startswith("/zh") else "/about")
