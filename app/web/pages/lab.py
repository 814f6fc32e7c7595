"""The lab: runs of the real network, started from a form, followed while they go on, shown with what they found."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.errors import BadInput, ExplorerError, NotFound, Problem, SizeVanishes, Unavailable, clip
from app.lab.figures import FIGURES, TITLES
from app.lab.findings import Finding, finding
from app.lab.jobs import Job
from app.lab.kinds import KINDS
from app.lab.sweep import Swept
from app.lab.verify import Verification
from app.network.catalog import Network
from app.network.catalog import network as published
from app.network.record import record
from app.network.toy_chain import gain, gradient, output
from app.render.headline import headline
from app.web.address import HOME, STATE_KEYS, scan_query
from app.web.asked import FromAddress
from app.web.body import read_form
from app.web.described import Described
from app.web.jobs import NO_STORE, jobs_of, start_job, verified
from app.web.pages.fields import InputField
from app.web.pages.lab_form import settings_fields
from app.web.pages.read import nearest, read, url
from app.web.problems import status_of
from app.web.templates import page, to
from app.words import phrase, say, sentences

router = APIRouter()

RUNS = {
    "latency": phrase("Latency"),
    "gradients": phrase("Gradients"),
    "training": phrase("Training"),
}
"""Kinds of jobs, in the order of the page."""
LEADS = {
    "latency": phrase("How long inference takes here, layer by layer, beside the naive or reduced twin."),
    "gradients": phrase(
        "What reaches the first layers at the start of training, with the auxiliary heads and without."
    ),
    "training": phrase("The variant made small, trained on scikit-learn's digits, with the heads and without."),
}
HEAD = 0.3
"""Weight of each head's loss (arXiv 1409.4842, §5)."""
OWN = ("network", "verify", *RUNS)
"""Keys of this page beside those of a state: a job's id for each kind, and whether to verify."""


@record
class Run:
    """One kind of run: its form, and the job that the address names."""

    kind: str
    title: str
    lead: str
    fields: tuple[InputField, ...]
    job: Job | None
    message: str
    """What the job says of itself."""
    refusal: str
    """Why there is none, where one was asked for; or nothing."""
    finding: Finding | None
    figures: tuple[tuple[str, str], ...]
    """Name and title of each; none before there is something to draw."""

    @property
    def shown(self) -> Any:
        """What of the result is known."""
        return self.job and (self.job.result or self.job.partial)


@record
class Chain:
    """The vanishing gradient of 22 scalar layers, each of that weight."""

    weight: float
    output: float
    without_heads: float
    """Gradient after the first layer."""
    with_heads: float
    gain: float


@record
class LabPage:
    """Everything on the page."""

    network: str
    query: str
    """`?state` of the variant, or nothing."""
    title: str
    variant: str
    """Address of the variant's own page."""
    address: str
    """Of this page, canonical."""
    problems: tuple[Problem, ...]
    missing: str
    """What this server lacks to make runs, or nothing."""
    verification: Verification | None
    unverified: str
    """Why there is none, where one was asked for; or nothing."""
    plain: str
    """Address of this page without the verification."""
    verify: str
    """Address of this page with the verification."""
    runs: tuple[Run, ...]
    chain: tuple[Chain, ...]

    @property
    def active(self) -> bool:
        return any(run.job and not run.job.ended for run in self.runs)


@router.get("/lab")
async def lab(request: Request) -> HTMLResponse:
    """The lab of a variant, with the jobs that the address names."""
    return await _page(request, {}, {}, 200)


@router.post("/lab/jobs/{job}/cancel")
async def cancel(request: Request, job: str) -> Response:
    """Ends a job, and goes back to the page."""
    jobs_of(request).cancel(job)
    return _back(request)


@router.post("/lab/{kind}")
async def start(request: Request, kind: str) -> Response:
    """Starts a run with the settings of the form; what cannot be is said beside its field."""
    if kind not in RUNS:
        raise NotFound(phrase("run"), kind, ", ".join(RUNS))
    sent = await read_form(request)
    described, _, refused = _described(request)
    if refused:
        return await _page(request, {}, {kind: sent}, 422)
    try:
        settings = KINDS[kind].settings.model_validate({key: value for key, value in sent.items() if value})
        job = await start_job(request, kind, described, settings)
    except ValidationError as error:
        problems = [
            Problem(str(each["loc"][0]) if each["loc"] else "body", str(each["input"]), each["msg"])
            for each in error.errors(include_url=False, include_context=False)
        ]
        return await _page(request, {kind: BadInput(*problems)}, {kind: sent}, 422)
    except (BadInput, Unavailable) as error:
        status, _, headers = status_of(error)
        return await _page(request, {kind: error}, {kind: sent}, status, headers)
    return _back(request, **{kind: job.id})


@record
class Seal:
    """What torch said of a variant."""

    network: Network
    query: str
    verification: Verification


@router.get("/networks/{id}/seal")
async def seal(request: Request, described: FromAddress) -> Response:
    """The variant verified, as a part of its page; where that cannot be, the reason."""
    try:
        verification = await verified(request, described)
    except Unavailable as error:
        status, _, headers = status_of(error)
        said = sentences(say(error.sentences[0]))
        return Response(said, status, headers | NO_STORE, media_type="text/plain; charset=utf-8")
    query = f"?{described.state}" if described.state else ""
    answer = page(request, "partials/seal.html", Seal(described.variant.network, query, verification))
    answer.headers.update(NO_STORE)
    return answer


def _back(request: Request, **changes: str) -> RedirectResponse:
    """To the page as the visitor has it, with another job for a kind; what was verified is not verified again."""
    shown = request.headers.get("hx-current-url", "").partition("#")[0].partition("?")[2]
    query = scan_query(shown or request.url.query, STATE_KEYS.union(OWN))[0] | changes
    query.pop("verify", "")
    return RedirectResponse(to(f"/lab?{urlencode(query, safe=',:')}"), 303)


def _described(request: Request) -> tuple[Described, dict[str, str], tuple[Problem, ...]]:
    """The variant, the page's own keys, and what was refused of either."""
    values, problems = read(request.url.query, OWN)
    own = {key: values.pop(key) for key in OWN if key in values}
    if own.get("verify", "now") != "now":
        problems.append(Problem("verify", own.pop("verify"), "now"))
    described, refused = nearest(request, published(own.get("network", HOME)), values)
    return described, own, (*problems, *refused)


async def _page(
    request: Request,
    errors: Mapping[str, ExplorerError],
    sent: Mapping[str, Mapping[str, str]],
    status: int,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    described, own, problems = _described(request)
    missing, unverified, verification, more = "", "", None, dict(headers or {})
    try:
        request.app.state.workers.ready()
    except Unavailable as error:
        missing = say(error.sentences[0])
    if "verify" in own and not missing and status == HTTPStatus.OK:
        try:
            verification = await verified(request, described)
        except Unavailable as error:
            unverified = say(error.sentences[0])
            status, _, more = status_of(error)
    context = LabPage(
        network=described.network,
        query=f"?{described.state}" if described.state else "",
        title=headline(described.variant),
        variant=url(described.network, described.state),
        address=_address(described, own),
        problems=problems,
        missing=missing,
        verification=verification,
        unverified=unverified,
        plain=_address(described, {key: value for key, value in own.items() if key != "verify"}),
        verify=_address(described, {**own, "verify": "now"}),
        runs=tuple(_run(request, kind, own.get(kind), errors.get(kind), sent.get(kind, {})) for kind in RUNS),
        chain=_chain(),
    )
    answer = page(request, "pages/lab.html", context, 422 if problems and status == HTTPStatus.OK else status)
    answer.headers.update({"Cache-Control": "no-store", **more})
    if answer.status_code == HTTPStatus.OK:
        answer.headers["HX-Push-Url"] = to(context.address)
    return answer


def _chain() -> tuple[Chain, ...]:
    return tuple(
        Chain(w, output(w), gradient(w, 1), gradient(w, 1, HEAD), gain(w, 1, HEAD)) for w in (0.5, 0.9, 1.0, 1.1, 1.5)
    )


def _address(described: Described, own: Mapping[str, str]) -> str:
    mine = {"network": described.network, **{key: own[key] for key in OWN[1:] if key in own}}
    state = f"&{described.state}" if described.state else ""
    return f"/lab?{urlencode(mine)}{state}"


def _run(request: Request, kind: str, id: str | None, error: ExplorerError | None, sent: Mapping[str, str]) -> Run:
    job, refusal = None, ""
    wrong = (  # a size that vanishes is the network's, even where a setting has the same name
        {problem.field: problem for problem in error.problems}
        if isinstance(error, BadInput) and not isinstance(error, SizeVanishes)
        else {}
    )
    known = {field: problem for field, problem in wrong.items() if field in KINDS[kind].settings.model_fields}
    if error and not known:
        refusal = say(error.sentences[0])
    elif id:
        try:
            job = jobs_of(request).find(id)
        except NotFound as gone:
            refusal = say(gone.sentences[0])
    if job and job.kind != kind:
        job, refusal = None, say("{id} is no job of this kind", id=clip(id or ""))
    shown = job and (job.result or job.partial)
    return Run(
        kind=kind,
        title=say(RUNS[kind]),
        lead=say(LEADS[kind]),
        fields=tuple(
            settings_fields(KINDS[kind].settings, sent, known, job.result.settings if job and job.result else None)
        ),
        job=job,
        message=say(job.message) if job else "",
        refusal=refusal,
        finding=finding(shown) if shown and not isinstance(shown, Swept) else None,
        figures=tuple((name, say(TITLES[name])) for name in FIGURES[kind]) if shown else (),
    )
