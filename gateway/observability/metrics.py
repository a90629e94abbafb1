"""Metrics for Prometheus, in a registry of the app's own.

Labels hold what the gateway itself names, plus the names clients give their operations, which are bounded in form and
number. Each worker counts for itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.http.observation import Observation
from schema.rate_limit import RateLimit

OTHER = "other"
NONE = "none"
OK = "ok"
MAX_NAMES = 100
MAX_ROUTES = 200
"""How many values a label from outside may have; what comes later is `other`."""

KEPT = 1_000
"""Children of metrics that are at hand by what they count."""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
KEYS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

_NAME = re.compile(r"[_A-Za-z0-9]{1,64}")
_ROUTE = re.compile(r"[A-Za-z0-9_/{}.-]{1,128}")


class Labels:
    """The first values of a label that comes from outside; all later ones are `other`.

    Args:
        form: What a value has to look like.
        limit: How many values it keeps apart.
    """

    def __init__(self, form: re.Pattern[str], limit: int) -> None:
        self._form = form
        self._limit = limit
        self._known: set[str] = set()

    def of(self, value: str | None) -> str:
        """The value itself, `other`, or `none`."""
        if value is None:
            return NONE
        if value not in self._known:
            if len(self._known) >= self._limit or not self._form.fullmatch(value):
                return OTHER
            self._known.add(value)
        return value


class Metrics:
    """What one app counts.

    Args:
        quotas: Returns what is left of the request quota of each integration, by name.
    """

    def __init__(self, quotas: Callable[[], Mapping[str, RateLimit]]) -> None:
        self._registry = registry = CollectorRegistry()
        self._names = Labels(_NAME, MAX_NAMES)
        self._routes = Labels(_ROUTE, MAX_ROUTES)
        registry.register(_Quotas(quotas))
        self._operations = Counter(
            "ats_gateway_operations",
            "Answered operations; outcome is `ok` or the code of the first error.",
            ("name", "type", "outcome"),
            registry=registry,
        )
        self._operation_seconds = Histogram(
            "ats_gateway_operation_seconds",
            "Time an operation took.",
            ("name", "type"),
            buckets=SECONDS,
            registry=registry,
        )
        self._root_fields = Counter(
            "ats_gateway_root_fields",
            "Root fields; way is `planned`, `core` for graphql-core, or `failed` where a plan was left to it.",
            ("way",),
            registry=registry,
        )
        self._requests = Counter(
            "ats_gateway_upstream_requests",
            "Requests to the ATS; status is `none` where no answer came.",
            ("integration", "route", "status"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "ats_gateway_upstream_seconds",
            "Time a request to the ATS took.",
            ("integration", "route"),
            buckets=SECONDS,
            registry=registry,
        )
        self._dropped = Counter(
            "ats_gateway_copies_dropped",
            "Records read whose copies were not written because too many waited to be.",
            ("integration",),
            registry=registry,
        )
        self._drift = Counter(
            "ats_gateway_drift",
            "Facts about an account that were found to be otherwise than before.",
            ("integration", "fact"),
            registry=registry,
        )
        self._batch_keys = Histogram(
            "ats_gateway_loader_batch_keys",
            "Distinct keys a loader asked for at once.",
            ("model",),
            buckets=KEYS,
            registry=registry,
        )

        # In the order of `Ways`.
        self._ways = [self._root_fields.labels(way) for way in ("planned", "core", "failed")]
        self._of_operation = lru_cache(KEPT)(self._find_operation)
        self._of_request = lru_cache(KEPT)(self._find_request)
        self._of_model = lru_cache(KEPT)(self._batch_keys.labels)

    def operation(self, seen: Observation) -> None:
        """Count an operation."""
        outcome = seen.codes[0] if seen.codes else OK
        number, seconds = self._of_operation(seen.operation_name, seen.operation_type, outcome)
        number.inc()
        seconds.observe(seen.seconds)
        for counter, fields in zip(self._ways, seen.ways, strict=True):
            if fields:
                counter.inc(fields)

    def request(self, integration: str, template: str, status: int | None, seconds: float) -> None:
        """Count an attempt to reach the ATS."""
        number, durations = self._of_request(integration, template, status)
        number.inc()
        durations.observe(seconds)

    def batch(self, model: str, keys: int) -> None:
        """Count the keys of a batch that goes to a source."""
        self._of_model(model).observe(keys)

    def dropped(self, integration: str, records: int) -> None:
        """Count records whose copies were not written."""
        self._dropped.labels(integration).inc(records)

    def drift(self, integration: str, fact: str) -> None:
        """Count a fact that drifted."""
        self._drift.labels(integration, fact).inc()

    def exposition(self) -> bytes:
        """All metrics in Prometheus's text format 0.0.4."""
        return generate_latest(self._registry)

    def _find_operation(self, name: str | None, kind: str | None, outcome: str) -> tuple[Counter, Histogram]:
        labels = self._names.of(name), kind or NONE
        return self._operations.labels(*labels, outcome), self._operation_seconds.labels(*labels)

    def _find_request(self, integration: str, template: str, status: int | None) -> tuple[Counter, Histogram]:
        labels = integration, self._routes.of(template)
        number = self._requests.labels(*labels, NONE if status is None else str(status))
        return number, self._request_seconds.labels(*labels)


class _Quotas(Collector):
    """Reads the quotas at every scrape."""

    def __init__(self, quotas: Callable[[], Mapping[str, RateLimit]]) -> None:
        self._quotas = quotas

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: the quotas need not be there yet when this is registered."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Two gauges, one sample for each integration."""
        left = GaugeMetricFamily(
            "ats_gateway_quota_remaining", "Requests to the ATS that may go out right now.", labels=("integration",)
        )
        limit = GaugeMetricFamily("ats_gateway_quota_limit", "Requests to the ATS per minute.", labels=("integration",))
        for name, state in self._quotas().items():
            left.add_metric((name,), state.remaining)
            limit.add_metric((name,), state.limit)
        yield from (left, limit)
