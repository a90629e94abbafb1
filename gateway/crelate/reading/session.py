"""What one request has read so far, so that questions about the same rows do not read them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from gateway.crelate.account import Account
from gateway.crelate.entities import Row, User
from gateway.crelate.filters import ACTIVITY_IDS, CONTACT_IDS, FILE_IDS, JOB_IDS
from gateway.crelate.mapping.custom_fields import filled
from gateway.crelate.mapping.table import NOTHING, Known
from gateway.crelate.mapping.team import named_users, owned
from gateway.crelate.readers import key
from gateway.crelate.reading.activities import Activities
from gateway.crelate.reading.description import NO_DESCRIPTION
from gateway.crelate.reading.leads import Leads
from gateway.crelate.reading.pipelines import Pipelines
from gateway.crelate.reading.rows import Rows, split_errors

LABELLED = {"Job": "/jobs", "Candidate": "/contacts"}
"""Model whose records show custom fields -> the entity that knows what they are called."""


class Naming(NamedTuple):
    """Rows that may name what is in no list, such as an owner who has left.

    Attributes:
        jobs: By key.
        activities: By key.
        pipelines: As far as they have been read.
    """

    jobs: Mapping[str, Any]
    activities: Mapping[str, Any]
    pipelines: Pipelines


class Session:
    """One request's memory.

    Args:
        account: Shared with all other requests.
        asking: The memories of several requests for which this one answers.

    Attributes:
        naming: Its own rows, and those of all sessions that it has answered for or been answered by.
    """

    def __init__(self, account: Account, asking: Sequence[Session] = ()) -> None:
        self.account = account
        deleted = tuple(account.assumptions.deleted_statuses)
        self.contacts, self.jobs, self.activities, self.files = (
            Rows(account.client, account.canary, by_ids, deleted)
            for by_ids in (CONTACT_IDS, JOB_IDS, ACTIVITY_IDS, FILE_IDS)
        )
        self.pipelines = Pipelines(account.client, account.tables, account.assumptions)
        self.naming = [Naming(self.jobs.seen, self.activities.seen, self.pipelines)]
        self.naming += chain.from_iterable(each.naming for each in asking)
        for each in asking:
            each.naming.append(self.naming[0])
        self.leads = Leads(account, self.pipelines)
        self.interviews = Activities(account.client, account.canary, account.tables, self.activities)

    async def read(
        self,
        model: str,
        found: Mapping[str, Any],
        known: Known = NOTHING,
        *,
        job_key: str = "",
        candidate_key: str = "",
    ) -> dict[str, Any]:
        """The records of rows, and errors as they are, all by key; the rest as in `Table.read` and `Facts`."""
        rows, errors = split_errors(found)
        tables, entity = self.account.tables, LABELLED.get(model)
        described = tables.known_description(entity) if entity else NO_DESCRIPTION
        if described is None and entity:
            described = await tables.description(entity) if _are_customised(rows.values()) else NO_DESCRIPTION
        outside = tables.facts(self.account.web_url, described or NO_DESCRIPTION, job_key, candidate_key)
        records: dict[str, Any] = self.account.custom.tables[model].read(rows, outside, known)
        records.update(errors)
        return records

    async def unlisted(self, model: str, rows: Mapping[str, Any]) -> dict[str, Any]:
        """The records of rows that stand for them in other records, and are not in their own list."""
        records = await self.read(model, rows) if rows else {}
        for record in records.values():
            record.is_listed = False
        return records

    def named_owner(self, wanted: str) -> User | None:
        """What the rows read so far say of an owner, who may be no user any more: a name, or nothing but the id."""
        rows = [row for each in self.naming for row in (*each.jobs.values(), *each.activities.values())]
        return named_users(link for link in owned(rows) if key(link.Owner) == wanted).get(wanted)


def _are_customised(rows: Iterable[Row]) -> bool:
    """Whether any of these rows has a custom field."""
    origins = {id(row.untouched): row.untouched for row in rows}
    return any(origin.mentions("CustomField") for origin in origins.values()) and any(map(filled, rows))
