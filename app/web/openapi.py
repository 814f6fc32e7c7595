"""The API's description: what FastAPI gathers, with the errors in the media type that they are sent in."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.network.spec import Spec
from app.web.problems import MEDIA_TYPE

DESCRIPTION = """
Shapes, parameters and multiply-adds of GoogLeNet and its variants, exact to the digit.

A variant is a query string: the same keys on every door and every page. Unknown or repeated keys and impossible values
are refused by name; an empty value counts as left out. Every answer is a pure function of its address, with a strong
`ETag`. Counts are exact integers for a batch of 1: `macs` are multiply-adds of convolutions and linear layers with
biases excluded, `flops` are twice that, `params` are weights, biases and batch norm's γ and β. Shapes are
`[channels, height, width]` in elements. Errors are `application/problem+json` (RFC 9457).
"""


def description(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes, openapi_version="3.1.0"
        )
        for path in document["paths"].values():
            for operation in path.values():
                for status, answer in operation.get("responses", {}).items():
                    if status >= "4" and "application/json" in answer.get("content", {}):
                        answer["content"][MEDIA_TYPE] = answer["content"].pop("application/json")
        schemas = document["components"]["schemas"]
        spec = Spec.model_json_schema(ref_template="#/components/schemas/{model}")
        for name, schema in (spec.pop("$defs") | {"Spec": spec}).items():
            schemas.setdefault(name, schema)
        app.openapi_schema = document
    return app.openapi_schema
