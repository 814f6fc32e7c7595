"""The application: wires the doors and the pages to what they share."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from app.errors import ExplorerError
from app.lab.cluster import Cluster
from app.lab.jobs import Jobs
from app.lab.process import Process
from app.lab.workers import Bench, Workers
from app.settings import Settings
from app.web.api import api
from app.web.clouds import Clouds
from app.web.jobs import jobs
from app.web.openapi import description
from app.web.pages import pages
from app.web.problems import answer_error, answer_http
from app.web.root import root
from app.web.space import space
from app.web.templates import ENVIRONMENT, ROOT, STATIC
from app.web.transport.answers import Answers
from app.web.transport.files import Files
from app.web.transport.http import Http
from app.web.transport.metrics import Metrics, at_work
from app.web.transport.stream import Streams

_THREADS = 4
"""For what is made beside the event loop: they share one lock with it, and of forty it would get little of the time."""


_COLLECTED = (7_000, 10, 10)
"""How often the collector looks for cycles: answers make few, and Python’s own 700 objects cost them a seventh."""


class _Explorer(FastAPI):
    """Gives what is kept before the framework's own layers, which cost a tenth of that; unless they are to trace it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        quick = scope["type"] == "http" and not self.state.settings.tracing
        if not quick or not await self.state.http.gave(scope, send):
            await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole application, with settings from the environment unless they are given."""
    chosen = settings or Settings()
    app = _Explorer(
        title="Inception Explorer",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        telemetry={"tracing": chosen.tracing, "metrics": False},
    )
    app.state.settings = chosen
    app.state.workers = Workers([Process(chosen.verify_seconds, chosen.verify_memory_mb)], chosen.verify_waiting)
    app.state.jobs = Jobs(Workers(_benches(chosen), chosen.jobs_running), chosen)
    app.state.streams = Streams(chosen)
    answers = Answers(chosen.cache_mb * 10**6)
    app.state.metrics = Metrics(answers, partial(at_work, app.state.jobs, app.state.streams))
    app.state.ready = True
    app.state.http = Http(chosen, answers, app.state.metrics)
    app.add_middleware(app.state.http.around)
    app.state.clouds = Clouds()
    app.add_exception_handler(ExplorerError, answer_error)
    app.add_exception_handler(HTTPException, answer_http)
    for router in (root, api, space, jobs, pages):
        app.include_router(router)
    app.mount("/static", Files(ROOT / "static", STATIC, chosen), name="static")
    return app


def _benches(chosen: Settings) -> Sequence[Bench]:
    """Where jobs run: on this machine, or on a cluster."""
    limits = chosen.job_seconds, chosen.job_memory_mb
    if chosen.dask_scheduler:
        return [Cluster(chosen.dask_scheduler, *limits)] * chosen.jobs_running
    return [Process(*limits) for _ in range(chosen.jobs_running)]


def _prepare(app: FastAPI) -> None:
    """Makes what the first to ask would else wait for, and everybody with them: it takes the event loop a second."""
    for name in ENVIRONMENT.list_templates():
        ENVIRONMENT.get_template(name)
    description(app)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    _prepare(app)
    current_default_thread_limiter().total_tokens = _THREADS
    gc.collect()
    gc.freeze()  # what stands now stays: the collector need not walk it again
    gc.set_threshold(*_COLLECTED)
    warming = asyncio.create_task(app.state.workers.warm()) if app.state.settings.warm_lab else None
    yield
    app.state.streams.close()
    app.state.jobs.close()
    app.state.workers.close()
    if warming:
        warming.cancel()
