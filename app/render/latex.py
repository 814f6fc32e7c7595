"""The table of layers as a LaTeX table, for the packages booktabs and longtable."""

from app.render.cells import HEADER, cells, total
from app.render.report import Report

_ESCAPES = str.maketrans({"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "×": r"$\times$", "·": r"$\cdot$"})


def to_latex(report: Report) -> str:
    """A longtable with booktabs rules that breaks across pages and repeats its head."""
    state = f", state \\texttt{{{_tex(report.state)}}}" if report.state else ""
    head = f"{_line(HEADER)}\n\\midrule"
    return "\n".join(
        [
            "% needs \\usepackage{booktabs,longtable}",
            "\\begin{longtable}{llllrr}",
            f"\\caption{{Layers of {_tex(report.network)}{state}; batch 1.}}\\\\",
            "\\toprule",
            head,
            "\\endfirsthead",
            "\\toprule",
            head,
            "\\endhead",
            "\\bottomrule",
            "\\endfoot",
            *[_line(cells(row)) for row in report.layers],
            "\\midrule",
            _line(total(report.totals)),
            "\\end{longtable}",
            "",
        ]
    )


def _line(parts: list[str]) -> str:
    return " & ".join(map(_tex, parts)) + r" \\"


def _tex(text: str) -> str:
    return text.translate(_ESCAPES)
