"""What every answer shares, held over all routes: a route that is not in `doors` fails the first test."""

import asyncio

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message

from tests.web.doors import API, CACHED, DELETES, GETS, NETWORK, POSTS, UNCACHED, check_problem, check_security, routes

NO_FIGURE = tuple(address for address in GETS.values() if not address.endswith("macs.html"))


def test_every_route_is_held_to_what_stands_here(app: FastAPI) -> None:
    read = {path for path, methods in routes(app).items() if "GET" in methods}
    sent = {path for path, methods in routes(app).items() if methods - {"GET", "HEAD"}}
    assert read == set(GETS)
    assert sent == set(POSTS) | set(DELETES)


@pytest.mark.parametrize("address", CACHED)
def test_an_answer_has_a_strong_tag_and_caches_may_keep_it(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    tag = answer.headers["etag"]
    assert tag[0] == tag[-1] == '"'
    assert len(tag) > 10
    assert client.get(address).headers["etag"] == tag
    if not address.startswith("/static"):
        assert "public" in answer.headers["cache-control"].split(", ")


@pytest.mark.parametrize("address", CACHED)
def test_a_tag_that_is_known_already_gives_304_without_a_body(client: TestClient, address: str) -> None:
    tag = client.get(address).headers["etag"]
    for asked in (tag, f"W/{tag}", f'"other", {tag}', f'W/"x" ,W/{tag},"y"', f"  {tag}", "*", f'"a,b", {tag}'):
        for method in ("GET", "HEAD"):
            answer = client.request(method, address, headers={"If-None-Match": asked})
            assert (answer.status_code, answer.content) == (304, b""), (method, asked)
            assert answer.headers["etag"] == tag
            assert "content-type" not in answer.headers
            check_security(answer)


@pytest.mark.parametrize("address", CACHED)
def test_another_tag_gives_the_whole_answer(client: TestClient, address: str) -> None:
    tag = client.get(address).headers["etag"]
    for asked in ('"other"', f'"x{tag[1:]}', f'{tag[:-1]}x"', 'W/"other", "more"', tag[1:-1], '"*"'):
        answer = client.get(address, headers={"If-None-Match": asked})
        assert answer.status_code == 200, asked
        assert answer.content


def test_tags_on_two_header_lines_are_one_list(client: TestClient) -> None:
    tag = client.get(NETWORK).headers["etag"]
    answer = client.get(NETWORK, headers=[("If-None-Match", '"other"'), ("If-None-Match", tag)])
    assert answer.status_code == 304


def test_a_tag_changes_with_the_answer(client: TestClient) -> None:
    tags = {client.get(address).headers["etag"] for address in (NETWORK, f"{NETWORK}?aux=on", f"{NETWORK}?input=225")}
    assert len(tags) == 3


def test_spellings_of_one_state_share_the_answer(client: TestClient) -> None:
    one = client.get(f"{NETWORK}?input=0256&aux=&width=1.0")
    other = client.get(f"{NETWORK}?input=3x256x256")
    assert one.headers["etag"] == other.headers["etag"]
    assert one.json()["state"] == "input=256"


@pytest.mark.parametrize("address", UNCACHED)
def test_an_answer_of_the_moment_is_not_stored(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"If-None-Match": "*"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


@pytest.mark.parametrize("address", [*NO_FIGURE, "/nowhere", f"{NETWORK}?x=1", f"{API}/size", "/networks/alexnet"])
def test_head_gives_what_get_gives_without_the_body(client: TestClient, address: str) -> None:
    got, headed = client.get(address), client.head(address)
    assert headed.status_code == got.status_code
    assert headed.content == b""
    if address not in (f"{NETWORK}/verify", "/networks/googlenet/seal", "/metrics"):  # their numbers differ
        assert headed.headers == got.headers


@pytest.mark.parametrize("address", ["/", NETWORK, "/static/css/tokens.css", "/nowhere"])
def test_head_sends_no_byte_of_a_body(app: FastAPI, address: str) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()  # the visitor stays, and has nothing more to send
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    # clients and servers drop a body that should not be there, so neither stands between here
    scope = {"type": "http", "method": "HEAD", "path": address, "query_string": b"", "headers": [], "extensions": {}}
    asyncio.run(app(scope, receive, send))
    start, *bodies = sent
    assert int(dict(start["headers"])[b"content-length"]) > 0
    assert bodies
    assert not any(message.get("body") for message in bodies)


@pytest.mark.parametrize("address", GETS.values())
def test_every_answer_carries_the_security_headers(client: TestClient, address: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE", "PUT", "PATCH", "TRACE", "BREW"):
        check_security(client.request(method, address))


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/static/nowhere.css",
        "/networks/alexnet",
        f"{API}/nowhere",
        f"{NETWORK}?x=1",
        "/?x=1",
        f"/{'x' * 9000}",
    ],
)
def test_errors_carry_them_too(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (404, 414, 422)
    check_security(answer)


@pytest.fixture
def crashing(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """An application in which a door has a defect."""
    monkeypatch.setattr("app.web.api.table1", lambda *_: 1 / 0)
    return TestClient(app, raise_server_exceptions=False)


def test_even_a_defect_of_ours_answers_as_a_problem_that_tells_nothing(crashing: TestClient) -> None:
    body = check_problem(crashing.get(f"{NETWORK}/table1?input=97"), 500)  # an address that nobody has asked for
    assert "division" not in str(body)


@pytest.mark.parametrize("address", [address for address in GETS.values() if address.startswith(API)])
def test_any_origin_may_read_the_api(client: TestClient, address: str) -> None:
    for asked in (address, f"{address}{'&' if '?' in address else '?'}x=1"):
        answer = client.get(asked, headers={"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "etag" in answer.headers["access-control-expose-headers"].lower()


def test_a_page_of_another_site_may_ask_before_it_reads(client: TestClient) -> None:
    asks = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    answer = client.options(NETWORK, headers=asks | {"Access-Control-Request-Headers": "if-none-match"})
    assert answer.status_code in (200, 204)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "if-none-match" in answer.headers["access-control-allow-headers"].lower()


def test_nothing_invites_another_site_to_send(client: TestClient) -> None:
    asks = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answer = client.options(f"{API}/analysis", headers=asks | {"Access-Control-Request-Headers": "content-type"})
    assert "POST" not in answer.headers.get("access-control-allow-methods", "")
    assert "content-type" not in answer.headers.get("access-control-allow-headers", "").lower()


@pytest.mark.parametrize("address", POSTS.values())
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://testserver:81"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "testserver"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
    ids=str,
)
def test_another_sites_page_may_not_send(client: TestClient, address: str, headers: dict[str, str]) -> None:
    check_problem(client.post(address, json={}, headers=headers), 403)


@pytest.mark.parametrize("address", DELETES.values())
def test_another_sites_page_may_not_take_away(client: TestClient, address: str) -> None:
    check_problem(client.delete(address, headers={"Sec-Fetch-Site": "cross-site"}), 403)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://testserver"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
    ids=str,
)
def test_programs_and_our_own_pages_may_send(client: TestClient, headers: dict[str, str]) -> None:
    described = client.get(f"{NETWORK}/spec.json").json()
    assert client.post(f"{API}/analysis", json=described, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path", [f"{API}/networks/", "/networks/", "/", "/static/", f"{API}/networks/googlenet?input="]
)
def test_an_address_may_have_8192_bytes_and_no_more(client: TestClient, path: str) -> None:
    fits = path + "0" * (8192 - len(path))
    assert client.get(fits).status_code in (404, 422)
    body = check_problem(client.get(f"{fits}0"), 414)
    assert "8,193" in body["detail"]
    assert "8,192" in body["detail"]


def test_bytes_of_an_address_are_counted_as_sent(client: TestClient) -> None:
    path = f"{NETWORK}?input="
    fits = path + "%30" * ((8192 - len(path)) // 3)
    assert client.get(fits).status_code == 422
    check_problem(client.get(f"{fits}%30"), 414)
