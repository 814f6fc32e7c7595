"""The rows of a result as CSV (RFC 4180)."""

import csv
import io
from dataclasses import fields

from app.lab.figures import Result


def to_csv(found: Result) -> str:
    """A header line of the rows' fields, then the rows; several values of one field stand with a space between them."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [each.name for each in fields(found.rows[0])] if found.rows else []
    writer.writerow(names)
    writer.writerows([_cell(getattr(row, name)) for name in names] for row in found.rows)
    return out.getvalue()


def _cell(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, tuple) else value
