"""Traces, where OpenTelemetry is installed (the extra `otel`); nothing otherwise.

One span for each operation and one for each request to the ATS that was made for it. No argument, key or address is
ever an attribute.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from gateway.http.observation import Observation

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

try:
    from opentelemetry import context, trace
except ImportError:
    INSTALLED = False
else:
    INSTALLED = True

NAME = "ats-gateway"
FAILED = 400
"""Where the statuses of HTTP's errors begin."""

NANOSECONDS = 1_000_000_000
EXPORT_TO = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""OpenTelemetry's own settings; spans are exported when one of them says where to."""


def start_tracing() -> None:
    """Export spans over OTLP, when OpenTelemetry's environment variables ask for it and the extra is installed."""
    if not INSTALLED or not any(map(os.environ.get, EXPORT_TO)):
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - likewise
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - likewise
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - likewise

    provider = TracerProvider(resource=Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", NAME)}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def find_tracer() -> Tracer | None:
    """The tracer of this process; null without OpenTelemetry, and where no provider of it takes spans."""
    if not INSTALLED or isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    return trace.get_tracer(NAME)


class OperationSpan:
    """The span of one operation, current from here on until it ends.

    Args:
        tracer: Who makes it.
    """

    def __init__(self, tracer: Tracer) -> None:
        # Its name is not known before the document has been read.
        self._span = tracer.start_span("graphql", kind=trace.SpanKind.SERVER)
        self._token = context.attach(trace.set_span_in_context(self._span))

    def end(self, seen: Observation) -> None:
        """The operation is answered."""
        context.detach(self._token)
        if self._span.is_recording():
            if seen.operation_type:
                self._span.update_name(seen.operation_type)
                self._span.set_attribute("graphql.operation.type", seen.operation_type)
            if seen.operation_name:
                self._span.set_attribute("graphql.operation.name", seen.operation_name)
            if seen.codes:
                self._span.set_attribute("ats_gateway.codes", seen.codes)
                self._span.set_status(trace.StatusCode.ERROR)
        self._span.end()


def trace_request(tracer: Tracer, integration: str, template: str, status: int | None, seconds: float) -> None:
    """A span of a request to the ATS that has just ended, below the operation it was made for."""
    ended = time.time_ns()
    span = tracer.start_span(template, kind=trace.SpanKind.CLIENT, start_time=ended - int(seconds * NANOSECONDS))
    if span.is_recording():
        span.set_attributes({"ats_gateway.integration": integration, "url.template": template})
        if status is not None:
            span.set_attribute("http.response.status_code", status)
        if status is None or status >= FAILED:
            span.set_status(trace.StatusCode.ERROR)
    span.end(ended)
