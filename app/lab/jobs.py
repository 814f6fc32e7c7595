"""Jobs: runs that nobody has to wait for. Their queue, what is known of each, and for how long."""

import asyncio
import logging
import secrets
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from app.errors import Busy, ExplorerError, NotFound, clip
from app.lab.runs import Gradients, Latency, Training
from app.lab.sweep import Swept
from app.lab.workers import Workers
from app.network.record import record
from app.settings import Settings
from app.words import phrase

Status = Literal["queued", "running", "done", "failed", "cancelled"]
Result = Latency | Gradients | Training | Swept
_RETRY = 10
"""Seconds after which asking again makes sense."""
_PACE = 0.1
"""Seconds between two looks at a job that is followed."""
_SILENCE = 15
"""Seconds after which a follower is told again what it knows: proxies end connections that say nothing."""


@record
class Job:
    """What is known of a job."""

    id: str
    """As addresses name it."""
    kind: str
    """`latency`, `gradients`, `training` or `sweep`."""
    status: Status
    """`queued`, `running`, `done`, `failed` or `cancelled`."""
    progress: float
    """What is done of it, 0 to 1."""
    message: str
    """What is being done, or how it ended, as a sentence."""
    result: Result | None
    """What came of it; null until it is done."""
    partial: Result | None
    """What is known so far, where a run can tell; null once it is done."""

    @property
    def ended(self) -> bool:
        return self.status not in ("queued", "running")


class _Run:
    """A job on its way; `job` is replaced whenever something happens."""

    def __init__(self, job: Job, client: str) -> None:
        self.job, self.client, self.ended_at = job, client, 0.0
        self.future: Future[Any] = Future()
        self.stopped: tuple[Status, str] = "cancelled", phrase("cancelled")
        """What it is where its future is cancelled, and why."""


class Jobs:
    """Every job of this server.

    Args:
        workers: who runs them, as many at once as may, in the order of their coming.
        limits: how many at once, in all and of each client, and how many are kept for how long.
        clock: seconds that pass.
    """

    def __init__(self, workers: Workers, limits: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._workers, self._limits, self._clock = workers, limits, clock
        self._runs: dict[str, _Run] = {}
        self._following: Counter[str] = Counter()
        self._lock = threading.RLock()  # runs report and end in threads of their own

    def start(self, client: str, kind: str, task: str, arguments: tuple[object, ...], torch: bool = True) -> Job:
        """A new job.

        Args:
            client: whose it is.
            kind: what it is called.
            task: the function to run, as `module:function`; it is given a `report` beside its arguments.
            arguments: they travel to another process.
            torch: whether it needs torch.

        Raises:
            Busy: too many jobs run and wait already, of this client or in all.
            Unavailable: no run can be made here.
        """
        self._workers.ready(torch)
        id = ".".join(filter(None, (self._limits.server_name, secrets.token_urlsafe(16))))
        job = Job(id, kind, "queued", 0.0, phrase("waits for its turn"), None, None)
        run = _Run(job, client)
        with self._lock:
            self._forget()
            self._refuse_beyond(client)
            self._runs[job.id] = run
            run.future = self._workers.submit(task, arguments, partial(self._report, run))
        run.future.add_done_callback(partial(self._end, id))
        return run.job

    def find(self, id: str) -> Job:
        """What is known of a job now.

        Raises:
            NotFound: there never was such a job, or it ended too long ago.
        """
        return self._find(id).job

    def cancel(self, id: str) -> Job:
        """Ends a job, unless it has ended already.

        Raises:
            NotFound: as `find`.
        """
        run = self._find(id)
        run.future.cancel()
        return run.job

    async def follow(self, id: str) -> AsyncIterator[Job]:
        """What is known of a job now, and again whenever that has changed, until it has ended.

        Raises:
            NotFound: as `find`.
        """
        run, told, silence = self._find(id), None, 0.0
        while told is None or not told.ended:
            if run.job is not told or silence > _SILENCE:
                told, silence = run.job, 0.0
                yield told
            else:  # looked at, since a run may say more than anybody wants to hear
                await asyncio.sleep(_PACE)
                silence += _PACE

    @property
    def followers(self) -> int:
        """How many follow a job."""
        return self._following.total()

    @contextmanager
    def followed(self, client: str) -> Iterator[None]:
        """While a client follows a job.

        Raises:
            Busy: as many as may do, of this client or in all.
        """
        if (theirs := self._following[client]) >= self._limits.jobs_followers_per_client:
            raise Busy(phrase("you follow jobs {most} times already", most=theirs), _RETRY)
        if self.followers >= self._limits.jobs_followers:
            raise Busy(phrase("{most} clients follow jobs already", most=self.followers), _RETRY)
        self._following[client] += 1
        try:
            yield
        finally:
            self._following[client] -= 1
            self._following += Counter()  # who follows nothing is forgotten

    def counts(self) -> Counter[tuple[str, str]]:
        """How many are remembered, by kind and status."""
        return Counter((run.job.kind, run.job.status) for run in list(self._runs.values()))

    def close(self) -> None:
        """Ends every job, and takes no more."""
        for run in self._active():
            run.stopped = "failed", phrase("the server is stopping")
            run.future.cancel()
        self._workers.close()

    def _active(self) -> list[_Run]:
        return [run for run in list(self._runs.values()) if not run.job.ended]

    def _find(self, id: str) -> _Run:
        run = self._runs.get(id)
        if run is None or self._is_over(run):
            minutes = f"{self._limits.jobs_kept_seconds / 60:g}"
            kept = phrase("what runs, waits, or ended less than {minutes} minutes ago", minutes=minutes)
            raise NotFound(phrase("job"), id, kept)
        return run

    def _is_over(self, run: _Run) -> bool:
        return run.job.ended and self._clock() - run.ended_at >= self._limits.jobs_kept_seconds

    def _forget(self) -> None:
        """Drops what ended too long ago, and where too much is left first what has no result, then what ended first."""
        gone = [run for run in self._runs.values() if run.job.ended and not self._workers.holds(run.future)]
        ended = sorted(gone, key=lambda run: (run.job.result is not None, run.ended_at))
        beyond = len(ended) - self._limits.jobs_kept
        for at, run in enumerate(ended):
            if at < beyond or self._is_over(run):
                del self._runs[run.job.id]

    def _refuse_beyond(self, client: str) -> None:
        active = [run for run in self._runs.values() if not run.job.ended or self._workers.holds(run.future)]
        theirs = [run for run in active if run.client == client]
        if len(theirs) >= self._limits.jobs_per_client:
            raise Busy(phrase("{most} of your jobs run and wait already", most=len(theirs)), _RETRY)
        if len(active) >= self._limits.jobs_running + self._limits.jobs_waiting:
            raise Busy(phrase("{most} jobs run and wait already", most=len(active)), _RETRY)

    def _report(self, run: _Run, progress: float, message: str, partial: Any) -> None:
        with self._lock:
            if not run.job.ended:
                known = run.job.partial if partial is None else partial
                share = min(max(0.0, progress), 1.0)
                run.job = replace(run.job, status="running", progress=share, message=message, partial=known)

    def _end(self, id: str, future: Future[Any]) -> None:
        with self._lock:
            run = self._runs[id]  # not held by its own future: what is forgotten is gone without the collector
            run.ended_at = self._clock()
            if future.cancelled():
                status, message = run.stopped
                run.job = replace(run.job, status=status, message=message)
            elif error := future.exception():
                run.job = replace(run.job, status="failed", message=_reason(error))
            else:
                result = future.result()
                run.job = replace(
                    run.job, status="done", progress=1.0, message=phrase("done"), result=result, partial=None
                )
            self._forget()


def _reason(error: BaseException) -> str:
    """Why a run failed, as a sentence; a defect of ours is told to the log as well."""
    if isinstance(error, ExplorerError):
        return error.sentences[0] if len(error.sentences) == 1 else str(error)
    logging.getLogger(__name__).error("a run failed", exc_info=error)
    return phrase("the run failed: {reason}", reason=clip(f"{type(error).__name__}: {error}", 200))
