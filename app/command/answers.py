"""What each command answers: read from the same query string as the door's, as JSON, as CSV, or for a terminal."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import partial
from typing import Any
from urllib.parse import urlencode

from pydantic import TypeAdapter

from app.command import tables
from app.command.parser import DOORS
from app.command.tables import Block
from app.errors import BadInput, Problem
from app.network.analysis import Totals
from app.network.record import record
from app.render import compare, csv
from app.render.rows import rows
from app.render.sweep import Report
from app.settings import Settings
from app.web.address import Limits
from app.web.described import read_comparison, read_described
from app.web.fit import Widest, read_fit
from app.web.parameters import SWEEP_FORMATS
from app.web.sweep import read_sweep
from app.words import phrase


@record
class Answer:
    """An answer in each of its forms; the reports are told how far a long one is."""

    written: Mapping[str, Callable[[Report], Iterator[bytes]]]
    """By format; JSON is the API's."""
    blocks: Callable[[Report], Iterable[Block]]
    """For people."""


def answer(asked: argparse.Namespace, settings: Settings) -> Answer:
    """The answer to a command.

    Raises:
        BadInput, NotFound: as the door.
    """
    return ANSWERS[asked.command](asked, settings)


def _analyse(asked: argparse.Namespace, settings: Settings) -> Answer:
    described, _ = read_described(*_address(asked), Limits.of(settings))
    return Answer(
        _written(described.report, lambda: csv.to_csv(rows(described.analysis))),
        lambda _: tables.analysis(described, asked.layers),
    )


def _sweep(asked: argparse.Namespace, settings: Settings) -> Answer:
    id, query = _address(asked)
    sweep = read_sweep(id, f"{query}&format={asked.format or 'json'}", Limits.of(settings), settings.max_sweep_points)
    return Answer(dict.fromkeys(SWEEP_FORMATS, sweep.pieces), partial(tables.sweep, sweep))


def _fit(asked: argparse.Namespace, settings: Settings) -> Answer:
    id, query = _address(asked)
    found = read_fit(id, query, Limits.of(settings))
    return Answer(
        _written(found, lambda: _fit_csv(found)),
        lambda _: tables.fit(id, found),
    )


def _compare(asked: argparse.Namespace, settings: Settings) -> Answer:
    query = _encoded([("left", asked.left), ("right", asked.right)])
    found = read_comparison(query, Limits.of(settings))
    return Answer(
        _written(found, lambda: compare.to_csv(found)),
        lambda _: tables.comparison(found, asked.layers),
    )


ANSWERS: dict[str, Callable[[argparse.Namespace, Settings], Answer]] = {
    "analyse": _analyse,
    "sweep": _sweep,
    "fit": _fit,
    "compare": _compare,
}


def _address(asked: argparse.Namespace) -> tuple[str, str]:
    """The network's id, and the query string that the options make of the address."""
    id, _, query = asked.network.partition("?")
    chosen = [_pair(text) for text in asked.set]
    own = [(each.name, value) for each in DOORS[asked.command] for value in getattr(asked, each.name)]
    return id, "&".join(filter(None, (query, _encoded([*chosen, *own]))))


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise BadInput(Problem("--set", text, phrase("KEY=VALUE, as 4e.5x5=192")))
    return key, value


def _encoded(pairs: list[tuple[str, str]]) -> str:
    """As a query string; what is no text comes out as the sign for that."""
    return urlencode(pairs, safe=",:", errors="surrogateescape")


def _fit_csv(found: Widest) -> str:
    """Its only row."""
    names = [each.name for each in fields(Totals)]
    row = found.width, found.state, *[getattr(found.totals, name) for name in names]
    return csv.lines(["width", "state", *names], [row])


def _written(found: Any, as_csv: Callable[[], str]) -> dict[str, Callable[[Report], Iterator[bytes]]]:
    """Of what is answered at once."""
    return {
        "json": lambda _: iter([TypeAdapter(type(found)).dump_json(found)]),
        "csv": lambda _: iter([as_csv().encode()]),
    }
