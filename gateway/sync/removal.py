"""What a list does not bring any more: found, confirmed by the ATS, and marked as gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.sync.account import Account
from gateway.sync.reading import Reading, Start
from gateway.sync.skipped import spare_skipped
from resolvers.ports.listing import Listing

CASCADE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "User": (("UserRole", "user_key"),),
    "Job": (("JobHiringTeamMember", "job_key"),),
    "JobHiringTeamMember": (("JobUserRoleAssignment", "job_user_key"),),
    "Interview": (("InterviewingTeamMember", "interview_key"),),
}
"""Model -> records that go with it, and their attribute that holds its key."""


class Removal:
    """Marks records of one account as gone."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._name, self._store = account.name, account.store

    async def find_missing(self, listing: Listing, start: Start, reading: Reading) -> dict[str, Any]:
        """What is to be asked for one by one, and what waits for another sync, which begins at another place.

        What is missing from the lists of parents cannot be asked for by itself, and is marked at once.
        """
        unseen = await self._missing(listing, start, reading)
        if listing.parent:
            await self.mark_gone(listing.models[0], unseen, start.at)
            return {"asked": [], "waiting": []}
        missing = await self._without_skipped(listing.models[0], unseen, start.at)
        skipped = sorted(set(unseen) - set(missing))
        turn = int(start.at.timestamp()) % max(len(missing), 1) if len(missing) > self._account.confirmed else 0
        turned = missing[turn:] + missing[:turn]
        return {"asked": turned[: self._account.confirmed], "waiting": turned[self._account.confirmed :] + skipped}

    async def confirm(self, model: str, keys: Sequence[str], unseen_since: datetime) -> dict[str, Any]:
        """Mark those of which the ATS says that they do not exist; the others are hidden."""
        gone: list[str] = []
        try:
            for key in keys:
                gone += await self._account.ask(self._account.source.gone, model, [key])
        finally:
            await self.mark_gone(model, gone, unseen_since)
        return {"kept": [key for key in keys if key not in gone]}

    async def remove_others(self, listing: Listing, kept: Sequence[str], unseen_since: datetime) -> None:
        """Mark what else the list did not bring, but for what belongs to records that are not confirmed to be gone."""
        main, *others = listing.models
        spared = await self._unseen_with(main, kept, unseen_since)
        for model in others:
            if model in spared or not kept:
                unseen = await self._store.unseen(self._name, model, unseen_since)
                await self.mark_gone(model, sorted(set(unseen) - spared.get(model, set())), unseen_since)

    async def _unseen_with(self, model: str, keys: Sequence[str], unseen_since: datetime) -> dict[str, set[str]]:
        """The unseen records that go with these, by model."""
        found: dict[str, set[str]] = {}
        for dependent, attribute in CASCADE.get(model, ()):
            left = await self._store.unseen(self._name, dependent, unseen_since, attribute, keys)
            found |= {dependent: set(left)} | await self._unseen_with(dependent, left, unseen_since)
        return found

    async def _missing(self, listing: Listing, start: Start, reading: Reading) -> list[str]:
        """What should have been in the list; of lists that parents have, where that is complete or the parent gone."""
        model = listing.models[0]
        if listing.parent is None:
            return await self._store.unseen(self._name, model, start.at)
        absent = await self._store.deleted_keys(self._name, listing.parent)
        parents = [*reading.parents, *absent]
        return await self._store.unseen(self._name, model, start.at, listing.parent_key, parents)

    async def mark_gone(self, model: str, keys: Sequence[str], unseen_since: datetime) -> None:
        """Mark records, and what goes with them, but for those that came and were skipped."""
        gone = await self._without_skipped(model, keys, unseen_since) if keys else []
        if not gone:
            return
        await self._store.delete(self._name, model, gone, unseen_since)
        for dependent, attribute in CASCADE.get(model, ()):
            left = await self._store.unseen(self._name, dependent, unseen_since, attribute, gone)
            await self.mark_gone(dependent, left, unseen_since)

    async def _without_skipped(self, model: str, keys: Sequence[str], since: datetime) -> list[str]:
        return await spare_skipped(self._store.database, self._name, model, keys, since)
