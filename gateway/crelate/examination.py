"""What an account is found to be like: which filters work, which stages and interviews it has.

Everything is found out by reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.crelate.account import Account
from gateway.crelate.canary import Proof
from gateway.crelate.entities import Row
from gateway.crelate.filters import (
    ACTIVITY_IDS,
    ACTIVITY_PARENTS,
    ACTIVITY_REGARDING,
    ACTIVITY_VERBS,
    CONTACT_EMAILS,
    CONTACT_IDS,
    FILE_IDS,
    FILTERS,
    JOB_IDS,
    MODIFIED_AFTER,
    Filter,
)
from gateway.crelate.readers import key, title
from resolvers.errors import AtsError

_SINGLY = "one request per record"
_BY_VALUE = "one request per value"
_BY_OTHERS = "the narrowest other filter of activities, or all of them"
_WHOLE = "whole lists are read again"

FALLBACKS: Mapping[Filter, str] = {
    CONTACT_IDS: _SINGLY,
    JOB_IDS: _SINGLY,
    ACTIVITY_IDS: _SINGLY,
    FILE_IDS: _SINGLY,
    CONTACT_EMAILS: "candidates can be found by address only among synced ones",
    ACTIVITY_PARENTS: _BY_OTHERS,
    ACTIVITY_REGARDING: _BY_OTHERS,
    ACTIVITY_VERBS: "activities of all types are read and sorted out here",
    **dict.fromkeys(MODIFIED_AFTER.values(), _WHOLE),
}
"""Filter -> what is done instead where it cannot be trusted (crelate-api 2.6)."""

_ONE_AT_A_TIME = {CONTACT_EMAILS, ACTIVITY_PARENTS, ACTIVITY_REGARDING}
"""The filters that are still used when they work with one value only; of moments there is never more than one."""


@dataclass(frozen=True, slots=True)
class FilterFound:
    """What is known of a filter.

    Attributes:
        name: Such as `/contacts?ids`.
        proof: Null when the list cannot be read.
        fallback: What is done instead, or null where the filter is used to the full.
    """

    name: str
    proof: Proof | None
    fallback: str | None


@dataclass(frozen=True, slots=True)
class Workflow:
    """The application stages.

    Attributes:
        type: GUID of the one workflow type they belong to; null when they belong to several or to none that is named.
        stages: What they are called, in the pipeline's order.
    """

    type: str | None
    stages: tuple[str, ...]


async def examine_filters(account: Account) -> list[FilterFound]:
    """What the canary finds out about every filter."""
    return list(await asyncio.gather(*(examine_filter(account, judged) for judged in FILTERS)))


async def examine_workflow(account: Account) -> Workflow:
    """The stages and the workflow type they were found by (ASM-16).

    Raises:
        AtsError: they cannot be read.
    """
    rows = (await account.tables.stages()).values()
    types = {key(row.WorkflowTypeId) for row in rows}
    return Workflow(types.pop() if len(types) == 1 else None, tuple(_named(rows)))


async def examine_interviews(account: Account) -> list[str]:
    """What the types of activities that count as interviews are called (ASM-27).

    Raises:
        AtsError: they cannot be read.
    """
    wanted = await account.tables.interview_types()
    types = await account.tables.activity_types()
    return _named(row for name, row in types.items() if name in wanted)


async def examine_filter(account: Account, judged: Filter) -> FilterFound:
    """What the canary finds out about one."""
    try:
        proof = await account.canary.proof(judged)
    except AtsError:
        return FilterFound(judged.name, None, FALLBACKS[judged])
    if proof is Proof.MANY or (proof is Proof.ONE and judged.later):
        return FilterFound(judged.name, proof, None)
    if proof is Proof.ONE and judged in _ONE_AT_A_TIME:
        return FilterFound(judged.name, proof, _BY_VALUE)
    return FilterFound(judged.name, proof, FALLBACKS[judged])


def _named(rows: Iterable[Row]) -> list[str]:
    return [name for row in rows if (name := title({"Title": row.Name or row.Title}))]
