"""The table of layers as LaTeX: every line a row of six cells, nothing that LaTeX would read as a command."""

import re

from hypothesis import given

from app.render.latex import to_latex
from tests.examples import report_of
from tests.strategies import addresses, query

COMMANDS = {
    r"\_", r"\&", r"\%", r"\#", r"\\", r"\usepackage", r"\begin", r"\end", r"\caption", r"\texttt", r"\toprule",
    r"\midrule", r"\bottomrule", r"\endfirsthead", r"\endhead", r"\endfoot", r"\times", r"\cdot",
}  # fmt: skip


def plain(cell: str) -> str:
    """A cell without its escapes."""
    return cell.replace(r"$\times$", "×").replace(r"$\cdot$", "·").replace("\\_", "_").strip()


@given(addresses())
def test_each_layer_has_a_line_and_the_last_line_is_their_sum(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report = report_of(network, query(values))
    text = to_latex(report)
    body = text.partition("\\endfoot\n")[2].partition("\\midrule")
    lines = [re.split(r"(?<!\\)&", line.removesuffix(r" \\")) for line in body[0].splitlines()]
    assert all(line.endswith(r" \\") for line in body[0].splitlines())
    assert {len(line) for line in lines} == {6}
    assert [plain(line[0]) for line in lines] == [row.path for row in report.layers]
    shapes = [tuple(map(int, plain(line[3]).split(" × "))) for line in lines]
    assert shapes == [row.out_shape for row in report.layers]
    numbers = [tuple(int(cell.replace(",", "")) for cell in line[4:]) for line in lines]
    assert numbers == [(row.params, row.macs) for row in report.layers]
    assert f"Total, inference &  &  &  & {report.totals.params:,} & {report.totals.macs:,} \\\\" in body[2]


@given(addresses())
def test_only_known_commands_and_plain_characters_stand_in_it(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    text = to_latex(report_of(network, query(values)))
    assert text.isascii()
    assert set(re.findall(r"\\(?:[a-z]+|.)", text)) <= COMMANDS
    body = text.partition("\n")[2]  # the first line is a comment
    assert not re.search(r"(?<!\\)[%#_~^]", body)
    assert text.count("{") == text.count("}")
    assert text.count("$") % 2 == 0


def test_the_caption_names_the_variant() -> None:
    caption = r"\caption{Layers of googlenet, state \texttt{3a=naive\&width=0.5}; batch 1.}\\"
    assert caption in to_latex(report_of("googlenet", "3a=naive&width=0.5"))
    assert r"\caption{Layers of tf-slim; batch 1.}\\" in to_latex(report_of("tf-slim"))


def test_the_table_breaks_across_pages_and_repeats_its_head() -> None:
    lines = to_latex(report_of("googlenet")).splitlines()
    assert lines[0] == r"% needs \usepackage{booktabs,longtable}"
    assert lines[1] == r"\begin{longtable}{llllrr}"
    assert lines[-1] == r"\end{longtable}"
    assert sum(line.startswith("Layer & Kind & ") for line in lines) == 2
