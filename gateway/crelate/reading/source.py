"""The graph's questions, answered by Crelate: fills `resolvers.ports.source.Source`.

A list is answered in one of three ways. Small models are held whole, and take any condition and order. A condition on
keys, or one that Crelate can search by, brings few enough records to be held whole as well. Anything else is walked
page by page, in Crelate's own order, with the few conditions a walk can take.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property, partial
from typing import Any, TypeVar

from gateway.crelate.account import Account
from gateway.crelate.canary import Proof
from gateway.crelate.filters import Asked, FilterViolation, moment
from gateway.crelate.protocol import all_stored, stored
from gateway.crelate.reading.answers import ChildrenByParent, Records
from gateway.crelate.reading.columns import narrowed
from gateway.crelate.reading.description import NO_DESCRIPTION
from gateway.crelate.reading.questions import BY_IDS, BY_PARENTS, SEARCHES, WALKED, WALKS, WHOLE
from gateway.crelate.reading.rows import split_errors
from gateway.crelate.reading.selection import select
from gateway.crelate.reading.session import LABELLED, Session
from resolvers.criteria import visible
from resolvers.errors import FilterNeedsSync, UpstreamUnavailable
from resolvers.ports.custom_fields import Definitions
from resolvers.ports.source import Fields, Following, Page, PageQuestion
from resolvers.ports.source import LiveSource as Asking
from schema.criterion import Criterion, Operator
from schema.model import MODELS

T = TypeVar("T")

UPDATED_MARGIN = timedelta(seconds=1)
"""Changes are asked for from a little earlier and looked at again: the boundary is not known (ASM-06)."""


class LiveSource:
    """A source for one request; rows it has read it does not read again.

    Args:
        account: Shared with all other requests.
        fields: What will be looked at of all records; null where nobody says.
        asking: Those for which it answers, if it is for several requests.
    """

    def __init__(self, account: Account, fields: Fields | None = None, asking: Sequence[Asking] = ()) -> None:
        self._account = account
        self._fields = fields
        self._asking = asking

    @cached_property
    def session(self) -> Session:
        """The request's memory; most that an operation asks about the gateway itself need none."""
        asking = [each.session for each in self._asking if isinstance(each, LiveSource)]
        return Session(self._account if self._fields is None else narrowed(self._account, self._fields), asking)

    def anew(self, asking: Sequence[Asking], /) -> LiveSource:
        """Another one, with a memory of its own."""
        return LiveSource(self._account, self._fields, asking)

    def expect(self, fields: Fields) -> None:
        """Have only those columns decoded that these fields are read from, and those that reading itself looks at."""
        self._fields = fields

    async def by_ids(self, model: str, keys: Sequence[str]) -> Records:
        """The records of a model under these keys, in any case."""
        return await _as_stored(partial(BY_IDS[model], self.session), keys)

    async def by_parents(self, model: str, attribute: str, keys: Sequence[str], limit: int | None) -> ChildrenByParent:
        """The records of a model that hold one of these keys in `attribute`.

        Raises:
            FilterNeedsSync: Crelate cannot be asked this way.
        """
        if (model, attribute) not in BY_PARENTS:
            raise FilterNeedsSync(argument=attribute)
        ask = BY_PARENTS[model, attribute]
        return await _as_stored(lambda names: ask(self.session, names, limit), keys)

    async def read_ahead(self, model: str, attribute: str, keys: Sequence[str], following: Following) -> None:
        """Interviews about the applications for these jobs, while their pipelines are read."""
        if (model, attribute, *following) == ("Application", "job_key", "Interview", "application_key"):
            await self.session.interviews.read_ahead(list(dict.fromkeys(map(stored, keys))))

    async def page(self, model: str, question: PageQuestion) -> Page:
        """One page of a model.

        Raises:
            FilterNeedsSync: Crelate cannot apply a condition or order.
            BadUserInput: the position is not one of this list.
        """
        if question.include_deleted:
            raise FilterNeedsSync(argument="includeDeleted")
        if self._fields is not None and (question.criteria or question.orders):
            places = [each.attribute for each in question.criteria] + [each.attribute for each in question.orders]
            self._fields += ((model, tuple(place.partition(".")[0] for place in places)),)
        if model in WHOLE:
            found = (await WHOLE[model](self.session)).values()
            return select(MODELS[model].record, found, question, question.criteria)
        if by := [criterion for criterion in question.criteria if _is_search(model, criterion)]:
            return await _searched(self.session, model, question, by)
        return await _walked(self.session, model, question)

    async def custom_fields(self, model: str, *, known: bool = False) -> Definitions:
        """What `/jobs/info` and `/contacts/info` say (ASM-14); the columns there are where these do not say."""
        entity, tables = LABELLED[model], self.session.account.tables
        described = tables.known_description(entity) if known else await tables.description(entity)
        return Definitions(NO_DESCRIPTION.fields, NOT_CACHED) if described is None else Definitions(described.fields)


NOT_CACHED = UpstreamUnavailable("What custom fields are called is not known, and only-if-cached forbids asking.")


async def _as_stored(
    ask: Callable[[Sequence[str]], Awaitable[Mapping[str, T]]], keys: Sequence[str]
) -> Mapping[str, T]:
    """What is found under these keys, asked for as they are stored."""
    if all_stored(keys) is keys:
        return await ask(keys)
    names = {name: stored(name) for name in keys}
    return as_asked(names, await ask(list(dict.fromkeys(names.values()))))


def as_asked(names: Mapping[str, str], found: Mapping[str, T]) -> dict[str, T]:
    """What was found, under the keys that were asked for; `names` says how each of them is stored."""
    return {asked: answer for asked, name in names.items() if (answer := found.get(name)) is not None}


def takes(model: str, criterion: Criterion) -> bool:
    """Whether a list of this model can be narrowed by the condition without other records at hand."""
    return _is_search(model, criterion) or (model, criterion.attribute) in WALKED


def _is_search(model: str, criterion: Criterion) -> bool:
    """Whether the condition alone leads to all records that fulfil it."""
    place = (model, criterion.attribute)
    known = criterion.attribute == "key" or (place in BY_PARENTS and place not in WALKED) or place in SEARCHES
    return known and criterion.operator is Operator.IN


async def _searched(session: Session, model: str, question: PageQuestion, by: Sequence[Criterion]) -> Page:
    """The page of the records that one of these conditions finds, and for which all others hold."""
    record_type = MODELS[model].record
    first, *others = sorted(by, key=lambda criterion: criterion.attribute != "key")
    alone = question.criteria == (first,) and not question.orders and not question.backward
    records, total = await _search(session, model, first, _needed(question) if alone else None)
    hidden = [criterion for criterion in others if not visible(record_type, criterion)]
    for criterion in hidden:
        also = {record.key for record in (await _search(session, model, criterion, None))[0]}
        records = [record for record in records if record.key in also]
    seen = (criterion for criterion in question.criteria if criterion not in hidden)
    looked_at = visible(record_type, first) and first.attribute != "key"  # what a key leads to has it
    rest = [criterion for criterion in seen if criterion is not first or looked_at]
    answer = select(record_type, records, question, rest)
    upstream_counts = alone and (model, first.attribute) in BY_PARENTS  # anything else was read whole
    return replace(answer, total=total) if upstream_counts else answer


async def _search(
    session: Session, model: str, criterion: Criterion, limit: int | None
) -> tuple[list[Any], int | None]:
    """The records that fulfil a condition, or the first `limit` of them, and how many there are in all."""
    keys = list(dict.fromkeys(all_stored(criterion.value)))
    place = (model, criterion.attribute)
    if place in SEARCHES:
        records = await SEARCHES[place](session, keys)
        return records, len(records)
    if place not in BY_PARENTS:
        found = _whole(await BY_IDS[model](session, keys))
        return list(found.values()), len(found)
    parents = _whole(await BY_PARENTS[place](session, keys, limit)).values()
    totals = [children.total for children in parents]
    return [record for children in parents for record in children.records], None if None in totals else sum(totals)


def _whole(outcomes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The outcomes, none of which may be an error: a list with holes would pass for a whole one."""
    found, errors = split_errors(outcomes)
    for error in errors.values():
        raise error
    return found


def _needed(question: PageQuestion) -> int:
    """How many records from the start say what is on the page and whether more follow."""
    number = (question.position or "").partition(":")[0]
    return (int(number) + 1 if number.isdigit() else 0) + question.size + 1


async def _walked(session: Session, model: str, question: PageQuestion) -> Page:
    """The page of a walk."""
    if question.orders:
        raise FilterNeedsSync(argument="orderBy")
    if question.backward:
        raise FilterNeedsSync(argument="last")
    while True:
        walk = await WALKS[model](session, await _asked(session, model, question.criteria))
        try:
            return await walk.page(question.position, question.size, question.criteria)
        except FilterViolation as violation:
            await session.account.canary.answer(violation)


async def _asked(session: Session, model: str, criteria: Sequence[Criterion]) -> Asked:
    """The filters that narrow a walk to what these conditions leave.

    Raises:
        FilterNeedsSync: there is none for one of them, and reading everything would be the only way.
    """
    asked = {}
    for criterion in criteria:
        if (model, criterion.attribute) not in WALKED:
            raise FilterNeedsSync(argument=criterion.argument)
        by = WALKED[model, criterion.attribute]
        proof = Proof.UNDECIDED if by is None else await session.account.canary.proof(by)
        if proof is Proof.NONE:
            raise FilterNeedsSync(argument=criterion.argument)
        if by is not None and proof is not Proof.UNDECIDED:
            asked[by] = [moment(criterion.value - UPDATED_MARGIN)]
    return asked
