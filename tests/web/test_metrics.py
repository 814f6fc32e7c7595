"""What the server counts of itself, read by Prometheus' own parser."""

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.web.doors import NETWORK, check_problem


def read(client: TestClient) -> dict[str, dict[tuple[str, ...], float]]:
    """Samples by name and the values of their labels, in the order of the labels' names."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


def test_requests_are_counted_by_route_and_status_and_what_was_kept_apart() -> None:
    client = TestClient(create_app(Settings(warm_lab=False)))
    before = read(client)
    assert before["explorer_kept_bytes"][()] == 0
    for address in (NETWORK, NETWORK, f"{NETWORK}?x=1", "/nowhere"):
        client.get(address)
    counts = read(client)
    made = counts["explorer_request_seconds_count"]
    assert made["GET", "/api/v1/networks/{id}", "200"] == 1
    assert made["GET", "/api/v1/networks/{id}", "422"] == 1
    assert made["GET", "none", "404"] == 1
    assert counts["explorer_kept_answers_total"][()] == 1
    assert counts["explorer_kept_bytes"][()] > 70_000


def test_whatever_is_asked_for_is_no_label() -> None:
    """Labels are kept for ever, so no visitor may make new ones."""
    client = TestClient(create_app(Settings(warm_lab=False)))
    for at in range(5):
        client.get(f"/nowhere/{at}")
        client.request(f"BREW{at}", f"/networks/{at}")
    labels = set(read(client)["explorer_request_seconds_count"])
    assert {route for _, route, _ in labels} <= {"none", "/metrics", "/networks/{id}"}
    assert {method for method, _, _ in labels} == {"GET", "other"}


def test_a_server_that_stops_is_not_ready() -> None:
    app = create_app(Settings(warm_lab=False))
    client = TestClient(app)
    assert client.get("/readyz").json() == {"status": "ok"}
    app.state.ready = False
    assert "stopping" in check_problem(client.get("/readyz"), 503)["detail"]
    assert client.get("/healthz").status_code == 200
