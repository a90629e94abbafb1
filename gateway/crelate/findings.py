"""What `ats-gateway doctor` shows of a Crelate account: everything that was found out, as plain sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gateway.crelate.access import read_owner, read_rights
from gateway.crelate.account import Account
from gateway.crelate.assumptions import RECRUITING_WORKFLOW_TYPE
from gateway.crelate.beliefs import BeliefFound, examine_beliefs
from gateway.crelate.canary import Proof
from gateway.crelate.examination import (
    FilterFound,
    examine_filters,
    examine_interviews,
    examine_workflow,
)
from gateway.crelate.obstacles import cannot_connect
from gateway.crelate.settings import CrelateSettings
from resolvers.errors import AtsError
from resolvers.ports.access import CannotConnect, Obstacle, Owner, Right
from resolvers.ports.examination import Assumption, AssumptionState, Examination, FilterFinding, Finding, Verdict

CLOCK_TOLERANCE = 60.0
"""Seconds by which two clocks may differ before it is worth a warning."""

TOLERATED_PER_MINUTE = 120
"""ASM-12."""

IN_ITS_WORDS = frozenset({"ASM-17", "ASM-27"})
"""Assumptions whose detail has words of the account."""

PROOFS = {
    Proof.MANY: "proven",
    Proof.ONE: "proven",
    Proof.NONE: "refused, ignored or switched off",
    Proof.UNDECIDED: "undecidable: too few rows",
    None: "undecidable: the list cannot be read",
}
"""Proof -> what it is called in a report; how far a proof reaches, the fallback says."""


async def examine(account: Account, settings: CrelateSettings, now: Callable[[], datetime]) -> Examination:
    """Everything that reading shows about an account; when the key is refused, nothing else is tried.

    Args:
        account: Which one.
        settings: How it is reached.
        now: This machine's clock.
    """
    quota = _quota(settings)
    try:
        asked = now()
        owner = await read_owner(account.client)
        answered = now()
    except AtsError as error:
        return Examination([quota, _closed(cannot_connect(error, settings.base_url))])
    rights = await read_rights(account.client)
    opened = [quota, *_opened(owner, rights, settings.base_url), _clock(owner, asked + (answered - asked) / 2)]
    if all(right.refused for right in rights):
        return Examination(opened)
    filters = await examine_filters(account)
    known = [await _stages(account), await _interviews(account)]
    beliefs = await examine_beliefs(account)
    return Examination([*opened, *known], [*map(_filter, filters)], [*map(_assumption, beliefs)])


def _quota(settings: CrelateSettings) -> Finding:
    verdict = Verdict.OK if settings.requests_per_minute <= TOLERATED_PER_MINUTE else Verdict.WARNING
    return Finding(
        "quota",
        verdict,
        f"{settings.requests_per_minute} requests per minute, {settings.concurrency} at a time",
        public=True,
    )


def _closed(refused: CannotConnect) -> Finding:
    topic = "key" if refused.obstacle is Obstacle.KEY else "connection"
    return Finding(topic, Verdict.FAILED, refused.sentence)


def _opened(owner: Owner, rights: list[Right], address: str) -> list[Finding]:
    name = owner.name or "a user whose name Crelate does not say"
    return [
        Finding("connection", Verdict.OK, address),
        Finding("key", Verdict.OK, f"belongs to {name}"),
        *map(_right, rights),
    ]


def _right(right: Right) -> Finding:
    if right.error is None:
        return Finding(f"right to {right.list}", Verdict.OK, "" if right.total is None else f"{right.total} rows")
    why = "no right" if right.refused else right.error.code
    return Finding(
        f"right to {right.list}", Verdict.FAILED, f"{why}; without it there are no {right.gives}", public=True
    )


def _clock(owner: Owner, ours: datetime) -> Finding:
    if owner.server_time is None:
        return Finding("clock", Verdict.WARNING, "Crelate does not tell its time", public=True)
    ahead = (ours - owner.server_time).total_seconds()
    verdict = Verdict.OK if abs(ahead) <= CLOCK_TOLERANCE else Verdict.WARNING
    return Finding(
        "clock", verdict, f"this machine is {abs(ahead):.1f} s {'ahead' if ahead >= 0 else 'behind'}", public=True
    )


async def _stages(account: Account) -> Finding:
    try:
        found = await examine_workflow(account)
    except AtsError as error:
        return Finding("application stages", Verdict.FAILED, error.code)
    if found.type is None or not found.stages:
        what = f"no recruiting workflow type; {len(found.stages)} statuses of all types are taken for stages"
        return Finding("application stages", Verdict.WARNING, f"{what}. Set recruiting_workflow_type (ASM-16).")
    known = ", the usual one" if found.type == RECRUITING_WORKFLOW_TYPE else ""
    return Finding("application stages", Verdict.OK, f"{', '.join(found.stages)} (workflow type {found.type}{known})")


async def _interviews(account: Account) -> Finding:
    try:
        found = await examine_interviews(account)
    except AtsError as error:
        return Finding("interview types", Verdict.FAILED, error.code)
    if not found:
        return Finding("interview types", Verdict.WARNING, "none. Set interview_types or interview_word (ASM-27).")
    return Finding("interview types", Verdict.OK, ", ".join(found))


def _filter(found: FilterFound) -> FilterFinding:
    return FilterFinding(found.name, PROOFS[found.proof], found.fallback)


def _assumption(found: BeliefFound) -> Assumption:
    belief, public = found.belief, found.state is not AssumptionState.SET and found.belief.number not in IN_ITS_WORDS
    return Assumption(belief.number, belief.says, belief.check, belief.settings, found.state, found.detail, public)
