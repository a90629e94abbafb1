"""What is found out about a connected account: its rights, its filters, and what is assumed about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What a finding means for the operator of the gateway."""

    OK = "ok"
    WARNING = "warning"
    """It works, though not as well as it might."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        topic: What.
        verdict: How it stands.
        text: What was seen, and what to do about it.
        public: Whether the text is free of names, addresses, ids and anything else of the account.
    """

    topic: str
    verdict: Verdict
    text: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True)
class FilterFinding:
    """Whether a filter of the ATS can be trusted.

    Attributes:
        name: What the ATS calls it.
        proof: What is known of it, in words.
        fallback: What is done instead, or null where the filter is used to the full.
    """

    name: str
    proof: str
    fallback: str | None


class AssumptionState(Enum):
    """What is known of an assumption on an account."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNDECIDED = "undecided"
    SET = "set"
    UNCHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something taken for true about the ATS, and what is known of it on an account.

    Attributes:
        number: Such as `ASM-08`.
        says: What is assumed.
        check: How to find out.
        settings: The settings that put it right.
        state: What is known.
        detail: What was seen, or what is set; empty where there is nothing to say.
        public: Whether the detail is free of anything of the account.
    """

    number: str
    says: str
    check: str
    settings: Sequence[str]
    state: AssumptionState
    detail: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a description of the ATS's API has of what the gateway relies on.

    Attributes:
        findings: What is missing, by name.
        assumptions: The ones the description says something about.
    """

    findings: Sequence[Finding] = ()
    assumptions: Sequence[Assumption] = ()


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was found out about an account.

    Attributes:
        findings: In the order they were made.
        filters: The filters of the ATS's lists; empty when the account could not be asked.
        assumptions: The register of what is assumed; likewise.
    """

    findings: Sequence[Finding] = ()
    filters: Sequence[FilterFinding] = ()
    assumptions: Sequence[Assumption] = ()
