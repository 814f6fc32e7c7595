"""Schemathesis over the whole API: what the description promises is what the doors do, for valid and invalid requests.

Where it is told to expect less than it would by itself, the reason stands beside it.
"""

from typing import Any

import schemathesis
from hypothesis import settings
from schemathesis import Case, Config
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.web.doors import NETWORK

CONFIG = Config.from_dict(
    {
        "checks": {
            # a value of the right form may still lie beyond a limit, or describe a layer without any output
            "positive_data_acceptance": {"expected-statuses": ["2xx", 404, 422]},
        },
    }
)
APP = create_app(Settings.model_construct(warm_lab=False, max_onnx_mb=1))  # a file with weights takes its time
schema = schemathesis.openapi.from_asgi("/openapi.json", APP, config=CONFIG)


def test_the_description_is_openapi() -> None:
    schema.validate()
    assert schema.raw_schema["openapi"].startswith("3.1.")


# each answer of these is a run in a process
@(
    schema.exclude(path_regex="/(verify|latency|gradients|training)$")
    .exclude(path_regex="/sweep$", method="POST")
    .parametrize()
)
@settings(max_examples=5)  # beside the hundreds of cases at the edges of every parameter, which are not counted here
def test_a_door_does_what_its_description_says(case: Case[Any]) -> None:
    case.call_and_validate()


def test_verify_answers_what_its_description_says(client: TestClient) -> None:
    operation = schema["/api/v1/networks/{id}/verify"]["GET"]
    for query, status in (("", 200), ("?classes=0", 422)):
        answer = client.get(f"{NETWORK}/verify{query}")
        assert answer.status_code == status
        operation.validate_response(answer)
