"""Schemathesis over the whole API: what the description promises is what the doors do, for valid and invalid requests.

Where it is told to expect less than it would by itself, the reason stands beside it.
"""

from typing import Any
from unittest.mock import patch

import schemathesis
from hypothesis import settings
from schemathesis import Case, Config
from schemathesis.specs.openapi.schemas import OpenApiSchema
from starlette.testclient import TestClient

from app.errors import Busy, Unavailable
from app.main import create_app
from app.settings import Settings
from app.words import phrase
from tests.web.doors import NETWORK

APP = create_app(Settings.model_construct(warm_lab=False, max_onnx_mb=1))  # a file with weights takes its time


def described(*more: int) -> OpenApiSchema:
    """The description, read by a Schemathesis that expects those statuses too where every value is of its form."""
    checks: dict[str, Any] = {
        # a value of the right form may still lie beyond a limit, or describe a layer without any output
        "positive_data_acceptance": {"expected-statuses": ["2xx", 404, 422, *more]},
        "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", *more]},
    }
    return schemathesis.openapi.from_asgi("/openapi.json", APP, config=Config.from_dict({"checks": checks}))


schema, busy = described(), described(429, 503)


def test_the_description_is_openapi() -> None:
    schema.validate()
    assert schema.raw_schema["openapi"].startswith("3.1.")


# each answer of these is a run in a process
RUNS, SWEEPS = "/(verify|latency|gradients|training)$", "/sweep$"


@schema.exclude(path_regex=RUNS).exclude(path_regex=SWEEPS, method="POST").parametrize()
@settings(max_examples=5)  # beside the hundreds of cases at the edges of every parameter, which are not counted here
def test_a_door_does_what_its_description_says(case: Case[Any]) -> None:
    case.call_and_validate()


@busy.include(path_regex=RUNS).include(path_regex=SWEEPS, method="POST").parametrize()
@settings(max_examples=5)
def test_a_door_that_runs_something_refuses_what_its_description_refuses(case: Case[Any]) -> None:
    jobs, workers = Busy(phrase("enough"), 5), Unavailable(phrase("not now"), 5)
    with (
        patch.object(APP.state.jobs, "start", side_effect=jobs),
        patch.object(APP.state.workers, "run", side_effect=workers),
    ):
        case.call_and_validate()


def test_verify_answers_what_its_description_says(client: TestClient) -> None:
    operation = schema["/api/v1/networks/{id}/verify"]["GET"]
    for query, status in (("", 200), ("?classes=0", 422)):
        answer = client.get(f"{NETWORK}/verify{query}")
        assert answer.status_code == status
        operation.validate_response(answer)
