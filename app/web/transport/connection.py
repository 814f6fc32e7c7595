"""How requests arrive: within limits of time, size and number, which uvicorn lacks; and what it refuses by itself."""

from asyncio import Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.settings import Settings
from app.web.problems import problem
from app.web.transport.http import SECURITY
from app.words import Phrase, language, phrase

_PIECE, _AHEAD = 1024, 32
"""Bytes that are read at once, and requests that may wait behind one that is being answered: each is kept in memory."""


class Connection(HttpToolsProtocol):
    """One connection. The head of a request must come in time and be short enough; bodies are the doors' affair."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """As uvicorn's, if there is room."""
        self._limits: Settings = self.config.app.state.settings  # type: ignore[union-attr]
        self._patience: Any = None
        self._stalled: Any = None
        self._length = 0
        """Of a head that is not complete, bytes; 0 where none is awaited."""
        super().connection_made(transport)
        most, theirs = self._limits.max_connections, self._limits.max_connections_per_client
        if len(self.connections) > most:
            self._refuse(503, phrase("{most} connections are open", most=most))
        elif len(self.connections) > theirs and self._has_more_than(theirs):
            self._refuse(429, phrase("{most} connections of yours are open", most=theirs))
        else:
            self._length = 1
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """As uvicorn's."""
        self._arrived()
        self._took()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """As uvicorn's, while the head is short enough; a body that comes with it is none of it."""
        most, at = self._limits.max_head_bytes, 0
        while at < len(data) and not self.transport.is_closing():
            piece = data[at : at + (min(_PIECE, most + 1 - self._length) if self._length else _PIECE)]
            at += len(piece)
            self._length += len(piece) if self._length else 0
            super().data_received(piece)
            if self._length > most:
                self._refuse(431, phrase("the head of a request may have {most:,} bytes", most=most))
            if len(self.pipeline) > _AHEAD:
                self.transport.close()
        if self._length:  # the rest of a head: most come in one piece, and need no clock
            self._wait()

    def pause_writing(self) -> None:
        """The client does not take what it is sent: not for long."""
        super().pause_writing()
        self._stalled = self._stalled or self.loop.call_later(self._limits.send_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It has taken it."""
        super().resume_writing()
        self._took()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._length = self._length or 1

    def on_header(self, name: bytes, value: bytes) -> None:
        """As uvicorn's, in a head; behind a body nobody asks for it, and it would be kept."""
        if self._length:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The last of its head."""
        self._arrived()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Who has its answer before its body came is not listened to any longer."""
        unheard = self.cycle.more_body
        super().on_response_complete()
        if unheard:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own words
        """What the parser cannot read: an address beyond what it can hold, or no HTTP at all."""
        most = self._limits.max_url_bytes
        if len(self.url or b"") > most:
            self._refuse(414, phrase("the address has more than {most:,} bytes", most=most))
        else:
            self._refuse(400, phrase("this is not HTTP"))

    def _has_more_than(self, most: int) -> bool:
        """Whether so many are this client's; a proxy has those of all its clients."""
        if not self.client or self.client[0] in self.config.loaded_app.trusted_hosts:
            return False
        hosts = [each.client[0] for each in self.connections if isinstance(each, Connection) and each.client]
        return hosts.count(self.client[0]) > most

    def _wait(self) -> None:
        if self._patience is None and not self.transport.is_closing():
            self._patience = self.loop.call_later(self._limits.head_seconds, self._give_up)

    def _arrived(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self._patience, self._length = None, 0

    def _took(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
        self._stalled = None

    def _give_up(self) -> None:
        if self._length > 1:
            self._refuse(
                408, phrase("the head of the request took more than {most:g} s", most=self._limits.head_seconds)
            )
        else:  # nothing was asked
            self.transport.close()

    def _refuse(self, status: int, detail: Phrase) -> None:
        """Answers by itself, as the application would, and hangs up; says nothing where another answer is due first."""
        self._arrived()
        if self.transport.is_closing():
            return
        last: Any = self.cycle  # the request that was read last, or is being read
        due = last is not None and not last.response_complete
        if due and (self.pipeline or last.response_started or not last.more_body):
            self.transport.close()
            return
        language.set("en")
        answer = problem(status, detail, headers=SECURITY | {"Connection": "close"})
        if status in (429, 503):
            answer.headers["Retry-After"] = "5"
        head = b"".join(b"%b: %b\r\n" % each for each in answer.raw_headers)
        self.transport.write(
            STATUS_LINE.get(status, b"HTTP/1.1 %d \r\n" % status) + head + b"\r\n" + bytes(answer.body)
        )
        self.transport.close()
