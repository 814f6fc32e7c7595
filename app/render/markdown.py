"""The table of layers as a Markdown table."""

from app.render.cells import HEADER, cells, total
from app.render.report import Report


def to_markdown(report: Report) -> str:
    """A title line, the table (numbers aligned right), the sum below it."""
    lines = [f"**{report.network}**" + (f" `?{report.state}`" if report.state else ""), ""]
    lines += [_line(HEADER), "|:--|:--|:--|:--|--:|--:|"]
    lines += [_line(cells(row)) for row in report.layers]
    lines += [_line([f"**{cell}**" if cell else "" for cell in total(report.totals)])]
    return "\n".join(lines) + "\n"


def _line(parts: list[str]) -> str:
    return "| " + " | ".join(parts) + " |"
