"""The rows of a result as CSV (RFC 4180)."""

from dataclasses import fields

from app.lab.jobs import Result
from app.lab.sweep import Swept
from app.render.csv import lines


def to_csv(found: Result) -> str:
    """A header line of the rows' fields, then the rows; several values of one field stand with a space between them."""
    if isinstance(found, Swept):
        return lines(found.columns, found.rows)
    names = [each.name for each in fields(found.rows[0])] if found.rows else []
    return lines(names, ([_cell(getattr(row, name)) for name in names] for row in found.rows))


def _cell(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, tuple) else value
