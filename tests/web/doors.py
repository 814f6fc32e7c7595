"""An address for every route there is, and what every answer is held to."""

import re
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import Response
from starlette.testclient import TestClient

from app.render.story.gabor import VERSION

API = "/api/v1"
NETWORK = f"{API}/networks/googlenet"
JOB = f"{API}/jobs/example"
"""A job that has ended; the application of the tests has it."""
GETS = {
    "/": "/",
    "/about": "/about",
    "/compare": "/compare?left=googlenet&right=torchvision%3Faux%3Doff",
    "/counts": "/counts",
    "/docs": "/docs",
    "/lab": "/lab",
    "/learn": "/learn",
    "/learn/pictures/{version}/{name}.png": f"/learn/pictures/{VERSION}/photo-china.png",
    "/learn/{slug}": "/learn/reduction",
    "/healthz": "/healthz",
    "/module": "/module?input=192x28x28&widths=naive:64,128,32",
    "/module.svg": "/module.svg?input=192x28x28&widths=naive:64,128,32",
    "/networks/{id}": "/networks/torchvision",
    "/networks/{id}/code": "/networks/googlenet/code",
    "/networks/{id}/layers/{path}": "/networks/googlenet/layers/conv1",
    "/networks/{id}/live/{width}/{module}": "/networks/googlenet/live/narrow/3a",
    "/networks/{id}/map.svg": "/networks/googlenet/map.svg",
    "/networks/{id}/modules/{module}": "/networks/googlenet/modules/3a",
    "/networks/{id}/modules/{module}/drawing.svg": "/networks/googlenet/modules/3a/drawing.svg",
    "/networks/{id}/seal": "/networks/googlenet/seal",
    "/metrics": "/metrics",
    "/openapi.json": "/openapi.json",
    "/readyz": "/readyz",
    "/size": "/size",
    "/space": "/space",
    "/space.csv": "/space.csv?vary=width:0.5:1.5:0.01",
    "/space/figure": "/space/figure?vary=width:0.5:1:0.1",
    "/space/progress": "/space/progress?vary=width:0.5:1:0.1",
    "/static": "/static/css/tokens.css",
    f"{API}/compare": f"{API}/compare?left=googlenet&right=torchvision%3Faux%3Doff",
    f"{API}/jobs/{{job}}": JOB,
    f"{API}/jobs/{{job}}/events": f"{JOB}/events",
    f"{API}/jobs/{{job}}/figures/{{name}}": f"{JOB}/figures/loss",
    f"{API}/jobs/{{job}}/rows.csv": f"{JOB}/rows.csv",
    f"{API}/module": f"{API}/module?input=192x28x28&widths=64,96,128,16,32,32",
    f"{API}/networks": f"{API}/networks",
    f"{API}/networks/{{id}}": NETWORK,
    f"{API}/networks/{{id}}/counts": f"{NETWORK}/counts",
    f"{API}/networks/{{id}}/figures": f"{NETWORK}/figures",
    f"{API}/networks/{{id}}/figures/{{name}}": f"{NETWORK}/figures/macs",
    f"{API}/networks/{{id}}/figures/{{name}}.html": f"{NETWORK}/figures/macs.html",
    f"{API}/networks/{{id}}/layers.csv": f"{NETWORK}/layers.csv",
    f"{API}/networks/{{id}}/layers.md": f"{NETWORK}/layers.md",
    f"{API}/networks/{{id}}/layers.tex": f"{NETWORK}/layers.tex",
    f"{API}/networks/{{id}}/model.onnx": f"{NETWORK}/model.onnx",
    f"{API}/networks/{{id}}/model.py": f"{NETWORK}/model.py",
    f"{API}/networks/{{id}}/modules/{{module}}": f"{NETWORK}/modules/3a",
    f"{API}/networks/{{id}}/fit": f"{NETWORK}/fit?max_params=2000000",
    f"{API}/networks/{{id}}/sensitivity": f"{NETWORK}/sensitivity",
    f"{API}/networks/{{id}}/spec.json": f"{NETWORK}/spec.json",
    f"{API}/networks/{{id}}/sweep": f"{NETWORK}/sweep",
    f"{API}/networks/{{id}}/table1": f"{NETWORK}/table1",
    f"{API}/networks/{{id}}/verify": f"{NETWORK}/verify",
    f"{API}/size": f"{API}/size?op=conv&input=28&kernel=5&stride=1&padding=2",
}
"""Of every route that is read, one address that answers 200."""
STARTS = {f"{API}/networks/{{id}}/{kind}": f"{NETWORK}/{kind}" for kind in ("latency", "gradients", "training")}
"""Of every route that starts a job, its address."""
POSTS = {
    f"{API}/analysis": f"{API}/analysis",
    "/lab/{kind}": "/lab/training?network=googlenet",
    "/lab/jobs/{job}/cancel": f"/lab/jobs/{JOB.rpartition('/')[2]}/cancel?network=googlenet",
    f"{API}/networks/{{id}}/sweep": f"{NETWORK}/sweep?vary=classes:1:2:1",
    **STARTS,
}
"""Of every route that is sent to, its address."""
DELETES = {f"{API}/jobs/{{job}}": JOB}
"""Of every route that takes away, its address."""
UNCACHED = (
    "/healthz", "/lab", "/metrics", "/readyz", "/networks/googlenet/seal", GETS["/space/progress"], f"{NETWORK}/verify",
    JOB, f"{JOB}/events", f"{JOB}/figures/loss", f"{JOB}/rows.csv",
)  # fmt: skip
"""Answers that depend on the moment."""
CACHED = tuple(address for address in GETS.values() if address not in UNCACHED)
STATES = tuple(address for path, address in GETS.items() if path.startswith(f"{API}/networks/{{id}}"))
"""Doors of the API that take a state, addressed without one."""


def asking(address: str, query: str) -> str:
    """An address with more in its query."""
    return f"{address}{'&' if '?' in address else '?'}{query}"


SECURITY = (
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
)
"""What every answer carries."""


def routes(app: FastAPI) -> dict[str, set[str]]:
    """Every route of an application and its methods, pages and mounted files included."""
    found: dict[str, set[str]] = {}
    for each in iter_route_contexts(app.routes):
        assert each.path is not None
        found.setdefault(each.path, set()).update(each.methods or {"GET"})
    return found


def check_security(answer: Response) -> None:
    """The headers that no answer may lack."""
    missing = [name for name in SECURITY if name not in answer.headers]
    assert not missing, f"{answer.request.method} {answer.request.url}: {answer.status_code} without {missing}"
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {"base-uri", "form-action", "frame-ancestors"} <= set(policy)
    assert policy["frame-ancestors"] == "'none'"
    assert not re.search(r"unsafe-(inline|eval)|\*|https?:", " ".join(policy.values()))
    assert answer.headers["x-content-type-options"] == "nosniff"


def check_problem(answer: Response, status: int) -> Any:
    """An error as the contract words it; gives its body."""
    assert answer.status_code == status, f"{answer.request.url}: {answer.status_code} {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    check_security(answer)
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    assert all(body[name] for name in ("type", "title", "detail"))
    for error in body["errors"]:
        assert set(error) == {"field", "received", "allowed"}
        assert error["allowed"]
    return body


def read(client: TestClient, address: str) -> Any:
    """A good answer's JSON."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()
