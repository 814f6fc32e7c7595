"""Limits of jobs: in time, in number, in all and for each client, and how long they are remembered."""

import gc
import weakref

import pytest

from app.errors import Busy, NotFound
from tests.gate import Clock, Gate
from tests.lab.working import ended, start, working, works
from tests.serving import wait_for

pytestmark = pytest.mark.usefixtures("torch_is_there")


def test_an_endless_loop_ends_at_the_time_limit_and_the_next_works(clock: Clock) -> None:
    with working(seconds=100, jobs_running=1) as jobs:
        id = start(jobs, "forever")
        wait_for(lambda: jobs.find(id).status == "running")
        clock.now = 100
        job = ended(jobs, id)
        assert job.status == "failed"
        assert "100 s" in job.message
        assert works(jobs)


def test_a_client_has_so_many_at_once_and_others_have_theirs(gate: Gate) -> None:
    with working(jobs_running=1, jobs_waiting=8, jobs_per_client=2) as jobs:
        first = start(jobs, "halfway", gate.path)
        start(jobs, "count", 1)
        with pytest.raises(Busy, match="2 of your jobs") as refused:
            start(jobs, "count", 1)
        assert refused.value.retry_after > 0
        start(jobs, "count", 1, client="another")
        jobs.cancel(first)
        start(jobs, "count", 1)


def test_so_many_run_and_wait_in_all(gate: Gate) -> None:
    with working(jobs_running=1, jobs_waiting=2) as jobs:
        ids = [start(jobs, "halfway", gate.path, client=str(n)) for n in range(3)]
        with pytest.raises(Busy, match="3 jobs"):
            start(jobs, "count", 1, client="4")
        gate.open()
        for id in ids:
            ended(jobs, id)
        assert works(jobs)


def test_an_ended_job_is_known_for_its_time_and_then_it_is_said_how_long_that_is(gate: Gate) -> None:
    clock = Clock()
    with working(clock, jobs_kept_seconds=3600) as jobs:
        job, running = ended(jobs, start(jobs, "count", 1)), start(jobs, "halfway", gate.path)
        clock.now = 3599.9
        assert jobs.find(job.id) == job
        clock.now = 3600.0
        for ask in (jobs.find, jobs.cancel):
            with pytest.raises(NotFound, match="60 minutes"):
                ask(job.id)
        assert not jobs.find(running).ended
        gate.open()
        ended(jobs, running)
        assert jobs.find(running).status == "done"


def test_what_never_was_is_not_found() -> None:
    with working() as jobs, pytest.raises(NotFound) as unknown:
        jobs.find("nothing")
    assert unknown.value.problem.field == "job"


def test_only_the_newest_are_remembered() -> None:
    clock = Clock()
    with working(clock, jobs_kept=2) as jobs:
        ids = []
        for clock.now in range(4):
            ids.append(start(jobs, "count", 1))
            ended(jobs, ids[-1])
        for id in ids[:2]:
            with pytest.raises(NotFound):
                jobs.find(id)
        assert [jobs.find(id).id for id in ids[2:]] == ids[2:]


def test_what_is_forgotten_is_gone_without_the_collector() -> None:
    with working(jobs_kept=1) as jobs:
        gc.disable()
        try:
            first = start(jobs, "count", 1)
            known = weakref.ref(jobs._runs[first])
            ended(jobs, first)
            assert works(jobs)
            wait_for(lambda: known() is None)
        finally:
            gc.enable()
