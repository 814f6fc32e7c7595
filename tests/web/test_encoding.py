"""Compression: who wants it, what is sent, under which tag. The judge of the bytes is Python's gzip."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import brotli
import pytest
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from app.settings import Settings
from app.web.transport.answers import Answers
from app.web.transport.encoding import Wish, wish
from app.web.transport.files import Files, digest
from app.web.transport.http import Http
from app.web.transport.metrics import Metrics
from tests.web.doors import API, CACHED, GETS, NETWORK

PLAIN, GZIP, BROTLI = ({"Accept-Encoding": coding} for coding in ("identity", "gzip", "br"))
UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress}
LARGE = "/static/vendor/swagger-ui-bundle.js"
SWEEP = "/networks/{id}/sweep"
TINY = (
    "/healthz", "/static/icon.svg", f"{NETWORK}/spec.json",
    *(GETS[f"{API}{path}"] for path in ("/size", "/networks/{id}/figures", "/networks/{id}/fit", SWEEP)),
)  # fmt: skip
ONNX = f"{NETWORK}/model.onnx"
PICTURE = GETS["/learn/pictures/{version}/{name}.png"]
TEXTS = (
    *(address for address in CACHED if address not in (*TINY, ONNX, PICTURE)),
    LARGE,
    "/zh/",
    "/networks/googlenet/live/wide/4e",
)
FEW = ("/", NETWORK, "/static/css/tokens.css", LARGE, "/networks/googlenet/live/wide/4e")


def raw(client: TestClient, address: str, headers: dict[str, str]) -> bytes:
    """The body as it was sent."""
    with client.stream("GET", address, headers=headers) as answer:
        return b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("accepted", "coding", "smallest"),
    [
        ([], "", 0),
        ([""], "", 0),
        (["identity"], "", 0),
        (["deflate, zstd"], "", 0),
        (["gzip"], "gzip", 1024),
        (["GZip"], "gzip", 1024),
        (["x-gzip"], "gzip", 1024),
        (["br"], "br", 1024),
        (["gzip, deflate, br, zstd"], "br", 1024),
        (["br", "gzip"], "br", 1024),
        (["gzip", "br;q=0.9"], "gzip", 1024),
        (["br;q=0, gzip"], "gzip", 1024),
        (["gzip , br ; q=0.5"], "gzip", 1024),
        (["gzip;Q=0.001"], "gzip", 1024),
        (["gzip;q=1.000"], "gzip", 1024),
        (["gzip;q=0"], "", 0),
        (["br;q=0, gzip;q=0"], "", 0),
        (["gzip;q=0.000, *"], "br", 1024),
        (["br;q=0, gzip;q=0.000, *"], "", 0),
        (["*"], "br", 1024),
        (["gzip;q=1, *;q=0.1"], "gzip", 1024),
        (["*;q=0"], "", 0),
        (["gzip, *;q=0"], "gzip", 1),
        (["br, identity;q=0"], "br", 1),
        (["*, identity;q=0"], "br", 1),
        (["identity;q=0"], "", 0),
        (["gzip;q=0.5, identity"], "", 0),
        (["gzip;q=0.5, identity;q=0.4"], "gzip", 1024),
        (["br;q=0.5, identity;q=0.5"], "br", 1024),
        (["gzip;q=0.5, br;q=0.5, *"], "", 0),
        (["gzip;q=2"], "", 0),
        (["gzip;q=-1"], "", 0),
        (["br;q=0.1234"], "", 0),
        (["gzip;q="], "", 0),
        (["gzipped, ungzip, brotli"], "", 0),
        (["nonsense;;q, gzip"], "gzip", 1024),
    ],
    ids=str,
)
def test_what_a_client_wants(accepted: list[str], coding: str, smallest: int) -> None:
    assert wish(accepted) == Wish(coding, smallest)
    assert wish(accepted).of(2048) == coding


@pytest.mark.parametrize("coding", UNPACK)
@pytest.mark.parametrize("address", TEXTS)
def test_a_compressed_body_is_the_plain_one_made_smaller(client: TestClient, address: str, coding: str) -> None:
    asked = {"Accept-Encoding": coding}
    plain, packed = client.get(address, headers=PLAIN), client.get(address, headers=asked)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == coding
    sent = raw(client, address, asked)
    assert UNPACK[coding](sent) == plain.content == raw(client, address, PLAIN)
    assert int(packed.headers["content-length"]) == len(sent) < 0.7 * len(plain.content)
    assert int(plain.headers["content-length"]) == len(plain.content)
    for answer in (plain, packed):
        assert answer.headers["vary"] == "Accept-Encoding"
    alike = ("content-type", "cache-control", "content-security-policy")
    assert [packed.headers.get(name) for name in alike] == [plain.headers.get(name) for name in alike]


@pytest.mark.parametrize("address", TEXTS)
def test_each_encoding_has_a_strong_tag_of_its_own(client: TestClient, address: str) -> None:
    tags = [client.get(address, headers=accepted).headers["etag"] for accepted in (PLAIN, GZIP, BROTLI)]
    assert len(set(tags)) == 3
    assert all(tag[0] == tag[-1] == '"' for tag in tags)
    plain, packed, brotlied = tags
    for accepted, own, other in ((PLAIN, plain, packed), (GZIP, packed, brotlied), (BROTLI, brotlied, plain)):
        for known in (own, f"W/{own}", f"{other}, {own}", "*"):
            answer = client.get(address, headers=accepted | {"If-None-Match": known})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", own), known
            assert answer.headers["vary"] == "Accept-Encoding"
            assert "content-encoding" not in answer.headers
        # the other's bytes are not what this client would be sent
        assert client.get(address, headers=accepted | {"If-None-Match": other}).status_code == 200


@pytest.mark.parametrize("accepted", [PLAIN, GZIP, BROTLI], ids=str)
@pytest.mark.parametrize("address", [*FEW, "/?x=1", "/nowhere"])
def test_head_tells_what_get_would_send(client: TestClient, address: str, accepted: dict[str, str]) -> None:
    got, headed = client.get(address, headers=accepted), client.head(address, headers=accepted)
    assert headed.headers == got.headers
    assert headed.content == b""


@pytest.mark.parametrize("address", ["/static/vendor/fonts/inter.woff2", "/static/explorer.png", ONNX, *TINY])
def test_what_is_packed_already_or_tiny_goes_as_it_is(client: TestClient, address: str) -> None:
    answer = client.get(address, headers=GZIP)
    assert "content-encoding" not in answer.headers
    assert answer.content == raw(client, address, GZIP)
    assert ("vary" in answer.headers) == (not address.endswith(("woff2", "png", "onnx")))


def test_who_refuses_the_plain_body_gets_a_tiny_one_compressed(client: TestClient) -> None:
    for address in TINY:
        sent = raw(client, address, {"Accept-Encoding": "gzip, identity;q=0"})
        assert gzip.decompress(sent) == client.get(address, headers=PLAIN).content


def test_refusals_and_answers_to_sent_bodies_are_compressed_too(client: TestClient) -> None:
    refused = client.get("/?input=5", headers=GZIP)
    described = client.get(f"{NETWORK}/spec.json").json()
    posted = client.post(f"{API}/analysis", json=described, headers=GZIP)
    for answer, status in ((refused, 422), (posted, 200)):
        assert answer.status_code == status
        assert answer.headers["content-encoding"] == "gzip"
        assert "etag" not in answer.headers
    assert posted.json()["totals"]["params"] == 6_998_552


def test_a_file_is_compressed_once_and_again_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[bytes] = []

    def compress(body: bytes, _coding: str, _effort: int) -> bytes:
        packed.append(body)
        return gzip.compress(body)

    monkeypatch.setattr("app.web.transport.files.compress", compress)
    client = TestClient(Starlette(routes=[Mount("/", Files(tmp_path, "0" * 16, Settings()))]), headers=GZIP)
    one, other = b"one " * 1000, b"other " * 1000
    (tmp_path / "a.css").write_bytes(one)
    tags = [client.get("/a.css").headers["etag"] for _ in range(3)]
    assert packed == [one]
    (tmp_path / "a.css").write_bytes(other)
    answer = client.get("/a.css", headers={"If-None-Match": tags[0]})
    assert (answer.status_code, answer.content) == (200, other)
    assert packed == [one, other]


def test_streams_and_what_is_encoded_already_pass() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"a" * 5000
        yield b"b" * 5000

    app = Starlette(
        routes=[
            Route("/stream", lambda _: StreamingResponse(parts(), media_type="text/csv")),
            Route(
                "/packed", lambda _: Response(b"x" * 5000, headers={"Content-Encoding": "own"}, media_type="text/css")
            ),
        ]
    )
    client = TestClient(Http(Settings(), answers := Answers(10**6), Metrics(answers)).around(app), headers=GZIP)
    streamed = client.get("/stream")
    assert streamed.content == b"a" * 5000 + b"b" * 5000
    assert "content-encoding" not in streamed.headers
    assert raw(client, "/packed", GZIP) == b"x" * 5000


def test_a_file_under_its_version_lasts_and_no_other_does(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text("a")
    version = digest(tmp_path)
    client = TestClient(Starlette(routes=[Mount("/", Files(tmp_path, version, Settings()))]))
    for path, lasts in (
        (f"/{version}/css/a.css", True),
        (f"/{'0' * 16}/css/a.css", False),
        ("/css/a.css", False),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (200, "a")
        assert ("immutable" in answer.headers["cache-control"]) is lasts
        assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert client.get(f"/{version}/css/b.css").status_code == 404
    (tmp_path / "css" / "a.css").write_text("b")
    assert digest(tmp_path) != version


def test_pages_ask_for_files_that_last(client: TestClient) -> None:
    asked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text))
    assert len(asked) > 10
    for address in asked:
        assert "immutable" in client.get(address).headers["cache-control"], address
