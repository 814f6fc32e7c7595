"""A bench on a Dask cluster: a worker there starts the same process, within the same limits, as this machine would."""

import contextlib
import pickle
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, wait
from typing import TYPE_CHECKING, Any

from app.errors import Unavailable
from app.lab.process import Process, Report
from app.words import phrase

if TYPE_CHECKING:  # an optional extra, slow to import
    from distributed import Client, Queue

_PACE = 0.1
"""Seconds between two looks at what a run has said, and whether the caller still wants its answer."""
_PATIENCE = 5
"""Seconds that the scheduler has for an answer."""


class Cluster:
    """Runs on whichever worker has room. One that dies in the middle of a run is replaced: another begins it anew.

    Args:
        scheduler: address of the cluster's scheduler, `tcp://host:port`.
        seconds: time limit of a run.
        memory_mb: limit of its process's data, MB.
    """

    def __init__(self, scheduler: str, seconds: float, memory_mb: int) -> None:
        self._scheduler, self._limits = scheduler, (seconds, memory_mb)
        self._known: Client | None = None
        self._lock = threading.Lock()  # several benches share the connection

    def ready(self, torch: bool = True) -> None:  # noqa: ARG002
        """Raises Unavailable where the cluster does not answer; what its workers have is seen there."""
        self._client()

    def call(
        self, task: str, arguments: tuple[object, ...], report: Report | None, unwanted: Callable[[], bool], /
    ) -> Any:
        """See `Process.call`."""
        from distributed import Queue
        from distributed.comm import CommClosedError

        client = self._client()
        said = Queue(f"inception-explorer-{secrets.token_hex(8)}", client=client)
        executor = client.get_executor(pure=False)
        run = executor.submit(_run, said, self._limits, task, arguments, report is not None)
        try:
            while not wait([run], _PACE).done:
                if unwanted():
                    raise CancelledError
                with contextlib.suppress(TimeoutError):
                    for each in said.get(batch=True, callback_timeout=_PATIENCE):
                        if report:
                            report(*pickle.loads(each))
            return run.result()
        except (CancelledError, CommClosedError):
            if unwanted():
                raise CancelledError from None
            raise Unavailable(phrase("the cluster has lost the run"), 10) from None
        finally:
            run.cancel()
            said.close()

    def close(self) -> None:
        """Leaves the cluster, which then ends what runs there for us."""
        with self._lock:
            if self._known:
                self._known.close()
                self._known = None

    def _client(self) -> "Client":
        with self._lock:
            if self._known is None or self._known.status != "running":
                try:
                    from distributed import Client

                    self._known = Client(self._scheduler, timeout=_PATIENCE, set_as_default=False)
                except ImportError:
                    raise Unavailable(phrase("this server lacks its extra `cluster`"), 3600) from None
                except (OSError, TimeoutError):
                    raise Unavailable(phrase("the cluster does not answer"), 30) from None
            return self._known


def _run(said: "Queue", limits: tuple[float, int], task: str, arguments: tuple[object, ...], reports: bool) -> Any:
    """On the cluster's worker, in a thread of it: a run that nobody wants any more is taken from the worker."""
    from distributed import get_worker
    from distributed.worker import WORKER_ANY_RUNNING

    worker = get_worker()
    key = worker.get_current_task()

    def report(*told: object) -> None:
        said.put(pickle.dumps(told))

    def unwanted() -> bool:
        known = worker.state.tasks.get(key)
        return known is None or known.state != "executing" or worker.status not in WORKER_ANY_RUNNING

    bench = Process(*limits)
    with contextlib.closing(bench):
        return bench.call(task, arguments, report if reports else None, unwanted)
