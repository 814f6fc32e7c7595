"""Every figure as Plotly reads it, and its bars and lines against numbers from outside."""

import re
from html.parser import HTMLParser
from itertools import accumulate, pairwise
from typing import Any

import plotly.graph_objects
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.network.analysis import analyse
from app.network.catalog import NETWORKS
from app.network.variant import OWN, Choices, variant
from app.render.figures import figure, names
from app.render.figures.theme import Figure, ticks
from app.render.html import to_html
from tests.published import TABLE_1, WIDTHS

BRANCHES = ["one", "three", "five", "pool"]
PANELS = ["macs", "params", "channels"]
"""Of a module's figure, from below."""
KINDS = ["reduced", "naive"]
"""Of the bars of a module's panel, from below."""
CHANNELS_NAIVE = [416, 832, 1280, 1728, 2176, 2640, 3344, 4048, 4944]
CHANNELS_PAPER = [256, 480, 512, 512, 512, 528, 832, 832, 1024]
POSITIONS = {"3": 28 * 28, "4": 14 * 14, "5": 7 * 7}
"""Of each stage's outputs, by the paper's Table 1."""


def figures(network: str, choices: Choices | None = None) -> dict[str, Figure]:
    chosen = variant(NETWORKS[network], choices or {})
    analysis = analyse(chosen.spec)
    drawn = {name: figure(chosen, analysis, name) for name in names(chosen)}
    return {name: each for name, each in drawn.items() if each}


def accepted(each: Figure) -> bool:
    """Plotly raises where it does not know a property or a value."""
    read = plotly.graph_objects.Figure(each.data, each.layout)
    return len(read.data) == len(each.data)


def bars(each: Figure) -> list[dict[str, Any]]:
    return [trace for trace in each.data if trace["type"] == "bar"]


def sides(each: Figure) -> tuple[dict[str, Any], dict[str, Any]]:
    """The bars of every naive module, a trace, and those of this network."""
    naive, own = bars(each)
    assert all(fill.endswith("-wash") for fill in naive["meta"]["fill"])
    assert not any(fill.endswith("-wash") for fill in own["meta"]["fill"])
    return naive, own


def tops(each: Figure, trace: dict[str, Any]) -> dict[str, int]:
    """The sum of the bars over each module."""
    sums = dict.fromkeys(each.layout["yaxis"]["ticktext"], 0)
    names = dict(zip(each.layout["yaxis"]["tickvals"], sums, strict=True))
    for x, y in zip(trace["x"], trace["y"], strict=True):
        sums[names[y]] += x
    return sums


def naive_weights() -> dict[str, int]:
    """#1×1, #3×3 and #5×5 of Table 1 on all that the naive module before gives."""
    reads = [192, *CHANNELS_NAIVE]
    return {
        name: channels * (one + 9 * three + 25 * five)
        for channels, (name, (one, _, three, _, five, _)) in zip(reads, WIDTHS.items(), strict=False)
    }


@pytest.mark.parametrize("network", NETWORKS)
def test_plotly_accepts_every_figure_of_every_published_network(network: str) -> None:
    drawn = figures(network)
    assert list(drawn) == ["macs", "params", "channels", "saving", *(f"module-{name}" for name in WIDTHS)]
    assert all(accepted(each) for each in drawn.values())


def test_plotly_accepts_the_figures_of_a_network_without_modules() -> None:
    drawn = figures("googlenet", dict.fromkeys(OWN, "off"))
    assert list(drawn) == ["macs", "params", "channels", "saving"]
    assert all(accepted(each) for each in drawn.values())


def test_plotly_would_refuse_a_property_that_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="Invalid property"):
        accepted(Figure([{"type": "bar", "colour": "red"}], {}))


@pytest.mark.parametrize(
    ("quantity", "reduced", "naive"),
    [("channels", 256, 416), ("params", 163_696, 387_296), ("macs", 128_049_152, 303_464_448)],
)
def test_the_bars_of_3a_sum_to_the_module_and_its_naive_twin(quantity: str, reduced: int, naive: int) -> None:
    each = figures("googlenet")["module-3a"]
    [trace] = bars(each)
    rows = each.layout["yaxis"]["tickvals"]
    assert each.layout["yaxis"]["ticktext"] == KINDS * 3
    here = sorted(rows)[2 * PANELS.index(quantity) :][:2]
    sums, longest = {"reduced": 0, "naive": 0}, {"reduced": 0.0, "naive": 0.0}
    for row, number, length, base, fill in zip(
        trace["y"], trace["customdata"], trace["x"], trace["base"], trace["meta"]["fill"], strict=True
    ):
        if row in here:
            kind = KINDS[here.index(row)]
            assert (kind == "naive") is fill.endswith("-wash")
            assert base == pytest.approx(sums[kind] / naive, abs=1e-6)
            assert length == pytest.approx(number / naive, abs=1e-6)
            sums[kind] += number
            longest[kind] = base + length
    assert sums == {"reduced": reduced, "naive": naive}
    assert longest == {"reduced": pytest.approx(reduced / naive, abs=1e-5), "naive": pytest.approx(1, abs=1e-5)}


def test_the_bars_of_a_module_fit_their_figure_and_say_what_they_come_to() -> None:
    drawn = figures("googlenet")["module-3a"]
    assert drawn.layout["barmode"] == "overlay"
    low, high = drawn.layout["yaxis"]["range"]
    [trace] = bars(drawn)
    assert low <= min(trace["y"]) - trace["width"] / 2
    assert max(trace["y"]) + trace["width"] / 2 <= high
    assert drawn.layout["xaxis"]["range"] == [0, 1]
    [words] = [trace for trace in drawn.data if trace["type"] == "scatter"]
    said = dict(zip([text.strip() for text in words["text"]], zip(words["x"], words["y"], strict=True), strict=True))
    assert list(said)[:3] == ["256", "416", "Channels out"]
    assert said["416"] == (1, max(trace["y"]))
    assert said["256"][0] == pytest.approx(256 / 416)


def test_panels_of_a_module_stand_apart() -> None:
    rows = sorted(figures("googlenet")["module-3a"].layout["yaxis"]["tickvals"])
    apart = [after - before for before, after in pairwise(rows)]
    assert apart == pytest.approx([1, 1.7, 1, 1.7, 1])


@given(st.integers(0, 10**15))
def test_ticks_are_round_and_reach_the_most(most: int) -> None:
    axis = ticks(most)
    values = axis["tickvals"]
    assert values[0] == 0
    assert len(values) <= 5
    assert values[-1] <= most <= axis["range"][1] or most == 0
    assert len(values) > 1 or most == 0
    steps = {after - before for before, after in pairwise(values)}
    assert len(steps) <= 1
    assert all(str(step).rstrip("0") in ("1", "2", "5") for step in steps)
    for value, text in zip(values, axis["ticktext"], strict=True):
        number, _, unit = text.partition("\u202f")
        assert float(number) * {"": 1, "K": 1e3, "M": 1e6, "G": 1e9}[unit] == pytest.approx(value)


def test_multiply_adds_of_each_module_are_the_papers_and_those_of_the_naive_network() -> None:
    macs = figures("googlenet")["macs"]
    theirs, own = sides(macs)
    assert tops(macs, own) == {name: TABLE_1[f"inception_{name}"]["computed_macs"] for name in WIDTHS}
    naive = tops(macs, theirs)
    assert naive["3a"] == 303_464_448
    assert naive == {name: weights * POSITIONS[name[0]] for name, weights in naive_weights().items()}


def test_parameters_of_each_module_are_the_papers_and_those_of_the_naive_network() -> None:
    params = figures("googlenet")["params"]
    theirs, own = sides(params)
    assert tops(params, own) == {name: TABLE_1[f"inception_{name}"]["computed_params_with_bias"] for name in WIDTHS}
    naive = tops(params, theirs)
    assert naive["3a"] == 387_296
    assert naive == {
        name: weights + WIDTHS[name][0] + WIDTHS[name][2] + WIDTHS[name][4] for name, weights in naive_weights().items()
    }


@pytest.mark.parametrize("name", ["macs", "params"])
@pytest.mark.parametrize("side", [0, 1])
def test_branches_stand_on_each_other_from_zero_without_a_gap(name: str, side: int) -> None:
    trace = sides(figures("googlenet")[name])[side]
    for at in range(len(WIDTHS)):
        here = slice(4 * at, 4 * at + 4)
        assert trace["y"][here] == [at] * 4
        assert [fill.removesuffix("-wash") for fill in trace["meta"]["fill"][here]] == BRANCHES
        assert trace["base"][here] == list(accumulate(trace["x"][here][:-1], initial=0))


def test_the_naive_bars_stand_beside_those_of_this_network() -> None:
    macs = figures("googlenet")["macs"]
    theirs, own = sides(macs)
    assert theirs["offset"] + theirs["width"] <= own["offset"]
    assert macs.layout["barmode"] == "overlay"


def test_each_bar_says_what_it_is() -> None:
    theirs, own = sides(figures("googlenet")["macs"])
    assert theirs["hovertext"][0] == "3a, naive, 1×1: 9,633,792"
    assert own["hovertext"][-1] == "5b, this network, pool: 5,218,304"


def test_the_saving_leads_from_the_naive_network_to_this_one() -> None:
    [steps] = bars(figures("googlenet")["saving"])
    ends = [base + height for base, height in zip(steps["base"], steps["y"], strict=True)]
    naive, own = (
        sum(tops(figures("googlenet")["macs"], each).values()) for each in sides(figures("googlenet")["macs"])
    )
    assert (ends[0], ends[-1]) == (naive, own)
    assert steps["meta"]["fill"] == ["ink-3", *BRANCHES, "ink-3"]


def test_channels_only_grow_without_reductions() -> None:
    naive, own = figures("googlenet")["channels"].data
    assert naive["x"] == own["x"] == list(WIDTHS)
    assert (naive["name"], naive["y"]) == ("naive", CHANNELS_NAIVE)
    assert (own["name"], own["y"]) == ("this network", CHANNELS_PAPER)
    assert [text.strip() for text in own["text"]] == [*[""] * 8, "this network 1,024"]


def test_both_lines_are_the_same_in_the_naive_network() -> None:
    naive, own = figures("googlenet-naive")["channels"].data
    assert naive["y"] == own["y"] == CHANNELS_NAIVE


@pytest.mark.parametrize("name", ["", "MACS", "module-", "module-3c", "3a", "flops"])
def test_there_is_no_figure_of_an_unknown_name(name: str) -> None:
    chosen = variant(NETWORKS["googlenet"], {})
    assert figure(chosen, analyse(chosen.spec), name) is None


def test_a_module_that_is_off_has_no_figure() -> None:
    chosen = variant(NETWORKS["googlenet"], {"4c": "off"})
    assert "module-4c" not in names(chosen)
    assert figure(chosen, analyse(chosen.spec), "module-4c") is None


class Tags(HTMLParser):
    """What a page asks for: the addresses in its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts = 0
        self.asked: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.asked += [value or "" for name, value in attrs if name in ("src", "href", "data", "srcset", "action")]


def test_a_figure_to_take_home_asks_for_nothing_and_sends_nothing() -> None:
    page = to_html(figures("googlenet")["macs"], "Multiply-adds of <googlenet>")
    tags = Tags(page)
    assert tags.scripts
    assert tags.asked == []
    assert 'src="http' not in page
    assert re.findall(r'"showSendToCloud": ?(\w+)', page) == ["false"]
    assert "Multiply-adds of" in page
    assert "<googlenet>" not in page


def test_a_figure_to_take_home_leaves_the_figure_as_it_was() -> None:
    drawn = figures("googlenet")["saving"]
    to_html(drawn, "Title")
    assert drawn.layout["height"] == 260
    assert "title" not in drawn.layout
    assert drawn.layout["margin"]["t"] == 24
