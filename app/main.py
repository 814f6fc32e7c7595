"""The application: wires the doors and the pages to what they share."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from app.errors import ExplorerError
from app.lab.workers import Workers
from app.settings import Settings
from app.web.api import api
from app.web.http import Http
from app.web.pages import pages
from app.web.problems import answer_error, answer_http
from app.web.root import root
from app.web.templates import ROOT


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole application, with settings from the environment unless they are given."""
    chosen = settings or Settings()
    app = FastAPI(
        title="Inception Explorer",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        telemetry={"tracing": False, "metrics": False},
    )
    app.state.settings = chosen
    app.state.workers = Workers(chosen.verify_seconds, chosen.verify_memory_mb, chosen.verify_waiting)
    app.add_middleware(Http, settings=chosen)
    app.add_exception_handler(ExplorerError, answer_error)
    app.add_exception_handler(HTTPException, answer_http)
    for router in (root, api, pages):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=ROOT / "static"), name="static")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    gc.collect()
    gc.freeze()  # what stands now stays: the collector need not walk it again
    warming = asyncio.create_task(app.state.workers.warm()) if app.state.settings.warm_lab else None
    yield
    app.state.workers.close()
    if warming:
        warming.cancel()
