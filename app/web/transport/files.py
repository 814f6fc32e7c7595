"""The static files: under an address of their state that lasts, those of text compressed once, when first asked for."""

import asyncio
import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Receive, Scope, Send

from app.settings import Settings
from app.web.transport.answers import page_control
from app.web.transport.encoding import BEST, compress, mark, offered, wish


def digest(folder: Path) -> str:
    """Of all that a folder holds: what is asked for under it is never another."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    held = hashlib.blake2b(digest_size=8)
    for file in files:
        held.update(b"%s\0%d\0%s" % (str(file.relative_to(folder)).encode(), file.stat().st_size, file.read_bytes()))
    return held.hexdigest()


class Files(StaticFiles):
    """As Starlette serves them, and compressed to whom wants it.

    Args:
        directory: that holds them.
        version: its digest. Each file is there under it too, as `/{version}/css/…`, and caches need not ask again;
            one that a page of another version asks for is the one of now.
        settings: how long caches may keep the others.
    """

    def __init__(self, directory: Path, version: str, settings: Settings) -> None:
        super().__init__(directory=directory)
        self._version, self._control = version, page_control(settings)

    def get_path(self, scope: Scope) -> str:
        """Without the version."""
        path = super().get_path(scope)
        version, _, rest = path.partition("/")
        scope["lasting"] = version == self._version
        return rest if re.fullmatch("[0-9a-f]{16}", version) else path

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        asked = Headers(scope=scope)
        response = _Compressed(full_path, status_code, stat_result=stat_result)
        coding = wish(asked.getlist("accept-encoding")).of(stat_result.st_size) if offered(response.headers) else ""
        if coding:
            mark(response.headers, coding)
        lasting = scope.get("lasting", False)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else self._control
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
