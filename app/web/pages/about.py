"""What this is, how its numbers are checked, what it keeps of a visitor, and whose work it stands on."""

import json
import platform
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageMetadata, distributions

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.network.literature import WORKS, Work
from app.network.record import record
from app.web.asked import settings_of
from app.web.templates import ROOT, page

router = APIRouter()


@record
class Part:
    """Somebody else's work that is in use here."""

    name: str
    version: str
    licence: str
    """As an SPDX expression, where the part gives one; as it says otherwise. Empty where it says nothing."""
    file: str = ""
    """Where its text is, below the static files; empty where they do not hold it."""


@record
class AboutPage:
    """Everything on the page."""

    minutes: str
    """How long an ended run is kept."""
    works: tuple[Work, ...]
    browser: tuple[Part, ...]
    server: tuple[Part, ...]


@router.get("/about")
async def show(request: Request) -> HTMLResponse:
    """The page about this program."""
    kept = f"{settings_of(request).jobs_kept_seconds / 60:g}"
    context = AboutPage(kept, tuple(WORKS.values()), browser_parts(), server_parts())
    return page(request, "pages/about.html", context)


@cache
def browser_parts() -> tuple[Part, ...]:
    """What browsers are given, by its name, from the list by which it was fetched."""
    listed = json.loads((ROOT / "static/vendor/vendor.json").read_text())
    texts = {each["package"]: f"vendor/{each['file']}" for each in listed if "LICENSE" in each["member"]}
    found = {each["package"]: (each["version"], each["licence"]) for each in listed}
    return tuple(Part(name, *found[name], texts[name]) for name in sorted(found))


@cache
def server_parts() -> tuple[Part, ...]:
    """Python, and all that is installed beside this program, by its name."""
    found = {each.name: Part(each.name, each.version, licence(each.metadata)) for each in distributions()}
    python = Part("Python", platform.python_version(), "PSF-2.0")
    return python, *sorted(found.values(), key=lambda part: part.name.lower())


def licence(metadata: PackageMetadata) -> str:
    """What a package says of its own licence, in the first of three ways in which it may (PEP 639)."""
    return next(filter(None, _said(metadata)), "")


def _said(metadata: PackageMetadata) -> Iterator[str]:
    yield from metadata.get_all("License-Expression", [])
    yield from (text for text in metadata.get_all("License", []) if len(text) < 60)  # some put the whole text there
    classifiers: list[str] = metadata.get_all("Classifier", [])
    yield " / ".join(each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License :: "))
