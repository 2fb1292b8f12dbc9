"""What one process counts and measures, for Prometheus.

Counters and histograms are the process' own; gauges of the first group below are read from the database, so that every
process on it says the same of them. Names end as Prometheus has them: counters in ``_total``, spans in ``_seconds``.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.metrics import MetricWrapperBase

M = TypeVar("M", bound=MetricWrapperBase)

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 28_800.0, 86_400.0)


class Metrics:
    """The instruments of one process, in a registry of their own, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._made: list[MetricWrapperBase] = []

        self.database_up = self._gauge("database_up", "1 if the database answered when it was last asked.")
        self.messages = self._gauge(
            "messages", "Messages that are not decided, by stage; the decided ones are in messages_decided.", "stage"
        )
        self.messages_due = self._gauge(
            "messages_due", "Messages in stage `ready` whose time to be sent has come: what pacing works off."
        )
        self.oldest_due_seconds = self._gauge(
            "message_oldest_due_seconds", "For how long the oldest of them could have been sent."
        )
        self.wake_up_lag_seconds = self._gauge(
            "wake_up_lag_seconds",
            "For how long the oldest wake-up has waited for somebody to follow it; over 30 s it is sent again.",
            "entrypoint",
        )
        self.callbacks_waiting = self._gauge("callbacks_waiting", "Status callbacks stored and not applied yet.")
        self.callback_lag_seconds = self._gauge("callback_lag_seconds", "For how long the oldest of them has waited.")
        self.jobs = self._gauge(
            "jobs", "Jobs in the queue by state; `failed` ones are held after an error.", "entrypoint", "state"
        )
        self.runs = self._gauge("runs", "Runs in the middle of a step (`running`) or halted (`paused`).", "status")
        self.runs_with_deadline = self._gauge(
            "runs_with_deadline", "Waiting runs that time alone will move on, and running ones that a worker holds."
        )
        self.waits = self._gauge("waits", "Events that runs wait for: replies, deliveries, other runs.")
        self.run_overdue_seconds = self._gauge(
            "run_overdue_seconds", "How late the run is whose deadline has passed for longest."
        )
        self.workers = self._gauge("workers", "Processes that work on this database, by state.", "state")
        self.heartbeat_age_seconds = self._gauge(
            "heartbeat_age_seconds", "How long ago this process said that it works; missing where it does not."
        )
        self.figures_seconds = self._gauge("figures_seconds", "How long it took to read the gauges above.")

        self.decided = self._counter(
            "messages_decided", "Messages whose send was decided by this process, by the stage they came to.", "stage"
        )
        self.errors = self._counter("message_errors", "Messages that came to an error code, by code.", "code")
        self.statuses = self._counter(
            "message_statuses", "Statuses of Twilio's that messages came to, as this process applied them.", "status"
        )
        self.calls_decided = self._counter(
            "calls_decided", "Calls of which this process decided whether they are placed, by stage.", "stage"
        )
        self.call_statuses = self._counter(
            "call_statuses", "Statuses of Twilio's that calls came to, as this process applied them.", "status"
        )
        self.send_seconds = self._histogram(
            "send_seconds", "From the moment a message could have been sent until Twilio had accepted it.", _SLOW
        )
        self.twilio_requests = self._counter(
            "twilio_requests",
            "Requests to Twilio by the status of the answer; `none` where there was no answer. 429 is Twilio's brake.",
            "method",
            "status",
        )
        self.twilio_seconds = self._histogram("twilio_seconds", "Time until Twilio had answered.", _FAST, "method")
        self.jobs_done = self._counter(
            "jobs_done", "Handlers that have ended, by how: `done` or `error`.", "entrypoint", "outcome"
        )
        self.job_seconds = self._histogram("job_seconds", "How long handlers took.", _FAST, "entrypoint")
        self.sweep_seconds = self._histogram("sweep_seconds", "How long sweeps took, by what was swept.", _FAST, "what")
        self.sweeps_failed = self._counter("sweeps_failed", "Sweeps that ended in an error.", "what")
        self.runs_ended = self._counter("runs_ended", "Runs that this process brought to an end, by status.", "status")

        self.requests = self._counter("http_requests", "Requests answered.", "method", "route", "status")
        self.seconds = self._histogram("http_seconds", "Time to answer a request.", _FAST, "route")
        self.refused_webhooks = self._counter("webhooks_refused", "Webhooks that were not let in, by why.", "reason")

        Info("ringline_build", "The version that runs.", registry=self.registry).info({"version": version("ringline")})
        ProcessCollector(registry=self.registry)

    def as_text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)

    def described(self) -> Iterable[tuple[str, str, tuple[str, ...], str]]:
        """Name, type, labels and meaning of each, in the order of this file."""
        for one in self._made:
            [metric] = one.describe()
            suffix = "_total" if metric.type == "counter" else ""
            yield metric.name + suffix, metric.type, one._labelnames, metric.documentation  # noqa: SLF001

    # --- what the parts of an installation call ------------------------------------------------------------------

    def job_done(self, entrypoint: str, seconds: float, ended_well: bool) -> None:
        """A handler has ended."""
        self.jobs_done.labels(entrypoint, "done" if ended_well else "error").inc()
        self.job_seconds.labels(entrypoint).observe(seconds)

    def swept(self, what: str, seconds: float, ended_well: bool) -> None:
        """A sweep has ended."""
        self.sweep_seconds.labels(what).observe(seconds)
        if not ended_well:
            self.sweeps_failed.labels(what).inc()

    def twilio_answered(self, method: str, status: int | None, seconds: float) -> None:
        """A request to Twilio has ended."""
        self.twilio_requests.labels(method, status or "none").inc()
        self.twilio_seconds.labels(method).observe(seconds)

    # --- making them ---------------------------------------------------------------------------------------------

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return self._kept(Gauge(f"ringline_{name}", meaning, labels, registry=self.registry))

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return self._kept(Counter(f"ringline_{name}", meaning, labels, registry=self.registry))

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return self._kept(Histogram(f"ringline_{name}", meaning, labels, buckets=buckets, registry=self.registry))

    def _kept(self, metric: M) -> M:
        self._made.append(metric)
        return metric
