"""Interviews, calls and meetings of the last months and the next days."""

from datetime import datetime, timedelta

from gateway.simulator.account import Account
from gateway.simulator.assumptions import ACTIVE
from gateway.simulator.pipeline import PipelineItem
from gateway.simulator.seed import words
from gateway.simulator.seed.era import Era
from gateway.simulator.seed.jobs import departed
from gateway.simulator.seed.organization import named, recruiters
from gateway.simulator.table import Row
from gateway.simulator.timestamps import record_time

_EVERY = 20
"""The odd cases come back every so many activities, each at its own place."""

_NO_JOB, _NO_TIME, _OWNER_GONE = 3, 7, 11

_INTERVIEWS, _TWO_OWNERS = 0.6, 0.35


def add_activities(account: Account, era: Era, count: int) -> None:
    """So many activities about people on jobs, some of them in the days to come."""
    items = [item for job_id in account["jobs"] for item in account.pipeline.of_job(job_id)]
    for number in range(count if items else 0):
        item = era.random.choice(items)
        account["activities"].insert(era.sparse(_activity(account, era, number % _EVERY, item)))


def _activity(account: Account, era: Era, place: int, item: PipelineItem) -> Row:
    interview = place in {_NO_JOB, _NO_TIME, _OWNER_GONE} or era.random.random() < _INTERVIEWS
    verb = era.random.choice(words.INTERVIEW_TYPES if interview else words.OTHER_ACTIVITY_TYPES)
    person = account.reference("contacts", item.contact_id)
    added = datetime.fromisoformat(item.created_on)
    created = era.between(added, era.now)
    return {
        "Id": account.new_id(),
        "VerbId": named(account, "activitytypes", verb),
        "Subject": f"{verb}: {person['Title']}" if interview else None,
        "Display": f"{verb} with {person['Title']}",
        **_when(era, created, timed=place != _NO_TIME),
        "AllDay": False,
        "Completed": None,
        "Location": era.random.choice((None, "Video call", "Client office")),
        "ParentId": person,
        "RegardingId": None if place == _NO_JOB else account.reference("jobs", item.job_id),
        "Owners": _owners(account, era, place),
        "EntityStatus": ACTIVE,
        "CreatedOn": era.time(created),
        "ModifiedOn": era.time(era.between(created, era.now)),
        "CreatedById": account.lookup("users", account.user_id),
    }


def _when(era: Era, created: datetime, *, timed: bool) -> Row:
    """In office hours of a weekday, within two weeks of being written down."""
    if not timed:
        return {"When": None, "WhenEnd": None}
    day = created + timedelta(days=era.random.randrange(1, 13))
    day += timedelta(days=max(0, day.weekday() - 4))
    start = day.replace(hour=era.random.randrange(14, 22), minute=era.random.choice((0, 30)), second=0, microsecond=0)
    end = start + timedelta(minutes=era.random.choice((30, 45, 60, 90)))
    return {"When": record_time(start), "WhenEnd": record_time(end)}


def _owners(account: Account, era: Era, place: int) -> list[Row]:
    """Those who take part on our side (ASM-26): one, or two, or a user who left."""
    if place == _OWNER_GONE:
        return [departed(account)]
    drawn = era.random.sample(recruiters(account), 2 if era.random.random() < _TWO_OWNERS else 1)
    return [account.owner(row["Id"], primary=first == 0) for first, row in enumerate(drawn)]
