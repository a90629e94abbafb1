"""What is learnt about an account: kept, shared, dropped when it stops holding, and never in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from gateway.database.engine import Database
from gateway.database.profile import DatabaseProfile
from gateway.profile import ADDRESS, AccountProfile
from resolvers.ports.profile import (
    DUPLICATE_RULE,
    QUOTA_REFUSED_AFTER,
    SEEN_AGAIN_AFTER,
    STAGES_IN_USE,
    TRUSTED_FOR,
    Fact,
    Sight,
)
from schema.profile import LearntBy
from tests.gateway.replica.records import INTEGRATION, Clock

FACT = "filter /people?ids"
OTHER = "crelate:other"


def process(
    database: Database, clock: Clock, account: str = INTEGRATION, address: str = "https://a.example"
) -> AccountProfile:
    """The profile of an account in a process of its own."""
    return AccountProfile(account, address, DatabaseProfile(database, account), clock=clock)


async def value(profile: AccountProfile, name: str = FACT) -> object:
    """What a process knows of a fact."""
    fact = await profile.recall(name)
    return None if fact is None else fact.value


async def test_what_one_process_learns_every_other_one_knows(database: Database, clock: Clock) -> None:
    """One that starts later, and one that runs already; nothing of another account."""
    one, running = process(database, clock), process(database, clock)
    await running.read()
    one.learnt(FACT, "many")
    await one.settle()
    assert await value(running) == await value(process(database, clock)) == "many"
    assert await value(process(database, clock, OTHER)) is None
    (fact,) = await running.current()
    assert (fact.learnt_at, fact.learnt_by, fact.drifted_at) == (clock.now, LearntBy.REQUEST, None)


async def test_what_is_learnt_before_anything_was_read_is_not_lost(database: Database, clock: Clock) -> None:
    """It is compared with what is known once that has been read."""
    one, other = process(database, clock), process(database, clock)
    one.learnt(FACT, "many")
    await one.settle()
    noticed: list[Fact] = []
    other.noticed = noticed.append
    other.learnt(FACT, "none")
    other.learnt(FACT, "none")
    await other.settle()
    assert [(fact.before, fact.value) for fact in noticed] == [("many", "none")]
    assert await value(process(database, clock)) == "none"


async def test_a_drift_is_noticed_by_each_process_and_raised_by_one(database: Database, clock: Clock) -> None:
    """Whoever writes it first tells the world."""
    one, other = process(database, clock), process(database, clock)
    one.learnt(FACT, "many")
    await one.settle()
    await other.read()
    noticed: list[Fact] = []
    raised: list[Fact] = []

    async def tell(fact: Fact) -> None:
        raised.append(fact)

    for profile in (one, other):
        profile.noticed, profile.raised = noticed.append, tell
        profile.lost(FACT)
        await profile.settle()
    assert len(noticed) == 2
    assert [(fact.before, fact.value) for fact in raised] == [("many", None)]


async def test_a_drift_that_a_command_saw_is_heard_of_and_raised(database: Database, clock: Clock) -> None:
    """By processes that run meanwhile, with the next look at what all know; not by those that start later."""
    running, command = process(database, clock), process(database, clock)
    running.learnt(FACT, "many")
    await running.settle()
    command.learnt(FACT, "none")
    await command.settle()
    heard: list[Fact] = []

    async def tell(fact: Fact) -> None:
        heard.append(fact)

    later = process(database, clock)
    for profile in (running, later):
        profile.raised = tell
        for _ in range(2):
            assert await value(profile, "nothing") is None
        await profile.settle()
    assert [(fact.before, fact.value) for fact in heard] == [("many", "none")]


async def test_a_drift_is_shown_until_the_fact_holds_again(database: Database, clock: Clock) -> None:
    """It is dropped first, found anew, and as before in the end; or a month has passed."""
    profile = process(database, clock)
    profile.learnt(FACT, "many")
    profile.lost(FACT)
    assert profile.trusted(FACT) is None
    assert [fact.value for fact in await profile.drifted()] == [None]
    profile.learnt(FACT, "none")
    assert [(fact.before, fact.value) for fact in await profile.drifted()] == [("many", "none")]
    profile.learnt(FACT, "many")
    assert await profile.drifted() == []
    profile.learnt(FACT, "none")
    clock.tick(TRUSTED_FOR.total_seconds() + 1)
    assert await profile.drifted() == []
    await profile.settle()
    assert await value(process(database, clock)) == "none"


@pytest.mark.parametrize(
    ("name", "seen", "known"),
    [
        (QUOTA_REFUSED_AFTER, (22, 4, 7), 4),
        (STAGES_IN_USE, (["b"], ["a"], ["b"]), ["a", "b"]),
        (DUPLICATE_RULE, (["name"], ["address"], ["name"]), ["address", "name"]),
        ("rows", ({"date": "some"}, {"date": True}, {"date": False}), {"date": "some"}),
    ],
)
async def test_what_is_gathered_does_not_drift(
    database: Database, clock: Clock, name: str, seen: Sequence[Any], known: object
) -> None:
    """Whoever sees it: another process, or a command that looks at everything anew."""
    for each in seen:
        profile = process(database, clock)
        profile.learnt(name, each)
        await profile.settle()
        assert await profile.drifted() == []
    assert await value(process(database, clock), name) == known


async def test_what_is_old_is_not_trusted_and_what_holds_does_not_grow_old(database: Database, clock: Clock) -> None:
    """Seen again after a day, it is written anew; after a month without it has to be found anew."""
    profile = process(database, clock)
    profile.learnt(FACT, "many")
    clock.tick(SEEN_AGAIN_AFTER.total_seconds())
    profile.learnt(FACT, "many")
    fact = await profile.recall(FACT)
    assert fact is not None
    assert fact.learnt_at == clock.now
    clock.tick((TRUSTED_FOR + timedelta(seconds=1)).total_seconds())
    assert profile.trusted(FACT) is None
    assert profile.is_old(fact)
    assert await value(profile) == "many"


async def test_facts_of_another_address_are_forgotten(database: Database, clock: Clock) -> None:
    """The sandbox says nothing of the real account."""
    sandbox = process(database, clock)
    sandbox.learnt(FACT, "many")
    await sandbox.settle()
    assert await value(process(database, clock, address="https://b.example")) is None
    assert await value(process(database, clock)) is None


async def test_a_profile_can_be_forgotten(database: Database, clock: Clock) -> None:
    """Wherever it is kept; the names of what was known are told."""
    profile = process(database, clock)
    profile.learnt(FACT, "many")
    await profile.settle()
    assert await process(database, clock).forget() == [FACT]
    assert await process(database, clock).forget() == []
    assert await profile.forget() == [FACT]
    assert await value(profile) is None


async def test_without_a_database_a_profile_is_kept_in_memory(clock: Clock) -> None:
    """And drifts are noticed all the same."""
    profile, noticed = AccountProfile(clock=clock), list[Fact]()
    profile.noticed = noticed.append
    profile.lost(FACT)
    profile.learnt(FACT, "many")
    profile.lost(FACT)
    assert await value(profile) is None
    assert [fact.before for fact in noticed] == ["many"]
    await profile.close()
    assert await profile.forget() == [FACT]


@dataclass(slots=True)
class Rows:
    """A database that is slow or away.

    Attributes:
        away: Whether it fails.
        open: Set when it writes.
        asked: How often it was asked.
        written: What it was given.
    """

    away: bool = False
    open: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    written: list[Sight] = field(default_factory=list)

    async def read(self) -> Sequence[Fact]:
        """Nothing."""
        self.asked += 1
        if self.away:
            raise OSError
        return ()

    async def write(self, sight: Sight) -> Fact | None:
        """Take it once it is open."""
        self.asked += 1
        if self.away:
            raise OSError
        await self.open.wait()
        self.written.append(sight)
        return None

    async def forget(self) -> Sequence[str]:
        """Nothing."""
        return ()


async def test_nobody_waits_for_what_is_written(clock: Clock) -> None:
    """What was learnt is known at once, and written in the order it was learnt."""
    rows = Rows()
    profile = AccountProfile(INTEGRATION, "there", rows, clock=clock)
    await profile.read()
    profile.learnt(FACT, 1)
    profile.learnt(FACT, 2)
    await asyncio.sleep(0)
    assert profile.trusted(FACT) == 2
    assert rows.written == []
    rows.open.set()
    await profile.close()
    assert [(sight.name, sight.value) for sight in rows.written] == [(ADDRESS, "there"), (FACT, 1), (FACT, 2)]


async def test_a_database_that_is_away_is_left_alone(clock: Clock) -> None:
    """For a while, with a line in the log; until then everything is found out, and kept in memory."""
    rows = Rows(away=True)
    profile = AccountProfile(INTEGRATION, "", rows, clock=clock)
    assert await value(profile) is None
    profile.learnt(FACT, "many")
    assert await value(profile) is None
    assert await profile.current() == []
    await profile.close()
    assert rows.asked == 1


async def test_what_could_not_be_written_waits(clock: Clock) -> None:
    """It is known here meanwhile."""
    rows = Rows()
    profile = AccountProfile(INTEGRATION, "", rows, clock=clock)
    await profile.read()
    rows.away = True
    profile.learnt(FACT, "many")
    await profile.settle()
    assert (await value(profile), rows.written) == ("many", [])
