"""The service's lists, as syncs read them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from resolvers.ports.listing import Listing, SyncPage
from schema.record import Tracked
from tests.second_ats.reading import PLACES, READERS, ROLES, numbers
from tests.second_ats.service import Service

LISTINGS = (
    Listing("staff", ("User", "UserRole", "Role")),
    Listing("openings", ("Job", "ApplicationStage", "JobHiringTeamMember", "JobUserRoleAssignment")),
    Listing("people", ("Candidate",)),
    Listing("submissions", ("Application",)),
    Listing("talks", ("Interview", "InterviewingTeamMember")),
)
TEAMS = {"openings": ("JobHiringTeamMember", "job_key"), "talks": ("InterviewingTeamMember", "interview_key")}
"""Listing -> link records of which every row brings all."""


class ToyLists:
    """The service's lists, page by page, narrowed by time where that is asked for."""

    listings: Sequence[Listing] = LISTINGS

    def __init__(self, service: Service) -> None:
        self._service = service

    async def can_narrow(self, listing: Listing) -> bool:
        """Every list takes an instant."""
        return listing in LISTINGS

    async def read(self, listing: Listing, parent: str | None, since: datetime | None, place: str | None) -> SyncPage:  # noqa: ARG002  no list has a parent
        """One page, read into every model of the listing."""
        found = await self._service.list(listing.name, since=since, cursor=place)
        records: dict[str, Sequence[Tracked]] = {"Role": ROLES} if "Role" in listing.models else {}
        for model in set(listing.models) - {"Role"}:
            records[model] = [record for row in found.rows for record in READERS[listing.name](row)[model]]
        keys = [str(row["number"]) for row in found.rows]
        complete_for = {TEAMS[listing.name]: keys} if listing.name in TEAMS else {}
        return SyncPage(
            keys, records, complete_for=complete_for, total=found.count, next=found.cursor, at=self._service.now
        )

    async def gone(self, model: str, keys: Sequence[str]) -> Collection[str]:
        """Those whose row is not there any more."""
        there = self._service.tables[PLACES[model][0]].keys()
        return [key for key in keys if not set(numbers([key])) & there]
