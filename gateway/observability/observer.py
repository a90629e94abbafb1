"""Passes on what happens in a process to metrics, logs and traces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from gateway.http.observation import Observation
from gateway.observability.logs import caller_label
from gateway.observability.metrics import Metrics
from gateway.observability.tracing import FAILED, OperationSpan, find_tracer, trace_request
from resolvers.ports.profile import Fact
from schema.rate_limit import RateLimit

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_log = structlog.get_logger()


@dataclass(slots=True)
class Running:
    """What is known of an operation before it ends.

    Attributes:
        integration: The account it asks; null before it was let in.
        caller: Name of the access token it came with; null without one.
        upstream_requests: How many requests were made for it; for a subscription, for all of its events.
        span: Its span; null without OpenTelemetry.
    """

    integration: str | None = None
    caller: str | None = None
    upstream_requests: int = 0
    span: OperationSpan | None = None


RUNNING: ContextVar[Running | None] = ContextVar("running_operation", default=None)
"""The operation that the current task works for; it follows into the tasks that this one begins."""


class Observer:
    """The observer of one process.

    Args:
        quotas: Returns what is left of the request quota of each integration, by name.
        logs_operations: Whether a line is written for each operation.

    Attributes:
        metrics: What has been counted.
    """

    def __init__(self, quotas: Callable[[], Mapping[str, RateLimit]], *, logs_operations: bool = True) -> None:
        self.metrics = Metrics(quotas)
        self._logs_operations = logs_operations

    @cached_property
    def tracer(self) -> Tracer | None:
        """Makes spans; null where there is nobody to take them when the first operation begins."""
        return find_tracer()

    def begin(self) -> None:
        """An operation begins in the current task."""
        RUNNING.set(Running(span=OperationSpan(self.tracer) if self.tracer else None))

    def end(self, seen: Observation) -> None:
        """The current task's operation is answered."""
        running = RUNNING.get() or Running()
        RUNNING.set(None)
        self.metrics.operation(seen)
        if self._logs_operations:
            _log_operation(seen, running)
        if running.span:
            running.span.end(seen)

    def hook(self, integration: str) -> Callable[[str, int | None, float], None]:
        """The telemetry hook of an account: counts, logs and traces each attempt to reach its ATS."""

        def request(template: str, status: int | None, seconds: float) -> None:
            if running := RUNNING.get():
                running.upstream_requests += 1
            self.metrics.request(integration, template, status, seconds)
            if self.tracer:
                trace_request(self.tracer, integration, template, status, seconds)
            if status is None or status >= FAILED:
                _log.warning(
                    "upstream_failed",
                    integration=integration,
                    route=template,
                    status=status,
                    seconds=round(seconds, 6),
                )

        return request

    def drift(self, integration: str) -> Callable[[Fact], None]:
        """What is to be called with each fact of an account that drifts: counts and logs it."""

        def drifted(fact: Fact) -> None:
            self.metrics.drift(integration, fact.name)
            _log.warning("drift", integration=integration, fact=fact.name, before=fact.before, now=fact.value)

        return drifted


def _log_operation(seen: Observation, running: Running) -> None:
    _log.info(
        "operation",
        name=seen.operation_name,
        type=seen.operation_type,
        codes=seen.codes,
        seconds=round(seen.seconds, 6),
        upstream_requests=running.upstream_requests,
        integration=running.integration,
        token=caller_label(running.caller),
    )
