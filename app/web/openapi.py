"""The API's description: what FastAPI gathers, with the errors in the media type that they are sent in."""

import ast
import inspect
import sys
from collections import ChainMap
from itertools import pairwise
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.network.spec import Spec
from app.web.problems import MEDIA_TYPE

DESCRIPTION = """
Shapes, parameters and multiply-adds of GoogLeNet and its variants, exact to the digit.

A variant is a query string: the same keys on every door and every page. Unknown or repeated keys and impossible values
are refused by name; an empty value counts as left out. Every answer but the lab's is a pure function of its address,
with a strong `ETag`. Counts are exact integers for a batch of 1: `macs` are multiply-adds of convolutions and linear
layers with biases excluded, `flops` are twice that, `params` are weights, biases and batch norm's γ and β. Shapes are
`[channels, height, width]` in elements. Errors are `application/problem+json` (RFC 9457).

Real runs that take their time are jobs: a `POST` starts one, its answer says where it is, and there it is asked for,
followed by server-sent events, or cancelled.
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
        _describe(schemas)
        app.openapi_schema = document
    return app.openapi_schema


def _describe(schemas: dict[str, Any]) -> None:
    """Puts the strings under the fields of our classes into their schemas.

    Pydantic can do that itself (`use_attribute_docstrings`), for a third of a second at every start.
    """
    ours = [vars(module) for name, module in list(sys.modules.items()) if name.startswith("app.")]
    shown = [each for names in ours for name in schemas if isinstance(each := names.get(name), type)]
    modules = {base.__module__ for each in shown for base in each.__mro__ if base.__module__.startswith("app.")}
    classes = [node for name in sorted(modules) for node in ast.parse(inspect.getsource(sys.modules[name])).body]
    words: dict[str, dict[str, str]] = {}
    for node in classes:
        if isinstance(node, ast.ClassDef):
            words.setdefault(node.name, {}).update(_words(node))
    for node in classes:
        if isinstance(node, ast.ClassDef) and node.name in schemas:
            inherited = [words.get(base.id, {}) for base in node.bases if isinstance(base, ast.Name)]
            said = ChainMap(_words(node), *inherited)
            fields = schemas[node.name].get("properties", {})
            bare = [field for field in fields if "description" not in fields[field]]
            if said.keys() >= set(bare):  # else it is another class of that name
                for field in bare:
                    fields[field]["description"] = said[field]


def _words(node: ast.ClassDef) -> dict[str, str]:
    """The strings that stand under a class's fields."""
    return {
        field.target.id: text.value.value
        for field, text in pairwise(node.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
