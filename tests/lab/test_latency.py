"""Latency in a time of its own, where every layer takes what it says; then on real networks, without timing them."""

import pickle
import time
from statistics import median
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter

from app.errors import Unavailable
from app.lab.latency import latency
from app.lab.plan import Planned, plan
from app.lab.runs import Latency, LatencySettings
from app.network.analysis import analyse
from app.render.pytorch import to_pytorch
from tests.examples import variant_of
from tests.told import Stopped, Told

SLEEPY = """
import time
import torch
from torch import nn

class Sleep(nn.Module):
    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds

    def forward(self, x):
        time.sleep(self.seconds)
        return x

class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Sequential()
        self.one.add_module("conv", Sleep(2))
        self.one.add_module("conv_relu", Sleep(0.5))
        self.pool = nn.Sequential()
        self.pool.add_module("pool", Sleep(8))

    def forward(self, x):
        looks = [self.one(x), self.pool(x)]
        time.sleep(16)
        return torch.cat(looks, dim=1)

class GoogLeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = Sleep(1)
        self.inception_3a = Inception()
        self.head = Sleep(0)

    def forward(self, x):
        time.sleep(32)
        return self.head(self.inception_3a(self.conv1(x)))
"""
TWIN = SLEEPY.replace("Sleep(2)", "Sleep(121)")


def planned(path: str, module: str | None = None, branch: str | None = None, macs: int = 0) -> Planned:
    return Planned(path, module, branch, training=False, linear=False, macs=macs, depth=1, heads=())


LAYERS = (
    planned("conv1", macs=3_000_000),
    planned("inception_3a.one.conv", "3a", "one", 5_000_000_000),
    planned("inception_3a.one.conv_relu", "3a", "one"),
    planned("inception_3a.pool.pool", "3a", "pool"),
    planned("inception_3a.concat", "3a"),
    planned("head"),
)
SECONDS = {
    "conv1": 1,
    "inception_3a.one.conv": 2,
    "inception_3a.one.conv_relu": 0.5,
    "inception_3a.pool.pool": 8,
    "inception_3a.concat": 16,
    "head": 0,
}


@pytest.fixture
def _own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that only passes in `time.sleep`."""
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "perf_counter", lambda: now)


def measured(told: Told | None = None, twin: str | None = None, **settings: Any) -> Latency:
    return latency(SLEEPY, (1, 2, 2), LAYERS, LatencySettings(**settings), twin, told or Told())


@pytest.mark.usefixtures("_own_time")
def test_every_layer_takes_what_it_takes_and_the_sum_is_reconciled() -> None:
    found = measured(runs=3)
    assert found.runs_ms == (59_500,) * 3
    assert found.median_ms == 59_500
    assert {row.path: row.ms / 1000 for row in found.rows} == SECONDS
    whole = found.reconciled
    assert (whole.layers_ms, whole.between_ms, whole.hooked_ms) == (27_500, 32_000, 59_500)
    assert (whole.overhead_ms, whole.rest_ms) == (0, 0)


@pytest.mark.usefixtures("_own_time")
def test_multiply_adds_a_second_are_those_of_the_whole_batch() -> None:
    found = measured(runs=3, batch=4)
    rates = {row.path: row.gmacs_per_s for row in found.rows}
    assert rates["conv1"] == pytest.approx(0.012)
    assert rates["inception_3a.one.conv"] == pytest.approx(10)
    assert rates["inception_3a.pool.pool"] is None
    one, pool = found.branches
    assert (one.module, one.branch, one.ms, one.macs) == ("3a", "one", 2500, 5_000_000_000)
    assert one.gmacs_per_s == pytest.approx(8)
    assert (pool.branch, pool.ms, pool.gmacs_per_s) == ("pool", 8000, None)


@pytest.mark.usefixtures("_own_time")
def test_the_twin_runs_in_the_same_rounds_and_gives_a_ratio() -> None:
    found = measured(runs=3, twin=TWIN)
    assert found.twin
    assert found.twin.runs_ms == (178_500,) * 3
    assert found.twin.ratio == 3
    assert found.twin.ratio_range == (3, 3)
    assert found.median_ms == 59_500
    assert measured(runs=3).twin is None


def each_time(*seconds: float) -> str:
    """A network that takes each of these in turn."""
    return f"""
import time
from torch import nn

turns = iter({seconds})

class GoogLeNet(nn.Module):
    def forward(self, x):
        time.sleep(next(turns))
        return x
"""


@pytest.mark.usefixtures("_own_time")
def test_the_ratio_is_that_of_the_rounds_not_of_the_medians() -> None:
    ours, theirs = each_time(9, 9, 1, 7, 10, 7, 4, 7), each_time(9, 4, 10, 40)  # ours with hooks in every second turn
    found = latency(ours, (1, 1, 1), (), LatencySettings(runs=3, warm_up=1), theirs, Told())
    assert found.runs_ms == (1000, 10_000, 4000)
    assert found.twin
    assert found.twin.runs_ms == (4000, 10_000, 40_000)
    assert found.twin.ratio == 4  # of 4, 1 and 10; that of the medians is 2.5
    assert found.twin.ratio_range == (1, 10)
    assert (found.reconciled.hooked_ms, found.reconciled.overhead_ms) == (7000, 3000)


@pytest.mark.usefixtures("_own_time")
def test_rounds_of_warm_up_are_not_counted() -> None:
    once = SLEEPY.replace("time.sleep(32)", "time.sleep(32 if hasattr(self, 'warm') else 1000); self.warm = True")
    found = latency(once, (1, 2, 2), LAYERS, LatencySettings(runs=4, warm_up=1), None, Told())
    assert found.runs_ms == (59_500,) * 4


def of(network: str, query: str, twin: str | None = None, told: Told | None = None, **settings: Any) -> Latency:
    spec = variant_of(network, query).spec
    analysis = analyse(spec)
    other = None if twin is None else variant_of(network, twin).spec
    text = None if other is None else to_pytorch(other, analyse(other), "a test's")
    source = to_pytorch(spec, analysis, "a test's")
    return latency(source, spec.input, plan(analysis), LatencySettings(**settings), text, told or Told())


@pytest.mark.parametrize(
    ("network", "query"), [("googlenet", "aux=on"), ("tf-slim", ""), ("separable-stem", "five=3x3x2&norm=batch&4a=off")]
)
def test_a_real_network_has_a_time_for_each_layer_and_branch(network: str, query: str) -> None:
    state = f"{query}&width=0.25&input=64"
    found = of(network, state, runs=3, warm_up=1, batch=2)
    rows = [layer for layer in analyse(variant_of(network, state).spec).layers if layer.node.phase == "inference"]
    assert [row.path for row in found.rows] == [layer.node.path for layer in rows[:-1]]
    assert all(row.ms > 0 for row in found.rows)
    for row, layer in zip(found.rows, rows, strict=False):
        assert row.macs == layer.macs
        assert row.gmacs_per_s == (pytest.approx(2 * layer.macs / row.ms / 1e6) if layer.macs else None)
    assert len(found.runs_ms) == 3
    assert found.median_ms == median(found.runs_ms)
    assert min(found.runs_ms) <= found.spread_ms[0] <= found.median_ms <= found.spread_ms[1] <= max(found.runs_ms)
    by_branch = {(each.module, each.branch): each.ms for each in found.branches}
    assert by_branch["5b", "three"] == pytest.approx(
        sum(row.ms for row in found.rows if row.path.startswith("inception_5b.three."))
    )
    assert found.reconciled.between_ms > 0


def test_naive_and_reduced_are_timed_together() -> None:
    state = "width=0.25&input=64"
    found = of("googlenet", state, f"{state}&modules=naive", runs=4, warm_up=1)
    assert found.twin
    assert len(found.twin.runs_ms) == len(found.runs_ms) == 4
    low, high = found.twin.ratio_range
    assert low <= found.twin.ratio <= high


@pytest.mark.usefixtures("_own_time")
def test_the_result_keeps_to_the_contract() -> None:
    found = measured(runs=3, batch=2, threads=1)
    said = TypeAdapter(Latency).dump_python(found, mode="json")
    assert {"median_ms", "runs_ms", "rows", "threads", "batch", "device", "torch_version"} <= set(said)
    assert {"path", "ms"} <= set(said["rows"][0])
    assert (said["threads"], said["batch"], said["device"]) == (1, 2, "cpu")
    assert said["torch_version"] == torch.__version__
    assert said["device_name"]
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.usefixtures("_own_time")
def test_threads_are_those_asked_for_while_it_runs_and_then_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    seen: list[int] = []

    class Watching(Told):
        def __call__(self, progress: float, message: str, partial: object = None) -> None:
            seen.append(torch.get_num_threads())
            super().__call__(progress, message, partial)

    before = torch.get_num_threads()
    assert measured(Watching(), runs=3, threads=2).threads == 2
    assert set(seen[:-1]) == {2}
    assert measured(runs=3, threads=64).threads == 3  # no more than there are CPUs
    assert torch.get_num_threads() == before


@pytest.mark.usefixtures("_own_time")
def test_progress_is_told_round_by_round_and_a_report_may_end_the_run() -> None:
    told = Told()
    measured(told, runs=3, warm_up=1)
    assert told.progress == [0, 0.25, 0.5, 0.75, 1]
    assert told.messages[0] == "round 1 of 4"
    before, state = torch.get_num_threads(), torch.random.get_rng_state()
    with pytest.raises(Stopped):
        measured(Told(2))
    assert torch.get_num_threads() == before
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.usefixtures("_own_time")
def test_cuda_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(Unavailable, match="CUDA"):
        measured(device="cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_cuda_is_used_where_it_is_asked_for() -> None:
    found = of("googlenet", "width=0.25&input=64", runs=3, device="cuda")
    assert found.device == "cuda"
    assert found.device_name == torch.cuda.get_device_name()
    assert all(row.ms > 0 for row in found.rows)
