"""Leads: jobs and sales leads share one list, and a lead somebody is on the pipeline of is a job too (ASM-35)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from gateway.crelate.account import Account
from gateway.crelate.canary import Proof
from gateway.crelate.entities import Job
from gateway.crelate.filters import JOB_IDS
from gateway.crelate.protocol import PAGE_SIZE, get
from gateway.crelate.readers import key
from gateway.crelate.reading.listing import rows_of
from gateway.crelate.reading.pipelines import Pipelines

CONTACTS_OF_JOBS = "/contacts?job_ids"
"""What is judged before leads are asked about together (ASM-04); a contact does not say which job it is on."""

PROBED_JOBS = 3
"""How many pipelines are looked at to find one that is not empty."""

FEW = 3
"""So many leads are asked about one by one: that takes no proof, and what is read of their pipelines is kept."""


@dataclass(slots=True)
class Leads:
    """Which leads are jobs, as far as one request has found out.

    Attributes:
        account: Whose leads.
        pipelines: Those the request reads.
    """

    account: Account
    pipelines: Pipelines
    _are_jobs: dict[str, bool] = field(default_factory=dict)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def on_pipelines(self, keys: Iterable[str]) -> None:
        """Remember that there is somebody on the pipeline of each of these."""
        self._are_jobs.update(dict.fromkeys(keys, True))

    async def no_jobs(self, rows: Iterable[Job]) -> set[str]:
        """Keys of the rows that are leads and no jobs; where there are leads at all, this asks Crelate.

        Raises:
            AtsError: Crelate does not say who is on a pipeline.
        """
        if self.account.assumptions.leads_are_jobs:
            return set()
        leads = [name for row in rows if row.IsLead and (name := key(row))]
        if not leads:
            return set()
        async with self._asking:
            new = [name for name in leads if name not in self._are_jobs]
            ask = self._ask_together if len(new) > FEW and await self.proof() is Proof.MANY else self._ask_singly
            await asyncio.gather(*(ask(new[start : start + PAGE_SIZE]) for start in range(0, len(new), PAGE_SIZE)))
        return {name for name in leads if not self._are_jobs[name]}

    async def _ask_together(self, leads: Sequence[str]) -> None:
        """One request where nobody is on any of them; else their halves are asked about."""
        if len(leads) <= FEW:
            await self._ask_singly(leads)
        elif await self._is_anybody_on(leads):
            half = len(leads) // 2
            await asyncio.gather(self._ask_together(leads[:half]), self._ask_together(leads[half:]))
        else:
            self._are_jobs.update(dict.fromkeys(leads, False))

    async def _ask_singly(self, leads: Sequence[str]) -> None:
        pipelines = await asyncio.gather(*(self.pipelines.first(name, 1) for name in leads))
        self._are_jobs.update((name, bool(rows)) for name, (rows, _) in zip(leads, pipelines, strict=True))

    async def _is_anybody_on(self, jobs: Sequence[str]) -> bool:
        """Whether the list of contacts has somebody who is on one of these pipelines."""
        request = get("/contacts", {"job_ids": ",".join(jobs), "limit": "1"})
        return bool(await rows_of(self.account.client, request))

    async def proof(self) -> Proof:
        """Whether contacts can be asked for by several jobs together (ASM-04)."""
        return await self.account.canary.judge(CONTACTS_OF_JOBS, self._prove)

    async def _prove(self) -> Proof:
        """Whether contacts of several jobs are found, shown on a job that has some beside one that does not exist."""
        nowhere = str(uuid4())
        sample = (await self.account.canary.sample(JOB_IDS.template)).rows
        for name in [name for name, row in sample.items() if not row.IsLead][:PROBED_JOBS]:
            if (await self.pipelines.first(name, 1))[0]:
                is_exact = await self._is_anybody_on([nowhere, name]) and not await self._is_anybody_on([nowhere])
                return Proof.MANY if is_exact else Proof.NONE
        return Proof.UNDECIDED
