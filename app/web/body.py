"""JSON that is sent to us: named as such, not too long, and what its model says."""

import asyncio
import json
from collections import Counter
from itertools import islice
from typing import TypeVar
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from pydantic import BaseModel, ValidationError

from app.errors import BadInput, Problem, Unavailable, clip
from app.web.asked import settings_of
from app.words import phrase

Model = TypeVar("Model", bound=BaseModel)
Value = TypeVar("Value")
MOST_SETTINGS = 16_384
"""Bytes of a body that only holds settings."""


class _Large:
    """How many bodies that are larger may be on their way at once."""

    MOST = 32
    coming = 0


async def read_body(request: Request, model: type[Model], optional: bool = False) -> Model:
    """What the body describes; where it may be left out, the defaults.

    Raises:
        HTTPException: 413 where it is too long, 415 where its content type is not JSON.
        BadInput: it is no JSON, lacks a field, has one too many, one twice, or one of the wrong type.
    """
    body = await _whole(request, settings_of(request).max_body_bytes if not optional else MOST_SETTINGS)
    if optional and not body:
        return model()
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, f"the body is {media_type or 'of no type'}; application/json is allowed")
    try:
        read = model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise BadInput(
            *(
                Problem(".".join(map(str, each["loc"])) or "body", _shown(each["input"]), each["msg"])
                for each in error.errors(include_url=False, include_context=False)[: BadInput.MOST]
            )
        ) from None
    json.loads(body, object_pairs_hook=_once)
    return read


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form that a page sends.

    Raises:
        HTTPException: 413 where it is too long, 415 where it is no form of a page.
        BadInput: a field came twice, or more fields than any form has.
    """
    body = await _whole(request, MOST_SETTINGS)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise HTTPException(
            415, f"the body is {media_type or 'of no type'}; application/x-www-form-urlencoded is allowed"
        )
    try:
        fields = parse_qsl(body.decode(), max_num_fields=100)
    except ValueError:
        raise BadInput(Problem("body", clip(body.decode(errors="replace")), phrase("the fields of a form"))) from None
    return _once(fields)


def _once(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    """Values by their keys; raises BadInput where a key stands twice."""
    values = dict(pairs)
    if len(values) < len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        value = values[twice]
        raise BadInput(
            Problem(twice, value if isinstance(value, str) else _shown(value), phrase("each key at most once"))
        )
    return values


async def _whole(request: Request, most: int) -> bytes:
    """The request's body, refused where it is compressed, and as soon as it is too long, or takes too long to come."""
    if (coding := request.headers.get("content-encoding", "identity").lower()) != "identity":
        raise HTTPException(415, f"the body is {clip(coding)}; it is allowed as it is")
    body, seconds, large = bytearray(), settings_of(request).body_seconds, False
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                body += piece
                if len(body) > most:
                    raise HTTPException(413, f"the body has more than {most:,} bytes")
                if len(body) > MOST_SETTINGS and not large:
                    large = _take()
    except TimeoutError:
        raise HTTPException(408, f"the body took more than {seconds:g} s", {"Connection": "close"}) from None
    finally:
        _Large.coming -= large
    return bytes(body)


def _take() -> bool:
    if _Large.coming >= _Large.MOST:
        raise Unavailable(phrase("{most} large bodies are on their way already", most=_Large.MOST), 5)
    _Large.coming += 1
    return True


def _shown(value: object) -> str:
    """What came, as JSON, as far as it is told; a body that is none as it stands."""
    if isinstance(value, bytes):
        return value[:800].decode(errors="replace")[:200]
    try:
        pieces = json.JSONEncoder(ensure_ascii=False).iterencode(value)
        return "".join(islice(pieces, 200))[:200]  # a value may have a million
    except ValueError:  # Python does not print integers of thousands of digits
        return "a number of thousands of digits"
