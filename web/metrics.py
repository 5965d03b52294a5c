"""What Prometheus reads: requests by route, and the state of the catalog when it is asked."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._all = CollectorRegistry()
        self._requests = Counter(
            "oer_http_requests", "Requests answered", ("method", "route", "status"), registry=self._all
        )
        self._seconds = Histogram(
            "oer_http_request_seconds", "Time to answer", ("method", "route"), buckets=_SECONDS, registry=self._all
        )
        self._stale = Gauge("oer_index_stale_resources", "Resources the index has yet to take", registry=self._all)
        self._runs = Gauge("oer_harvest_runs", "Harvest runs kept, by status", ("status",), registry=self._all)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request. `route` is the template, never the path: a path may name a learner."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def exposition(self, stale: int, runs: Mapping[str, int]) -> bytes:
        """All figures in Prometheus' text format."""
        self._stale.set(stale)
        for status, count in runs.items():
            self._runs.labels(status).set(count)
        return generate_latest(self._all)
