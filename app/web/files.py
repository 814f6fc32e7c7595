"""The static files; those of text are compressed once, when they are first asked for."""

import asyncio
import os
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Receive, Scope, Send

from app.web.encoding import BEST, compress, mark, offered, wish


class Files(StaticFiles):
    """As Starlette serves them, and compressed to whom wants it."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        asked = Headers(scope=scope)
        response = _Compressed(full_path, status_code, stat_result=stat_result)
        coding = wish(asked.getlist("accept-encoding")).of(stat_result.st_size) if offered(response.headers) else ""
        if coding:
            mark(response.headers, coding)
        response.headers["Cache-Control"] = "public, no-cache"
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, asked) else response


class _Compressed(FileResponse):
    """A file, compressed if its headers say so."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        coding = self.headers.get("content-encoding")
        if coding is None:
            await super().__call__(scope, receive, send)
            return
        known = self.stat_result
        assert known
        body = await asyncio.to_thread(_body, os.fspath(self.path), coding, known.st_mtime_ns, known.st_size)
        self.headers["Content-Length"] = str(len(body))
        await Response(body, self.status_code, self.headers)(scope, receive, send)


@lru_cache(128)
def _body(path: str, coding: str, mtime_ns: int, size: int) -> bytes:  # noqa: ARG001 - they tell one state of a file from the next
    return compress(Path(path).read_bytes(), coding, BEST)
