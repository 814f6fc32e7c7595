"""The ONNX file at its door: small without weights, drawn from a seed where one is given, refused where too large."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import onnx
import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.web.doors import API, NETWORK, check_problem

FILE = f"{NETWORK}/model.onnx"
SMALL = "width=0.25&classes=10&input=64"


def test_it_is_a_file_to_save_that_onnx_accepts(client: TestClient) -> None:
    answer = client.get(f"{API}/networks/torchvision/model.onnx?input=97")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="torchvision.onnx"'
    model = onnx.load_from_string(answer.content)
    onnx.checker.check_model(model, full_check=True)
    assert model.graph.name == "torchvision?input=97"
    assert len(answer.content) < 100_000
    assert not any("weight" in each.name for each in model.graph.initializer)


def test_a_seed_puts_weights_into_it(client: TestClient) -> None:
    def ask(weights: str) -> Response:
        return client.get(f"{FILE}?{SMALL}&weights={weights}")

    params = client.get(f"{NETWORK}?{SMALL}").json()["totals"]["params"]
    drawn = ask("7")
    assert 4 * params < len(drawn.content) < 4 * params + 100_000
    onnx.checker.check_model(onnx.load_from_string(drawn.content), full_check=True)
    assert ask("007").headers["etag"] == drawn.headers["etag"]
    assert len({ask(seed).headers["etag"] for seed in ("0", "7", "4294967295")}) == 3
    assert ask("").content == client.get(f"{FILE}?{SMALL}").content


@pytest.mark.parametrize("seed", ["-1", "1.0", "+1", "x", "4294967296", "9" * 500, "٣"])
def test_a_seed_that_is_none_is_refused(client: TestClient, seed: str) -> None:
    body = check_problem(client.get(FILE, params={"weights": seed}), 422)
    assert [(error["field"], error["allowed"]) for error in body["errors"]] == [("weights", "0 to 4294967295")]


def test_the_seed_is_no_key_of_a_state(client: TestClient) -> None:
    body = check_problem(client.get(f"{NETWORK}?weights=1"), 422)
    assert [error["field"] for error in body["errors"]] == ["weights"]
    body = check_problem(client.get(f"{FILE}?weights=1&weights=2"), 422)
    assert [error["field"] for error in body["errors"]] == ["weights"]


def test_more_weights_than_the_limit_are_refused_with_both_numbers(client: TestClient) -> None:
    # 97,526,008 parameters of four bytes; without them the file is as small as any
    naive = f"{API}/networks/googlenet-naive/model.onnx"
    body = check_problem(client.get(f"{naive}?weights=0"), 422)
    assert [error["field"] for error in body["errors"]] == ["weights"]
    assert "391 MB" in body["detail"]
    assert "64 MB" in body["detail"]
    assert len(client.get(naive).content) < 100_000
    largest = "&".join(f"{name}=4096,4096,4096,4096,4096,4096" for name in ("3a", "4a", "5a", "5b"))
    assert check_problem(client.get(f"{FILE}?{largest}&weights=0"), 422)["errors"][0]["field"] == "weights"


def test_the_limit_counts_the_heads_too() -> None:
    # 6,998,552 and 13,378,280 parameters
    limited = TestClient(create_app(Settings.model_construct(warm_lab=False, max_onnx_mb=28)))
    assert limited.get(f"{FILE}?weights=1").status_code == 200
    assert limited.get(f"{FILE}?weights=1&aux=on").status_code == 422


def test_no_two_files_with_weights_are_made_at_once(app: FastAPI) -> None:
    making, most = 0, 0
    counting = threading.Lock()

    def make(*_: object) -> bytes:
        nonlocal making, most
        with counting:
            making += 1
            most = max(most, making)
        time.sleep(0.02)
        with counting:
            making -= 1
        return b"file"

    def ask(seed: int) -> bytes:
        return TestClient(app).get(f"{FILE}?weights={seed}").content

    with patch("app.render.onnx.to_onnx", make), ThreadPoolExecutor(4) as visitors:
        assert list(visitors.map(ask, range(4))) == [b"file"] * 4
    assert most == 1
