"""The table of layers as Markdown, read back."""

from hypothesis import given

from app.render.markdown import to_markdown
from tests.examples import report_of
from tests.strategies import addresses, query


def table(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in lines)
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]


@given(addresses())
def test_each_layer_has_a_line_and_the_last_line_is_their_sum(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    report = report_of(network, query(values))
    header, rule, *lines, total = table(to_markdown(report))
    assert {len(line) for line in (header, rule, *lines, total)} == {6}
    assert [line[:2] for line in lines] == [[row.path, row.kind] for row in report.layers]
    numbers = [tuple(int(cell.replace(",", "")) for cell in line[4:]) for line in lines]
    assert numbers == [(row.params, row.macs) for row in report.layers]
    shapes = [tuple(map(int, line[3].split(" × "))) for line in lines]
    assert shapes == [row.out_shape for row in report.layers]
    assert total[0] == "**Total, inference**"
    assert [cell.strip("*") for cell in total[4:]] == [f"{report.totals.params:,}", f"{report.totals.macs:,}"]


def test_numbers_stand_right_and_the_title_names_the_variant() -> None:
    lines = to_markdown(report_of("googlenet", "3a=naive&width=0.5")).splitlines()
    assert lines[0] == "**googlenet** `?3a=naive&width=0.5`"
    assert lines[2] == "| Layer | Kind | Kernel · stride · pad | Output | Parameters | Multiply-adds |"
    assert lines[3] == "|:--|:--|:--|:--|--:|--:|"
    assert to_markdown(report_of("googlenet")).startswith("**googlenet**\n\n| Layer ")
    assert "| conv1 | conv | 7×7 · 2 · 3 | 64 × 112 × 112 | 9,472 | 118,013,952 |" in to_markdown(
        report_of("googlenet")
    )
