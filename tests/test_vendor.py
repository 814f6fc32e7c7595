"""The browser files that others made are those that vendor.json lists, byte for byte, and each brings its licence."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.serving import ROOT

VENDOR = ROOT / "static/vendor"
LISTED: list[dict[str, str]] = json.loads((VENDOR / "vendor.json").read_text())
OUR_OWN = {"vendor.json", "renew.py", "dump_plotly_css.py"}


@pytest.mark.parametrize("entry", LISTED, ids=lambda entry: entry["file"])
def test_a_file_is_the_one_that_was_fetched(entry: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


def test_no_file_is_there_that_is_not_listed() -> None:
    there = {str(file.relative_to(VENDOR)) for file in VENDOR.rglob("*") if file.is_file() and _is_kept(file)}
    assert there == {entry["file"] for entry in LISTED} | OUR_OWN


def _is_kept(file: Path) -> bool:
    return "__pycache__" not in file.parts


def test_a_package_has_one_version_one_licence_and_its_text() -> None:
    for package in {entry["package"] for entry in LISTED}:
        of_it = [entry for entry in LISTED if entry["package"] == package]
        assert len({(entry["version"], entry["licence"]) for entry in of_it}) == 1
        assert any(entry["member"].startswith("LICENSE") for entry in of_it), package


def test_the_style_sheet_taken_from_plotly_is_of_the_version_listed() -> None:
    (version,) = {entry["version"] for entry in LISTED if entry["package"].startswith("plotly.js")}
    assert f"plotly.js {version} " in (ROOT / "static/css/plotly.css").read_text().splitlines()[0]
