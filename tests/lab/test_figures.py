"""What results are shown as: Plotly accepts every figure, and sentences say what the numbers do."""

from dataclasses import replace

import plotly.graph_objects
import pytest

from app.lab.csv import to_csv
from app.lab.figures import FIGURES, Result, accuracy, gain, loss, norms, part, shares
from app.lab.findings import finding
from app.lab.runs import (
    GradientRow,
    Gradients,
    GradientSettings,
    Latency,
    LatencySettings,
    LayerTime,
    Reconciled,
    Training,
    TrainingRow,
    TrainingSettings,
    TwinTime,
)


def row(path: str, heads: tuple[str, ...], with_aux: float, without_aux: float | None) -> GradientRow:
    ratio = with_aux / without_aux if without_aux else None
    around = (ratio * 0.9, ratio * 1.1) if ratio else None
    return GradientRow(path, 1, heads, with_aux, without_aux, None, None, ratio, around, 0.1, 0.1)


BOTH = ("aux1", "aux2")
GRADIENTS = Gradients(
    rows=(
        row("conv1", BOTH, 2.0, 1.0),
        row("inception_4a.one.conv", BOTH, 8.0, 2.0),
        row("inception_4a.three.conv", BOTH, 2.0, 2.0),
        row("aux1.conv", ("aux1",), 5.0, None),
        row("inception_4d.one.conv", ("aux2",), 3.0, 2.0),
        row("inception_5a.one.conv", (), 4.0, 4.0),
    ),
    linear=(),
    heads=BOTH,
    seeds=(0, 1),
    settings=GradientSettings(),
    threads=1,
    torch_version="2.13.0",
)
LATENCY = Latency(
    median_ms=20.0,
    spread_ms=(19.0, 22.0),
    runs_ms=(19.0, 20.0, 24.0),
    rows=(
        LayerTime("conv1", 5.0, 300, 1.0),
        LayerTime("conv1_relu", 1.0, 0, None),
        LayerTime("pool1", 4.0, 0, None),
        LayerTime("inception_3a.one.conv", 10.0, 100, 1.0),
    ),
    branches=(),
    reconciled=Reconciled(21.0, 1.0, 20.0, 0.5, 0.5),
    twin=TwinTime(50.0, (48.0, 50.0, 60.0), 2.5, (2.4, 2.6)),
    settings=LatencySettings(),
    threads=1,
    batch=1,
    device="cpu",
    device_name="a machine",
    torch_version="2.13.0",
)
TRAINING = Training(
    rows=(
        TrainingRow(0, 2.3, 2.3, 0.1, 0.1, None, None),
        TrainingRow(10, 1.0, None, 0.875, 0.5, 1.2, 1.3),
    ),
    heads=BOTH,
    images=1500,
    held_out=297,
    settings=TrainingSettings(),
    threads=1,
    torch_version="2.13.0",
)  # fmt: skip
RESULTS: dict[str, Result] = {"latency": LATENCY, "gradients": GRADIENTS, "training": TRAINING}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in FIGURES.items() for name in names])
def test_plotly_accepts_every_figure(kind: str, name: str) -> None:
    drawn = FIGURES[kind][name](RESULTS[kind])
    assert len(plotly.graph_objects.Figure(drawn.data, drawn.layout).data) == len(drawn.data) > 0


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("inception_3a.five.conv_relu", "3a"),
        ("conv2.reduce", "conv2"),
        ("conv1_relu", "conv1"),
        ("head.linear", "head"),
    ],
)
def test_a_layer_belongs_to_a_part_of_the_map(path: str, name: str) -> None:
    assert part(path) == name


def test_a_part_of_the_gradients_is_the_geometric_mean_of_its_layers() -> None:
    bars, said = gain(GRADIENTS).data
    assert said["text"] == ["2.0×", "2.0×", "1.5×", "1.0×"]
    assert bars["x"] == ["conv1", "4a", "4d", "5a"]
    assert bars["y"] == pytest.approx([2.0, (4.0 * 1.0) ** 0.5, 1.5, 1.0])
    line = next(
        trace
        for trace in norms(GRADIENTS).data
        if trace["mode"] == "lines+markers" and trace["name"] == "without heads"
    )
    assert dict(zip(line["x"], line["y"], strict=True)) == pytest.approx({"conv1": 1, "4a": 2, "4d": 2, "5a": 4})


def test_heads_leave_behind_the_last_part_that_they_reach() -> None:
    exits = {note["text"]: note["x"] for note in norms(GRADIENTS).layout["annotations"] if "leaves" in note["text"]}
    assert exits == {"aux 1 leaves here": 1.5, "aux 2 leaves here": 2.5}


def test_what_is_said_of_two_heads_stands_on_two_lines() -> None:
    signs = [note for note in norms(GRADIENTS).layout["annotations"] if "leaves" in note["text"]]
    (first, second) = (note["yshift"] for note in signs)
    assert abs(first - second) > max(note["font"]["size"] for note in signs)
    assert norms(GRADIENTS).layout["margin"]["t"] >= max(first, second) + 20


def test_curves_are_named_outside_of_both_where_they_are_furthest_apart() -> None:
    [low, high] = sorted(accuracy(TRAINING).layout["annotations"], key=lambda note: note["y"])
    assert (low["text"], low["x"], low["y"]) == ("without heads", 10, 0.5)
    assert (high["text"], high["x"], high["y"]) == ("with auxiliary heads", 10, 0.875)
    assert low["yshift"] < 0 < high["yshift"]


def test_curves_that_are_one_have_both_names() -> None:
    rows = tuple(replace(each, loss_without_aux=each.loss_with_aux) for each in TRAINING.rows)
    assert len({note["yshift"] for note in loss(replace(TRAINING, rows=rows)).layout["annotations"]}) == 2


def test_shares_of_time_and_multiply_adds_are_of_the_whole() -> None:
    macs, time = shares(LATENCY).data
    assert dict(zip(macs["y"], macs["x"], strict=True)) == {"conv1": 75, "pool1": 0, "3a": 25}
    assert dict(zip(time["y"], time["x"], strict=True)) == {"conv1": 30, "pool1": 20, "3a": 50}


def test_sentences_say_what_the_numbers_do() -> None:
    found = finding(GRADIENTS)
    assert (found.value, found.what) == ("1.0 to 4.0×", "below aux 1")
    assert "aux 1 + aux 2 arrives, the gradient is 1.0 to 4.0 times" in found.sentences[0]
    assert "aux 2 arrives, the gradient is 1.5 times" in found.sentences[1]
    assert "nothing changes" in found.sentences[2]
    assert finding(LATENCY).value == "20 ms"
    assert "2.5 times as long (2.4 to 2.6)" in " ".join(finding(LATENCY).sentences)
    assert finding(TRAINING).value == "87.5% and 50.0%"


def test_an_effect_that_is_absent_is_called_absent() -> None:
    rows = tuple(replace(each, gain=1.02) if each.gain else each for each in GRADIENTS.rows)
    assert "absent" in finding(replace(GRADIENTS, rows=rows)).sentences[0]
    assert (
        finding(replace(GRADIENTS, heads=(), rows=rows)).sentences[0].startswith("This network has no auxiliary heads")
    )


def test_a_network_whose_gradients_are_all_nought_is_said_to_have_none() -> None:
    dead = replace(GRADIENTS, rows=tuple(replace(each, gain=None, gain_range=None) for each in GRADIENTS.rows))
    assert finding(dead).value == "—"
    for draw in FIGURES["gradients"].values():
        plotly.graph_objects.Figure(draw(dead).data, draw(dead).layout)


def test_rows_as_csv() -> None:
    head, first, *_ = to_csv(TRAINING).splitlines()
    assert head.split(",")[:3] == ["step", "loss_with_aux", "loss_without_aux"]
    assert first.split(",")[:4] == ["0", "2.3", "2.3", "0.1"]
    assert to_csv(GRADIENTS).splitlines()[1].split(",")[2] == "aux1 aux2"
