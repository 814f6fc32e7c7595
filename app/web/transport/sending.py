"""Answers on their way: piece by piece, as fast as each client takes them, and within a limit of memory."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Message, Send

from app.web.transport.answers import Answer

PIECE = 5 << 16
"""Bytes that may wait for a client; what is no larger, as the explorer's page, is sent at once and not counted."""


class Sending:
    """The large answers on their way: clients who take nothing keep them in memory.

    Args:
        room: bytes.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._held: Counter[Answer] = Counter()

    def fits(self, answer: Answer) -> bool:
        """Whether there is room for it; for a single one there always is."""
        if answer.size <= PIECE or not self._held:
            return True
        return sum(each.size for each in self._held) + answer.size <= self._room

    @contextmanager
    def held(self, answer: Answer) -> Iterator[None]:
        """While it is sent; to however many, it is there once."""
        self._held[answer] += 1
        try:
            yield
        finally:
            self._held[answer] -= 1
            self._held += Counter()  # those that are sent to nobody are gone


async def in_pieces(send: Send, message: Message) -> None:
    """Sends a part of an answer, of which a server that is given all of it would keep what the client does not take."""
    body, at = message.get("body", b""), 0
    while len(body) - at > PIECE:
        await send({"type": "http.response.body", "body": body[at : at + PIECE], "more_body": True})
        at += PIECE
    await send({**message, "body": body[at:]} if at else message)
