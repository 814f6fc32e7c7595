"""Every limit comes from the environment, says what it means, and ends the start with one line where it cannot be."""

import os
import re
import subprocess
import sys

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.serving import ROOT

DEFAULTS = {
    "max_input_side": 2048,
    "max_input_channels": 1024,
    "max_module_channels": 65_536,
    "max_classes": 100_000,
    "max_width": 4096,
    "max_url_bytes": 8192,
    "max_body_bytes": 1_000_000,
    "max_sweep_points": 1_000_000,
    "jobs_running": 2,
    "jobs_waiting": 8,
    "jobs_per_client": 4,
    "jobs_kept_seconds": 3600,
}
"""The contract's limits."""
ONNX = "/api/v1/networks/googlenet/model.onnx"
FREE = "/api/v1/module?widths=naive:1,1,1"


def test_the_defaults_are_the_contracts() -> None:
    settings = Settings.model_construct()
    assert {name: getattr(settings, name) for name in DEFAULTS} == DEFAULTS
    assert settings.shutdown_seconds <= 10


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_says_what_it_means_and_has_a_default(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description
    assert not field.is_required()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EXPLORER_MAX_WIDTH", "many"),
        ("EXPLORER_MAX_WIDTH", "0"),
        ("EXPLORER_VERIFY_SECONDS", "inf"),
        ("EXPLORER_WARM_LAB", "perhaps"),
        ("EXPLORER_MAX_URL_BYTES", "two\nlines"),
        ("EXPLORER_MAX_BODY_BYTES", "9" * 5000),
        ("EXPLORER_JOBS_RUNNING", "0"),
        ("EXPLORER_DASK_SCHEDULER", "localhost"),
        ("EXPLORER_MAX_WIDHT", "1"),
        ("EXPLORER_", "1"),
        ("EXPLORER_SERVER_NAME", "web.1"),
    ],
)
def test_a_bad_one_ends_the_start_with_one_line_that_names_it(name: str, value: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "app", "--port", "0"],
        cwd=ROOT,
        env=os.environ | {name: value},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode not in (0, -15)
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert re.search(rf"\b{name}(\b| )", line)


@pytest.mark.parametrize("name", [f"EXPLORER_{name.upper()}" for name in Settings.model_fields])
def test_the_environment_sets_each(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    field = name.removeprefix("EXPLORER_").lower()
    text = {"dask_scheduler": "tcp://10.0.0.1:8786"}.get(field, "web1")
    sent, read = {bool: ("false", False), str: (text, text)}.get(
        type(Settings.model_fields[field].default), ("1234", 1234)
    )
    monkeypatch.setenv(name, str(sent))
    assert getattr(Settings(), field) == read


@pytest.mark.parametrize(
    ("limit", "fits", "beyond"),
    [
        ({"max_input_side": 100}, "/api/v1/networks/googlenet?input=100", "/api/v1/networks/googlenet?input=101"),
        ({"max_classes": 7}, "/api/v1/networks/googlenet?classes=7", "/api/v1/networks/googlenet?classes=8"),
        ({"max_width": 99}, "/api/v1/networks/googlenet?stem=99,1,1", "/api/v1/networks/googlenet?stem=100,1,1"),
        ({"max_input_channels": 2}, "/networks/googlenet?input=2x99x99", "/networks/googlenet?input=3x99x99"),
        ({"max_onnx_mb": 28}, f"{ONNX}?weights=1", f"{ONNX}?weights=1&classes=9999"),
        ({"max_module_channels": 9}, f"{FREE}&input=9x1x1", f"{FREE}&input=10x1x1"),
    ],
)  # fmt: skip
def test_a_limit_is_held_to(limit: dict[str, int], fits: str, beyond: str) -> None:
    client = TestClient(create_app(Settings(**limit)))  # type: ignore[arg-type]
    assert client.get(fits).status_code == 200
    assert client.get(beyond).status_code == 422


def test_answers_may_be_kept_as_long_as_the_setting_says() -> None:
    client = TestClient(create_app(Settings(cache_seconds=7)))
    assert "max-age=7" in client.get("/api/v1/networks").headers["cache-control"].split(", ")


@pytest.mark.parametrize("address", ["/size", "/static/icon.svg"])
def test_pages_and_files_are_asked_for_each_time_but_by_caches_that_many_share(address: str) -> None:
    client = TestClient(create_app(Settings(page_cache_seconds=7)))
    answer = client.get(address)
    assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=7"
    again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "public, max-age=0, s-maxage=7")
