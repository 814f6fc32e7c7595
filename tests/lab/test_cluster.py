"""A real Dask cluster on loopback, of two workers with their nannies, and faults of every part of it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.errors import Unavailable
from app.lab.cluster import Cluster
from app.lab.jobs import Jobs
from app.lab.sweep import TASK, SweepSettings, sweep
from app.lab.workers import Workers
from app.settings import Settings
from app.web.address import Limits
from app.web.sweep import read_sweep
from tests.gate import Gate
from tests.grid import Grid, grid
from tests.serving import alive, serving, unused_port, wait_for
from tests.told import Told
from tests.web.doors import NETWORK
from tests.web.test_jobs_served import ask

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grid]:
    with grid(tmp_path_factory.mktemp("dask")) as made:
        yield made


@contextmanager
def working(address: str, seconds: float = 60, memory_mb: int = 1024) -> Iterator[Jobs]:
    settings = Settings.model_construct()
    jobs = Jobs(Workers([Cluster(address, seconds, memory_mb)] * settings.jobs_running, 1), settings)
    try:
        yield jobs
    finally:
        jobs.close()


def start(jobs: Jobs, task: str, *arguments: object) -> str:
    return jobs.start("somebody", "training", f"tests.lab.fakes:{task}", arguments).id


def ended(jobs: Jobs, id: str) -> Any:
    wait_for(lambda: jobs.find(id).ended)
    return jobs.find(id)


def works(jobs: Jobs) -> bool:
    return bool(ended(jobs, start(jobs, "count", 1)).result == 1)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_job_runs_on_a_worker_and_reports_from_there(cluster: Grid, gate: Gate) -> None:
    with working(cluster.address) as jobs:
        id = start(jobs, "halfway", gate.path)
        pid = gate.wait()
        assert pid in cluster.runs
        wait_for(lambda: jobs.find(id).progress == 0.5)
        job: Any = jobs.find(id)
        assert (job.status, job.message, job.partial) == ("running", "before the gate", "half")
        gate.open()
        assert ended(jobs, id).result == pid


def test_two_workers_run_two_jobs(cluster: Grid, gate: Gate) -> None:
    other = gate.beside("other")
    with working(cluster.address) as jobs:
        ids = [start(jobs, "halfway", each.path) for each in (gate, other)]
        assert len({parent(each.wait()) for each in (gate, other)}) == 2
        for each in (gate, other):
            each.open()
        assert {ended(jobs, id).status for id in ids} == {"done"}


def test_a_worker_that_is_killed_in_the_middle_is_replaced_by_the_other(cluster: Grid, gate: Gate) -> None:
    with working(cluster.address) as jobs:
        id = start(jobs, "halfway", gate.path)
        first = gate.wait()
        worker = parent(first)
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: gate.wait() != first)
        second = gate.wait()
        wait_for(lambda: not alive(first))
        assert parent(second) != worker
        gate.open()
        assert ended(jobs, id).result == second


def test_a_run_that_is_killed_fails_its_job_and_not_the_worker(cluster: Grid, gate: Gate) -> None:
    with working(cluster.address) as jobs:
        id = start(jobs, "halfway", gate.path)
        os.kill(gate.wait(), signal.SIGKILL)
        job = ended(jobs, id)
        assert job.status == "failed"
        assert "SIGKILL" in job.message
        assert works(jobs)


@pytest.mark.parametrize(
    ("task", "arguments", "reason"),
    [
        ("hungry", (), "the run needs more than 1024 MB of memory"),
        ("failing", ("too bad",), "the run failed: ValueError: too bad"),
        ("bad_input", (), "BadInput: side: at least 1"),
        ("unavailable", (), "the server is stopping"),
    ],
)
def test_a_run_that_fails_says_why(cluster: Grid, task: str, arguments: tuple[object, ...], reason: str) -> None:
    with working(cluster.address) as jobs:
        job = ended(jobs, start(jobs, task, *arguments))
        assert job.status == "failed"
        assert reason in job.message
        assert works(jobs)


def test_an_endless_loop_ends_at_the_time_limit(cluster: Grid) -> None:
    with working(cluster.address, seconds=0.5) as jobs:
        job = ended(jobs, start(jobs, "forever"))
        assert job.status == "failed"
        assert "0.5 s" in job.message
    wait_for(lambda: not cluster.runs)


def test_cancelling_ends_the_run_on_its_worker(cluster: Grid, gate: Gate) -> None:
    with working(cluster.address) as jobs:
        id = start(jobs, "halfway", gate.path)
        pid = gate.wait()
        assert jobs.cancel(id).status == "cancelled"
        wait_for(lambda: not alive(pid))
        assert works(jobs)


def test_no_run_outlives_the_server_that_wanted_it(cluster: Grid, gate: Gate) -> None:
    with working(cluster.address) as jobs:
        id = start(jobs, "halfway", gate.path)
        pid = gate.wait()
        jobs.close()
        assert jobs.find(id).message == "the server is stopping"
        wait_for(lambda: not alive(pid))


def test_a_sweep_runs_there_too(cluster: Grid) -> None:
    with working(cluster.address) as jobs:
        asked = read_sweep("googlenet", "vary=4e.5x5:1:500:1&vary=3a.1x1:1:100:1", Limits(), 10**6)
        settings = SweepSettings(max_params=6_500_000)
        call = "googlenet", asked.grid.choices, tuple(asked.grid.axes), asked.state, asked.address, settings
        job = ended(jobs, jobs.start("a test", "sweep", TASK, call, torch=False).id)
    assert (job.status, job.result) == ("done", sweep(*call, Told()))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_run_outlives_a_real_server_either(cluster: Grid, gate: Gate, how: signal.Signals) -> None:
    more = {"GATE": gate.path, "EXPLORER_WARM_LAB": "false", "EXPLORER_DASK_SCHEDULER": cluster.address}
    with serving(program="tests.fake_lab", **more) as server:
        job = ask(server, "POST", f"{NETWORK}/gradients")["id"]
        wait_for(lambda: ask(server, "GET", f"/api/v1/jobs/{job}")["status"] == "running")
        assert cluster.runs
        server.process.send_signal(how)
        assert server.process.wait(timeout=10) == (0 if how == signal.SIGTERM else -how)
        wait_for(lambda: not cluster.runs)


def test_a_cluster_that_does_not_answer_is_unavailable() -> None:
    with (
        working(f"tcp://127.0.0.1:{unused_port()}") as jobs,
        pytest.raises(Unavailable, match="does not answer") as refused,
    ):
        start(jobs, "count", 1)
    assert refused.value.retry_after > 0


def test_without_the_extra_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with working("tcp://127.0.0.1:1") as jobs, pytest.raises(Unavailable, match="cluster"):
        start(jobs, "count", 1)


def test_a_scheduler_that_dies_loses_its_runs_and_they_end(tmp_path: Path, gate: Gate) -> None:
    with grid(tmp_path) as first, working(first.address) as jobs:
        id = start(jobs, "halfway", gate.path)
        pid = gate.wait()
        os.kill(first.scheduler, signal.SIGKILL)
        job = ended(jobs, id)
        assert (job.status, job.message) == ("failed", "the cluster has lost the run")
        wait_for(lambda: not alive(pid))


def test_a_scheduler_that_falls_silent_does_not_keep_the_server(tmp_path: Path, gate: Gate) -> None:
    with grid(tmp_path) as silent:
        more = {"GATE": gate.path, "EXPLORER_WARM_LAB": "false", "EXPLORER_DASK_SCHEDULER": silent.address}
        with serving(program="tests.fake_lab", EXPLORER_SHUTDOWN_SECONDS="2", **more) as server:
            ask(server, "POST", f"{NETWORK}/training")
            gate.wait()
            os.kill(silent.scheduler, signal.SIGSTOP)
            assert server.stop() == 0
