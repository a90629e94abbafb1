"""What of the things the connector relies on an OpenAPI file has, and which assumptions that settles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import Any

from gateway.crelate.openapi.described import Described
from gateway.crelate.openapi.needs import Kind, Need, needs
from gateway.crelate.protocol import PAGE_SIZE
from gateway.crelate.readers import mapping, number
from gateway.crelate.register import BELIEFS
from resolvers.ports.examination import Assumption, AssumptionState, Comparison, Finding, Verdict

HOLDS, FAILS, UNDECIDED = AssumptionState.HOLDS, AssumptionState.FAILS, AssumptionState.UNDECIDED

SORTING = frozenset({"sort", "sort_by", "order", "order_by", "orderby", "fields", "include", "expand", "select"})
"""Parameters that would sort lists, or choose their columns (ASM-03)."""

SAMPLE = "/contacts"

MEANINGS = frozenset({"ASM-16", "ASM-17", "ASM-22", "ASM-27", "ASM-35", "ASM-36"})
"""Assumptions about what something means: that it is there settles nothing."""

told = partial(Finding, public=True)
"""A finding that has nothing of an account."""

Settled = tuple[AssumptionState, str]


def compare(document: Any) -> Comparison:
    """What a file has of what is relied on.

    Raises:
        NotOpenApi: it is no OpenAPI description.
    """
    described = Described(document)
    looked = [(need, _has(described, need)) for need in needs()]
    lacking = [need for need, has in looked if has is False]
    silent = sorted({f"{need.method} {need.template}" for need, has in looked if has is None})
    findings = [_summary(described, looked), *_missing(described, lacking)]
    if silent:
        findings.append(told("columns not described", Verdict.WARNING, ", ".join(silent)))
    return Comparison(findings, list(_assumptions(described, looked)))


def _has(described: Described, need: Need) -> bool | None:
    """Whether the file has it; null when the file does not say, or lacks the whole operation."""
    if need.kind is Kind.PATH:
        return described.operation(need.method, need.template) is not None
    if described.operation(need.method, need.template) is None:
        return None
    if need.kind is Kind.PARAMETER:
        return need.names[0].lower() in described.parameters(need.method, need.template)
    columns = _columns(described, need)
    return any(name in columns for name in need.names) if columns else None


def _columns(described: Described, need: Need) -> Collection[str]:
    read = described.answer if need.kind is Kind.ANSWER else described.body
    return read(need.method, need.template)


def _summary(described: Described, looked: Sequence[tuple[Need, bool | None]]) -> Finding:
    there = sum(has is True for _, has in looked)
    text = f"{len(described)} paths; {there} of {len(looked)} things that the gateway relies on are there"
    return told("OpenAPI file", Verdict.OK, text)


def _missing(described: Described, lacking: Sequence[Need]) -> Iterator[Finding]:
    named = dict.fromkeys((need.kind, _named(described, need)) for need in lacking)
    for kind, name in named:
        yield told(f"missing {kind.value}", Verdict.WARNING, name)


def _named(described: Described, need: Need) -> str:
    """Which thing it is, and whether only its spelling differs."""
    place = f"{need.method} {need.template}"
    if not need.names:
        return place
    wanted = {name.lower() for name in need.names}
    others = () if need.kind is Kind.PARAMETER else _columns(described, need)
    spelt = [name for name in others if name.lower() in wanted]
    hint = f" (there as {', '.join(sorted(spelt))})" if spelt else ""
    return f"{place}: {' or '.join(need.names)}{hint}"


def _assumptions(described: Described, looked: Sequence[tuple[Need, bool | None]]) -> Iterator[Assumption]:
    """The assumptions of which the file says something, in the register's order."""
    for belief in BELIEFS:
        own = [(need, has) for need, has in looked if need.number == belief.number]
        look = _LOOKS.get(belief.number)
        state, detail = look(described) if look else _settled(own)
        if state is HOLDS and belief.number in MEANINGS:
            state, detail = UNDECIDED, "the file has it, and does not say what it means"
        if own or look:
            yield Assumption(belief.number, belief.says, belief.check, belief.settings, state, detail, public=True)


def _settled(own: Sequence[tuple[Need, bool | None]]) -> Settled:
    if lacking := [need for need, has in own if has is False]:
        names = (f"{need.method} {need.template} {' or '.join(need.names)}".strip() for need in lacking)
        return FAILS, f"the file lacks {', '.join(names)}"
    if any(has is None for _, has in own):
        return UNDECIDED, "the file does not describe it"
    return HOLDS, "the file has it"


def _largest_page(described: Described) -> Settled:
    limit = described.parameters("GET", SAMPLE).get("limit", {})
    largest = number(mapping(limit.get("schema")).get("maximum", limit.get("maximum")))
    if largest is None:
        return UNDECIDED, "the file names no largest page"
    return (HOLDS if largest == PAGE_SIZE else FAILS), f"the file's largest page is {largest:g}"


def _place_of_jobs(described: Described) -> Settled:
    """ASM-18: other columns are read as well, and are not what is assumed."""
    columns = described.answer("GET", "/jobs")
    if not columns:
        return UNDECIDED, "the file does not describe it"
    is_there = "Locations_Business" in columns
    return (HOLDS, "the file has it") if is_there else (FAILS, "the file lacks GET /jobs Locations_Business")


def _commas(described: Described) -> Settled:
    """ASM-04: whether parameters of several values take them in one text."""
    asked = [need for need in needs() if need.number == "ASM-04"]
    given = [described.parameters(need.method, need.template).get(need.names[0]) for need in asked]
    if None in given:
        return _settled([(need, _has(described, need)) for need in asked])
    if all(each.get("explode") is False or each.get("collectionFormat") == "csv" for each in given if each):
        return HOLDS, "the file says so"
    return UNDECIDED, "the file has the parameters, and does not say how several values are sent"


def _sorting(described: Described) -> Settled:
    given = sorted(SORTING & described.parameters("GET", SAMPLE).keys())
    if described.operation("GET", SAMPLE) is None:
        return UNDECIDED, "the file does not describe it"
    return (FAILS, f"the file has {', '.join(given)}") if given else (HOLDS, "the file has no such parameter")


_LOOKS: dict[str, Callable[[Described], Settled]] = {
    "ASM-01": _largest_page,
    "ASM-03": _sorting,
    "ASM-04": _commas,
    "ASM-18": _place_of_jobs,
}
"""Assumptions that are not about something being there."""
