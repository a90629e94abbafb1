"""What a trial has made, or may have made: noted in the journal before and after each call that makes something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from resolvers.ports.trial import Journal, Trace

CONTACT, PLACE, NOTE, FILE = "contact", "place on a job", "note", "file"
"""Kinds of things, in the order in which they are made."""


class Traces:
    """The traces in the journal.

    A trace is `{"kind": ..., "id": ...}` and what else the thing can be found by; it has no id while the call that
    makes the thing is under way, or when its answer was lost.

    Args:
        journal: Where they are kept.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._traces: list[Trace] = list(journal.read())

    def plan(self, kind: str, marks: Mapping[str, str]) -> Trace:
        """Note that something is about to be made."""
        trace = {"kind": kind, **marks}
        self._journal.write([*self._traces, trace])
        self._traces.append(trace)
        return trace

    def made(self, trace: Trace, name: str) -> Trace:
        """Note the id of what was made."""
        known = {**trace, "id": name}
        self._traces[self._place(trace)] = known
        self._journal.write(self._traces)
        return known

    def gone(self, trace: Trace) -> None:
        """Forget something: it was not made, or is not there any more."""
        del self._traces[self._place(trace)]
        self._journal.write(self._traces)

    def of_kind(self, kind: str) -> Iterator[Trace]:
        """The traces of a kind, the youngest first."""
        return iter([trace for trace in reversed(self._traces) if trace["kind"] == kind])

    def _place(self, trace: Trace) -> int:
        return next(place for place, each in enumerate(self._traces) if each is trace)
