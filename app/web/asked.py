"""What a request asks for: within which settings, and which variant."""

from typing import Annotated

from fastapi import Depends, Path, Request

from app.network.catalog import NETWORKS
from app.settings import Settings
from app.web.address import Limits, read_query
from app.web.described import Described, read_described


def settings_of(request: Request) -> Settings:
    """The settings that this application was made with."""
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings


def limits_of(request: Request) -> Limits:
    return Limits.of(settings_of(request))


async def no_parameters(request: Request) -> None:
    """Refuses every parameter, on a door that has none."""
    read_query(request.url.query, ())


NetworkId = Annotated[
    str,
    Path(
        description="Id of a published network, as `GET /networks` lists them.",
        examples=["googlenet"],
        json_schema_extra={"enum": list(NETWORKS)},
    ),
]


async def _from_request(request: Request, id: NetworkId) -> Described:
    return read_described(id, request.url.query, limits_of(request))[0]


FromAddress = Annotated[Described, Depends(_from_request)]
"""The variant that a request's path and query describe."""
