"""The picture of a design space as Plotly reads it, and its labels, none on another."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.main import create_app
from app.render.figures.labels import CHARACTER, LINE, around, beside
from app.render.figures.theme import Figure
from app.settings import Settings
from tests.render.test_figures import accepted

ENDS = ("less", "more")


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings.model_construct(warm_lab=False)))


def drawn(client: TestClient, query: str) -> dict[str, Any]:
    answer = client.get(f"/space/figure?{query}")
    assert answer.status_code == 200, answer.text
    figure: dict[str, Any] = answer.json()
    return figure


@pytest.mark.parametrize("up", ENDS)
@pytest.mark.parametrize("across", ENDS)
@pytest.mark.parametrize("more", ["", "&max_macs=1.2G", "&max_params=1&in_activations=1M:2M"])
def test_plotly_accepts_it_whichever_way_one_looks(client: TestClient, across: str, up: str, more: str) -> None:
    query = f"vary=width:0.5:1.5:0.1&vary=4e.5x5:32:128:32&across=macs:{across}&up=activations:{up}{more}"
    figure = drawn(client, query)
    assert accepted(Figure(figure["data"], figure["layout"]))
    front = next(trace for trace in figure["data"] if trace.get("mode") == "lines" and "customdata" in trace)
    assert front["x"] == sorted(front["x"], reverse=across == "more")
    assert front["y"] == sorted(front["y"], reverse=up == "less")


def test_plotly_accepts_a_single_variant(client: TestClient) -> None:
    figure = drawn(client, "vary=width:1:1:1&max_macs=9G")
    assert accepted(Figure(figure["data"], figure["layout"]))
    assert [[cell for cell in row if cell] for row in figure["data"][1]["z"] if any(row)] == [[1]]


def test_the_card_says_the_chosen_variants_numbers_away_from_the_cloud(client: TestClient) -> None:
    layout = drawn(client, "network=googlenet")["layout"]
    plain, bold = [note for note in layout["annotations"] if note.get("borderpad")]
    assert bold["text"].startswith("6.47\u202fM parameters<br>1.09\u202fG multiply-adds<br>")
    assert "width 0.8" in plain["text"]
    (left, _), (_, top) = layout["xaxis"]["range"], layout["yaxis"]["range"]
    assert plain["ax"] - left < 0.1 * (plain["x"] - left) + 2e7
    assert top - plain["ay"] < 0.1 * (top - plain["y"])


def test_the_page_has_no_markup_that_its_policy_forbids(client: TestClient) -> None:
    """`<b>` and its like make Plotly write style attributes; so does a heat map without a gap."""
    figure = drawn(client, "network=googlenet")
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    texts += [text for trace in figure["data"] for text in trace.get("text", ())]
    assert len(texts) > 200
    assert not [text for text in texts if "<" in text.replace("<br>", "")]
    assert all(trace["xgap"] > 0 for trace in figure["data"] if trace["type"] == "heatmap")


SPOT = st.tuples(st.floats(0, 320), st.floats(0, 560))


@given(
    st.lists(
        st.tuples(st.sampled_from(("", "GoogLeNet", "largest width that fits, 0.866", "当前变体")), SPOT), max_size=9
    ),
    st.lists(SPOT, max_size=20),
)
def test_no_name_stands_on_another_nor_on_a_mark(
    named: list[tuple[str, tuple[float, float]]], others: list[tuple[float, float]]
) -> None:
    names, spots = [name for name, _ in named], [spot for _, spot in named]
    taken = [around(spot, 1) for spot in others]
    frames = []
    for at, anchor, vertical in beside(names, spots, taken, 320):
        x, y = spots[at]
        wide = CHARACTER * len(names[at]) * (2 if names[at] == "当前变体" else 1)
        left = {"left": x + 9, "right": x - 9 - wide, "center": x - wide / 2}[anchor]
        low = {"middle": y - LINE / 2, "top": y - 9 - LINE, "bottom": y + 9}[vertical]
        frames.append((left, low, left + wide, low + LINE))
        assert names[at]
        assert left >= 0
        assert left + wide <= 320
    solid = [*taken, *(around(spot, 7) for spot in spots)]
    pairs = [*combinations(frames, 2), *((frame, other) for frame in frames for other in solid)]
    assert not [(a, b) for a, b in pairs if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]
