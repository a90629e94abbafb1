"""What one request has read so far, so that questions about the same rows do not read them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.crelate.account import Account
from gateway.crelate.filters import ACTIVITY_IDS, CONTACT_IDS, FILE_IDS, JOB_IDS, Filter
from gateway.crelate.mapping import TABLES
from gateway.crelate.mapping.owners import owned, owners
from gateway.crelate.mapping.table import Facts, Row
from gateway.crelate.readers import key, title
from gateway.crelate.reading.activities import Activities
from gateway.crelate.reading.pipelines import Pipelines
from gateway.crelate.reading.rows import Rows
from gateway.crelate.vocabulary import CUSTOM_FIELDS

LABELLED = {"Job": "/jobs", "Candidate": "/contacts"}
"""Model whose records show custom fields -> the entity that knows what they are called."""

_CUSTOM = frozenset(CUSTOM_FIELDS)


class Session:
    """One request's memory.

    Args:
        account: Shared with all other requests.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.contacts = self._rows(CONTACT_IDS)
        self.jobs = self._rows(JOB_IDS)
        self.activities = self._rows(ACTIVITY_IDS)
        self.files = self._rows(FILE_IDS)
        self.pipelines = Pipelines(account.client, account.tables, account.assumptions)
        self.interviews = Activities(account.client, account.canary, account.tables, self.activities)

    async def read(
        self,
        model: str,
        rows: Sequence[Row],
        known: Sequence[Mapping[str, Any]] | None = None,
        *,
        job_key: str = "",
        candidate_key: str = "",
    ) -> list[Any]:
        """The records of these rows; `known` as in `Table.read`, the keys as in `Facts`."""
        labels = await self.account.tables.labels(LABELLED[model]) if _need_labels(model, rows) else {}
        outside = Facts(self.account.assumptions, self.account.web_url, labels, job_key, candidate_key)
        return TABLES[model].read(rows, outside, known)

    async def owned(self, rows: Iterable[Row], otherwise: str = "") -> list[dict[str, Row]]:
        """Record and owner for each owner of these rows who has a name, or is a user of the account."""
        pairs = list(owned(rows, otherwise))
        if all(title(pair["Owner"]) for pair in pairs):
            return pairs
        users = await self.account.tables.users()
        return [pair for pair in pairs if title(pair["Owner"]) or key(pair["Owner"]) in users]

    def named_owner(self, wanted: str) -> Row | None:
        """What the rows read so far say of an owner, who may be no user any more."""
        rows = (*self.jobs.seen, *self.activities.seen)
        named = (found for row in rows if (found := owners(row).get(wanted)) and title(found))
        return next(named, None)

    def _rows(self, by_ids: Filter) -> Rows:
        account = self.account
        return Rows(account.client, account.canary, by_ids, account.assumptions.deleted_statuses)


def _need_labels(model: str, rows: Iterable[Row]) -> bool:
    return model in LABELLED and any(row[name] is not None for row in rows for name in _CUSTOM.intersection(row))
