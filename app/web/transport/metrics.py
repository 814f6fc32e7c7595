"""What the server counts of itself, for Prometheus."""

from collections.abc import Callable, Iterable
from time import perf_counter

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from app.lab.jobs import Jobs
from app.web.transport.answers import Answers
from app.web.transport.stream import Streams

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics(Collector):
    """Counts requests as they end; what others know is read when somebody asks.

    Args:
        answers: those that are kept.
        others: gives what else there is.
    """

    def __init__(self, answers: Answers, others: Callable[[], Iterable[Metric]] = tuple) -> None:
        self._answers, self._others = answers, others
        self.kept = 0
        """Requests that were answered with what is kept: the quick ones, so they only count."""
        registry = CollectorRegistry()
        self._seconds = Histogram(
            "explorer_request_seconds",
            "Time to make an answer, by route and status; answers that were kept are not among them.",
            ["route", "method", "status"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
            registry=registry,
        )
        registry.register(self)
        self._registry = registry

    def made(self, scope: Scope, status: int, since: float) -> None:
        """An answer was made.

        Args:
            scope: of the request, with the route that the router found.
            status: of the answer.
            since: when the request came, as `perf_counter` tells it.
        """
        route = getattr(scope.get("route"), "path_format", "") or getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in ("GET", "POST", "DELETE", "OPTIONS") else "other"
        self._seconds.labels(route, method, str(status)).observe(perf_counter() - since)

    def collect(self) -> Iterable[Metric]:
        """What is asked of others."""
        yield CounterMetricFamily("explorer_kept_answers", "Requests answered with what was kept.", value=self.kept)
        yield GaugeMetricFamily("explorer_kept_bytes", "Room that kept answers take.", value=self._answers.used)
        yield from self._others()

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)


def at_work(jobs: Jobs, streams: Streams) -> Iterable[Metric]:
    """What goes on beside the answering of requests."""
    found = GaugeMetricFamily("explorer_jobs", "Jobs of the lab that are remembered.", labels=["kind", "status"])
    for (kind, status), count in jobs.counts().items():
        found.add_metric([kind, status], count)
    yield found
    yield GaugeMetricFamily("explorer_followers", "Clients that follow a job.", value=jobs.followers)
    yield GaugeMetricFamily("explorer_streams", "Long answers under way.", value=streams.running)
