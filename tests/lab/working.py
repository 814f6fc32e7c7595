"""What the tests of jobs share: the real ones on processes of their own, with the tests' runs."""

import contextlib
from collections.abc import Iterator
from typing import Any

from app.lab.jobs import Jobs
from app.lab.process import Process
from app.lab.workers import Workers
from app.settings import Settings
from tests.gate import Clock
from tests.serving import wait_for

FAKES = "tests.lab.fakes"


@contextlib.contextmanager
def working(clock: Clock | None = None, seconds: float = 60, memory_mb: int = 1024, **limits: object) -> Iterator[Jobs]:
    settings = Settings.model_construct(**limits)  # type: ignore[arg-type]
    benches = [Process(seconds, memory_mb) for _ in range(settings.jobs_running)]
    jobs = Jobs(Workers(benches, 1), settings, clock or Clock())
    try:
        yield jobs
    finally:
        jobs.close()


def start(jobs: Jobs, task: str, *arguments: object, client: str = "somebody") -> str:
    job = jobs.start(client, "training", f"{FAKES}:{task}", arguments)
    assert (job.kind, job.progress, job.result, job.partial) == ("training", 0.0, None, None)
    return job.id


def now(jobs: Jobs, id: str) -> Any:
    """What is known of it; the runs of the tests give other results than real ones."""
    return jobs.find(id)


def ended(jobs: Jobs, id: str) -> Any:
    wait_for(lambda: jobs.find(id).ended)
    return jobs.find(id)


def works(jobs: Jobs) -> bool:
    return bool(ended(jobs, start(jobs, "count", 1, client="the next one")).status == "done")
