"""Jobs by HTTP: their start, what is known of them, as often as asked or as events, and their early end."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import TypeAdapter
from starlette.types import Receive, Scope, Send

from app.errors import NotFound
from app.lab.csv import to_csv
from app.lab.figures import FIGURES
from app.lab.jobs import Job, Jobs, Result
from app.lab.kinds import KINDS
from app.lab.runs import Settings
from app.lab.sweep import TASK, SweepSettings
from app.lab.verify import Verification, verify
from app.lab.workers import Workers
from app.render.figures.theme import Figure
from app.web import parameters
from app.web.asked import FromAddress, NetworkId, limits_of, no_parameters, settings_of
from app.web.body import MOST_SETTINGS, read_body
from app.web.described import Described
from app.web.problems import PROBLEM
from app.web.sweep import read_sweep
from app.words import phrase, say

JobId = Annotated[str, Path(description="Id of a job, as its start gave it.", examples=["Zm9yIGV4YW1wbGUhIQ"])]
_JSON = TypeAdapter(Job)


def jobs_of(request: Request) -> Jobs:
    """The jobs of this application."""
    jobs = request.app.state.jobs
    assert isinstance(jobs, Jobs)
    return jobs


async def _of_the_moment(response: Response) -> None:
    """No cache keeps what changes all the time."""
    response.headers["Cache-Control"] = "no-store"


jobs = APIRouter(prefix="/api/v1", tags=["lab"], dependencies=[Depends(_of_the_moment)])


def _door(
    kind: str,
    settings: type[Settings],
    door: Sequence[parameters.Parameter] = (),
    lacks: str = "torch is not installed",
) -> dict[str, Any]:
    """A route that starts a job of that kind."""
    body = {"required": False, "content": {"application/json": {"schema": settings.model_json_schema()}}}
    return {
        "path": f"/networks/{{id}}/{kind}",
        "status_code": 202,
        "openapi_extra": parameters.openapi((*parameters.STATE, *door)) | {"requestBody": body},
        "responses": {
            202: {
                "description": "The job, queued or running.",
                "headers": {"Location": {"description": "The job's address.", "schema": {"type": "string"}}},
            },
            404: PROBLEM | {"description": "No such network."},
            413: PROBLEM | {"description": f"A body over {MOST_SETTINGS:,} bytes."},
            415: PROBLEM | {"description": "A body that is not JSON by its content type."},
            422: PROBLEM | {"description": "A value that cannot be; `errors` names each."},
            429: PROBLEM | {"description": "Too many jobs run and wait, of this client or in all."},
            503: PROBLEM | {"description": f"{lacks}, or the server is stopping."},
        },
    }


@jobs.post(**_door("latency", KINDS["latency"].settings))
async def post_latency(described: FromAddress, request: Request, response: Response) -> Job:
    """Starts a job that times the real network in inference, by layer and branch, beside its naive or reduced twin."""
    return await _start("latency", described, request, response)


@jobs.post(**_door("gradients", KINDS["gradients"].settings))
async def post_gradients(described: FromAddress, request: Request, response: Response) -> Job:
    """Starts a job that measures every convolution's gradient with and without the auxiliary heads' losses."""
    return await _start("gradients", described, request, response)


@jobs.post(**_door("training", KINDS["training"].settings))
async def post_training(described: FromAddress, request: Request, response: Response) -> Job:
    """Starts a job that trains the variant, reduced, on real images, with and without the auxiliary heads' losses."""
    return await _start("training", described, request, response)


@jobs.post(**_door("sweep", SweepSettings, parameters.SWEEP_JOB, "The cluster does not answer"))
async def post_sweep(id: NetworkId, request: Request, response: Response) -> Job:
    """Starts a job that counts a large grid: how many variants fit, and those that no other beats. Needs no torch."""
    ours, limits, query = settings_of(request), limits_of(request), request.url.query
    asked = await run_in_threadpool(read_sweep, id, query, limits, ours.max_job_points, parameters.SWEEP_JOB)
    settings = await read_body(request, SweepSettings, optional=True)
    grid = asked.grid
    address = asked.address if grid.points <= ours.max_sweep_points else None
    call = grid.network.id, grid.choices, tuple(grid.axes), asked.state, address, settings
    start = partial(jobs_of(request).start, _client(request), "sweep", TASK, call, torch=False)
    return _started(await run_in_threadpool(start), response)


NO_STORE = {"Cache-Control": "no-store"}
MISSING: dict[int | str, dict[str, Any]] = {
    404: PROBLEM | {"description": "No such job, or it ended too long ago."},
    422: PROBLEM | {"description": "A parameter; these doors have none."},
}


@jobs.get("/jobs/{job}", dependencies=[Depends(no_parameters)], responses=MISSING)
async def get_job(job: JobId, request: Request) -> Job:
    """What is known of a job; for an hour after its end."""
    return _said(jobs_of(request).find(job))


@jobs.delete("/jobs/{job}", dependencies=[Depends(no_parameters)], responses=MISSING)
async def delete_job(job: JobId, request: Request) -> Job:
    """Cancels a job: its work stops at once. One that has ended stays as it is."""
    return _said(jobs_of(request).cancel(job))


@jobs.get(
    "/jobs/{job}/events",
    dependencies=[Depends(no_parameters)],
    response_class=StreamingResponse,
    responses=MISSING
    | {
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "Server-sent events: the data of each is the job as JSON, as `GET /jobs/{job}` gives it; "
            "while it runs without `partial` where that is the one of the event before.",
        },
        429: PROBLEM | {"description": "As many clients as may follow jobs."},
    },
)
async def get_events(job: JobId, request: Request) -> Response:
    """What is known of a job, now and whenever it changes (ten times a second at most); ends with the job."""
    known = jobs_of(request)
    known.find(job)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx would wait for more
    return _Events(known, job, headers)


@jobs.get(
    "/jobs/{job}/rows.csv",
    dependencies=[Depends(no_parameters)],
    response_class=Response,
    responses=MISSING | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def get_rows(job: JobId, request: Request) -> Response:
    """The rows of a job's result as CSV."""
    return Response(to_csv(_found(request, job)), media_type="text/csv; charset=utf-8", headers=NO_STORE)


@jobs.get("/jobs/{job}/figures/{name}", dependencies=[Depends(no_parameters)], responses=MISSING)
async def get_job_figure(
    job: JobId,
    name: Annotated[str, Path(description="A figure of that kind of job.", examples=["norms"])],
    request: Request,
) -> Figure:
    """A figure of what is known of a job's result, as Plotly JSON."""
    shown, kind = _found(request, job), jobs_of(request).find(job).kind
    figures = FIGURES.get(kind, {})
    if name not in figures:
        raise NotFound(phrase("figure"), name, ", ".join(figures) or phrase("none"))
    return figures[name](shown)


def _found(request: Request, id: str) -> Result:
    """What is known of a job's result.

    Raises:
        NotFound: there is no such job, or nothing known of it yet.
    """
    job = jobs_of(request).find(id)
    found = job.result or job.partial
    if found is None:
        raise NotFound(phrase("result"), id, phrase("that of a job that has found something"))
    return found


async def start_job(request: Request, kind: str, described: Described, settings: Settings) -> Job:
    """A new job of that kind, of the client that asks.

    Raises:
        BadInput: the variant cannot be run so.
        Busy, Unavailable: as `Jobs.start`.
    """
    call = KINDS[kind].arguments(described.variant, described.address, settings)
    # a cluster that has to be reached first may take seconds
    return await run_in_threadpool(jobs_of(request).start, _client(request), kind, KINDS[kind].task, call)


async def verified(request: Request, described: Described) -> Verification:
    """The variant as torch has it, against its analysis.

    Raises:
        Unavailable: as `Workers.run`.
    """
    workers = request.app.state.workers
    assert isinstance(workers, Workers)
    return await verify(workers, described.variant.spec, described.analysis, described.address)


async def _start(kind: str, described: Described, request: Request, response: Response) -> Job:
    settings = await read_body(request, KINDS[kind].settings, optional=True)
    return _started(await start_job(request, kind, described, settings), response)


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


def _started(job: Job, response: Response) -> Job:
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return _said(job)


class _Events(StreamingResponse):
    """What is known of a job, until its end or until nobody listens."""

    media_type = "text/event-stream"

    def __init__(self, known: Jobs, id: str, headers: Mapping[str, str]) -> None:
        super().__init__(_events(known, id), headers=headers)
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._known.followed(_client(Request(scope))):
            await super().__call__(scope, receive, send)


async def _events(known: Jobs, id: str) -> AsyncIterator[bytes]:
    partial = None
    async for job in known.follow(id):
        same = job.partial is not None and job.partial is partial and not job.ended
        partial = job.partial
        said = _JSON.dump_json(_said(job), exclude={"partial"} if same else None)
        yield format_sse_event(data_str=said.decode())


def _said(job: Job) -> Job:
    """In the language of the request."""
    return replace(job, message=say(job.message))
