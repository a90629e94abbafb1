"""The port for trying an account out by writing to it: what `ats-gateway doctor --write` asks of an ATS.

A trial makes records that are marked as a test, looks at what became of them, and removes them. What it makes is noted
in a journal before and after each call that makes something, so that a later run can remove what a killed one left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from resolvers.ports.examination import Assumption, Finding

Trace = Mapping[str, str]
"""What the journal holds of one thing that was made, or may have been; only the connector reads it."""


class Journal(Protocol):
    """Where the traces of one account are kept."""

    def read(self) -> Sequence[Trace]:
        """The traces there are."""

    def write(self, traces: Sequence[Trace]) -> None:
        """Keep these in place of what is there; on return they are on disk."""


@dataclass(frozen=True, slots=True)
class HeardCall:
    """One call to the ATS, without keys and values.

    Attributes:
        method: HTTP method.
        path: Path template, such as `/jobs/{id}`.
        status: HTTP status, or null when no answer came.
    """

    method: str
    path: str
    status: int | None


Listener = Callable[[HeardCall], None]


def unheard(call: HeardCall) -> None:
    """A listener that does nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A job a trial may use.

    Attributes:
        key: Its remote id.
        name: What it is called; blank when the ATS does not say.
    """

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Remnant:
    """Something a trial made, or may have made, and could not remove.

    Attributes:
        what: For a person.
        key: Its remote id; null when it is not known.
        why: Why it is still there.
    """

    what: str
    key: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial.

    Attributes:
        findings: What works and what does not.
        assumptions: The ones it has tried, with what it saw.
        remnants: What it could not remove.
    """

    findings: Sequence[Finding] = ()
    assumptions: Sequence[Assumption] = ()
    remnants: Sequence[Remnant] = ()


class Trials(Protocol):
    """Trials on one account."""

    async def jobs(self) -> Sequence[Choice]:
        """A few jobs that take applications.

        Raises:
            AtsError: they cannot be read.
        """

    async def job(self, key: str) -> Choice | None:
        """The job under a remote id; null when there is none.

        Raises:
            AtsError: the ATS does not say.
        """

    async def run(self, job_key: str | None) -> Trial:
        """Try everything out on a made-up candidate and remove it, also when this is cancelled or fails.

        Args:
            job_key: The job that the candidate is put on for a while; null to leave out what takes a job.
        """

    async def clear(self) -> Sequence[Remnant]:
        """Remove what earlier trials left, as the journal says; what could not be removed."""
