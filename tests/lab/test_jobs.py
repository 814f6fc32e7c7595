"""Jobs: each ends well or with a reason, and whatever happens to one, the next works."""

import asyncio
import itertools
import os
import signal
from dataclasses import replace
from typing import Any

import pytest

from app.errors import Unavailable
from app.lab.jobs import Job, Jobs
from app.words import language, say
from tests.gate import Gate
from tests.lab.working import ended, now, start, working, works
from tests.serving import alive, wait_for

pytestmark = pytest.mark.usefixtures("torch_is_there")


def test_an_id_begins_with_the_name_of_the_server_that_knows_it() -> None:
    with working(server_name="web1") as one, working() as nameless:
        id = start(one, "count", 1)
        assert id.startswith("web1.")
        assert one.find(id).id == id
        assert "." not in start(nameless, "count", 1)


def test_it_waits_then_runs_as_it_reports_then_has_its_result(gate: Gate) -> None:
    with working(jobs_running=1) as jobs:
        first, second = start(jobs, "halfway", gate.path), start(jobs, "count", 3)
        pid = gate.wait()
        wait_for(lambda: jobs.find(first).progress == 0.5)
        job = now(jobs, first)
        assert (job.status, job.progress, job.message) == ("running", 0.5, "before the gate")
        assert (job.partial, job.result, job.ended) == ("half", None, False)
        assert jobs.find(second) == Job(second, "training", "queued", 0.0, "waits for its turn", None, None)
        gate.open()
        assert ended(jobs, first) == replace(job, status="done", progress=1.0, message="done", result=pid, partial=None)
        assert ended(jobs, second).result == 3


def test_names_cannot_be_guessed() -> None:
    with working() as jobs:
        names = {start(jobs, "count", 1, client=str(n)) for n in range(5)}
        assert len(names) == 5
        assert all(len(name) >= 22 for name in names)  # 128 bits in base64


def test_as_many_run_as_may_and_the_rest_in_the_order_of_their_coming(gate: Gate) -> None:
    gates = [gate, *(gate.beside(name) for name in "bcd")]
    with working(jobs_running=2) as jobs:
        ids = [start(jobs, "halfway", each.path) for each in gates]
        pids = {gates[0].wait(), gates[1].wait()}
        assert len(pids) == 2
        wait_for(lambda: states(jobs, ids) == ["running", "running", "queued", "queued"])
        gates[1].open()
        assert gates[2].wait() in pids
        wait_for(lambda: states(jobs, ids) == ["running", "done", "running", "queued"])
        for each in gates:
            each.open()
        assert {ended(jobs, each).result for each in ids} <= pids


def states(jobs: Jobs, ids: list[str]) -> list[str]:
    return [jobs.find(each).status for each in ids]


def test_progress_is_a_share_whatever_a_run_says() -> None:
    async def told(jobs: Jobs) -> list[float]:
        return [job.progress async for job in jobs.follow(start(jobs, "fraction", -1.0, float("nan"), 7.0))]

    with working() as jobs:
        assert {share for share in asyncio.run(told(jobs)) if not 0 <= share <= 1} == set()


def test_what_is_said_in_another_process_can_be_said_in_another_language() -> None:
    with working() as jobs:
        job = ended(jobs, start(jobs, "unavailable"))
        token = language.set("zh")
        try:
            assert say(job.message) != job.message
        finally:
            language.reset(token)


def test_who_follows_hears_each_change_and_the_end(gate: Gate) -> None:
    async def follow(jobs: Jobs, id: str) -> list[Any]:
        heard = []
        async for job in jobs.follow(id):
            heard.append(job)
            if job.progress == 0.5 and not job.ended:
                gate.open()
        return heard

    with working() as jobs:
        id = start(jobs, "halfway", gate.path)
        heard = asyncio.run(follow(jobs, id))
        assert [job.status for job in heard if job.ended] == ["done"]
        assert heard[-1] == jobs.find(id)
        assert all(one != other for one, other in itertools.pairwise(heard))
        assert "half" in [job.partial for job in heard]
        assert asyncio.run(follow(jobs, id)) == heard[-1:]  # and of what has ended only that


def test_who_follows_in_silence_is_told_again(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    async def twice(jobs: Jobs, id: str) -> list[Job]:
        following = jobs.follow(id)
        heard = [await anext(following) for _ in range(2)]
        await following.aclose()  # type: ignore[attr-defined]
        return heard

    monkeypatch.setattr("app.lab.jobs._SILENCE", 0.0)
    with working() as jobs:
        id = start(jobs, "halfway", gate.path)
        wait_for(lambda: jobs.find(id).progress == 0.5)
        assert asyncio.run(twice(jobs, id)) == [jobs.find(id)] * 2


def test_cancelling_ends_the_process_and_keeps_what_was_known(gate: Gate) -> None:
    with working(jobs_running=1) as jobs:
        id = start(jobs, "halfway", gate.path)
        pid = gate.wait()
        wait_for(lambda: jobs.find(id).progress == 0.5)
        job: Any = jobs.cancel(id)
        assert (job.status, job.progress, job.partial, job.result) == ("cancelled", 0.5, "half", None)
        wait_for(lambda: not alive(pid))
        assert works(jobs)
        assert jobs.cancel(id) == jobs.find(id) == job  # again, when it has ended, changes nothing


def test_what_never_reports_can_be_cancelled_too() -> None:
    with working(jobs_running=1) as jobs:
        id = start(jobs, "forever")
        wait_for(lambda: jobs.find(id).status == "running")
        assert jobs.cancel(id).status == "cancelled"
        assert works(jobs)


def test_what_waits_is_cancelled_without_a_run(gate: Gate) -> None:
    other = gate.beside("other")
    with working(jobs_running=1) as jobs:
        running, waiting = start(jobs, "halfway", gate.path), start(jobs, "halfway", other.path)
        pid = gate.wait()
        assert jobs.cancel(waiting).status == "cancelled"
        gate.open()
        assert ended(jobs, running).result == pid
        assert works(jobs)
        assert not other.came


def test_a_process_that_is_killed_fails_its_job_and_no_other(gate: Gate) -> None:
    other = gate.beside("other")
    with working() as jobs:
        killed, spared = start(jobs, "halfway", gate.path), start(jobs, "halfway", other.path)
        os.kill(gate.wait(), signal.SIGKILL)
        job = ended(jobs, killed)
        assert (job.status, job.progress, job.partial, job.result) == ("failed", 0.5, "half", None)
        assert "SIGKILL" in job.message
        pid = other.wait()
        other.open()
        assert ended(jobs, spared).result == pid
        assert works(jobs)


@pytest.mark.parametrize(
    ("task", "arguments", "reason"),
    [
        ("hungry", (), "the run needs more than 1024 MB of memory"),
        ("dying", (), "exit code 3"),
        ("unavailable", (), "the server is stopping"),
        ("failing", ("too bad",), "the run failed: ValueError: too bad"),
        ("failing", ("x" * 5000,), f"the run failed: ValueError: {'x' * 80}"),
        ("no_such_run", (), "no_such_run"),
    ],
)
def test_a_run_that_fails_says_why_and_the_next_works(task: str, arguments: tuple[Any, ...], reason: str) -> None:
    with working(jobs_running=1) as jobs:
        job = ended(jobs, start(jobs, task, *arguments))
        assert (job.status, job.result) == ("failed", None)
        assert reason in job.message
        assert len(job.message) < 400
        assert works(jobs)


def test_a_defect_is_told_to_the_log_with_the_place_where_it_arose(caplog: pytest.LogCaptureFixture) -> None:
    with working() as jobs:
        ended(jobs, start(jobs, "failing", "too bad"))
        ended(jobs, start(jobs, "unavailable"))
    (entry,) = caplog.records
    assert "fakes.py" in caplog.text
    assert entry.levelname == "ERROR"


def test_closing_ends_what_runs_and_what_waits_and_takes_no_more(gate: Gate) -> None:
    with working(jobs_running=1) as jobs:
        ids = [start(jobs, "halfway", gate.path) for _ in range(2)]
        pid = gate.wait()
        jobs.close()
        assert not alive(pid)
        for id in ids:
            job = jobs.find(id)
            assert (job.status, job.message) == ("failed", "the server is stopping")
        with pytest.raises(Unavailable, match="stopping"):
            start(jobs, "count", 1)


def test_without_torch_no_job_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    with working() as jobs, pytest.raises(Unavailable, match="torch"):
        start(jobs, "count", 1)
