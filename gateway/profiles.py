"""The profiles of all accounts, outside of a serving process: for commands that learn, or that only look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from gateway.profile import AccountProfile
from gateway.settings import IntegrationSettings, Settings, SettingsError
from resolvers.ports.integration import IntegrationName
from resolvers.ports.profile import Fact
from schema.profile import LearntBy

if TYPE_CHECKING:
    from gateway.database.engine import Database

Profiles = Mapping[IntegrationName, AccountProfile]

NOTHING = "nothing learnt yet"

_log = structlog.get_logger()


def profile_of(
    database: Database | None,
    name: IntegrationName,
    account: IntegrationSettings,
    by: LearntBy = LearntBy.REQUEST,
) -> AccountProfile:
    """The profile of one account; in memory alone without a database."""
    rows = None
    if database is not None:
        from gateway.database.profile import DatabaseProfile  # noqa: PLC0415  not needed without a database, and large

        rows = DatabaseProfile(database, name)
    return AccountProfile(name, account.address, rows, by=by)


@asynccontextmanager
async def kept_profiles(settings: Settings, by: LearntBy = LearntBy.REQUEST) -> AsyncIterator[Profiles]:
    """The profiles of all accounts while the block lasts; what was learnt by then is written.

    Where the database cannot be used they are kept in memory alone, and a line of the log says so.

    Args:
        settings: Of the process.
        by: How things are learnt.

    Raises:
        SettingsError: the database's address is not one.
    """
    database = await _opened(settings)
    profiles = {name: profile_of(database, name, account, by) for name, account in settings.connected().items()}
    try:
        await asyncio.gather(*(profile.read() for profile in profiles.values()))
        yield profiles
    finally:
        await asyncio.gather(*(profile.close() for profile in profiles.values()))
        if database is not None:
            await database.close()


async def _opened(settings: Settings) -> Database | None:
    """The database with its tables up to date; null where there is none that can be used."""
    if not settings.keeps:
        return None
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415  likewise

    try:
        return await _migrated(settings)
    except (SQLAlchemyError, OSError) as failed:
        _log.warning("profile_not_read", error=type(failed).__name__)
        return None


async def _migrated(settings: Settings) -> Database | None:
    """The database with its tables up to date; null where nothing is kept."""
    from gateway.database.migrations import migrate  # noqa: PLC0415  likewise
    from gateway.storage import open_database  # noqa: PLC0415  likewise

    database = open_database(settings)
    if database is not None:
        try:
            await migrate(database)
        except BaseException:
            await database.close()
            raise
    return database


async def keep(settings: Settings, seen: Profiles, by: LearntBy, *, anew: bool = False) -> list[str]:
    """Keep what a command has found out of accounts, whatever was known before.

    Args:
        settings: Of the process.
        seen: What was found out, each in memory.
        by: Which command.
        anew: Whether what was known is forgotten: the key may be that of another account now.

    Returns:
        A sentence for each fact that drifted by that.

    Raises:
        SettingsError: the database's address is not one.
    """
    drifted: list[str] = []
    found = {name: await profile.current() for name, profile in seen.items()}
    if not any(found.values()) and not anew:
        return drifted  # nothing is opened for nothing
    async with kept_profiles(settings, by) as profiles:
        for name in profiles.keys() & seen.keys():
            profile = profiles[name]
            profile.noticed = lambda fact, name=name: drifted.append(_sentence(name, fact))  # type: ignore[misc]  # its default binds the name
            if anew:
                await profile.forget()
            for fact in found[name]:
                profile.learnt(fact.name, fact.value)
    return sorted(drifted)


async def forget(settings: Settings, account: str | None = None) -> dict[IntegrationName, Sequence[str]]:
    """Forget what was learnt of a connected account, or of all; account -> names of what was forgotten.

    Raises:
        SettingsError: nothing is kept, or there is no such account.
        SQLAlchemyError: the database cannot be used.
    """
    chosen = {name: each for name, each in settings.connected().items() if account in {None, name.account, str(name)}}
    if not chosen:
        raise SettingsError(f"There is no account {account}.")
    database = await _migrated(settings)
    if database is None:
        raise SettingsError("Nothing is kept: DATABASE_URL is off.")
    try:
        return {name: await profile_of(database, name, each).forget() for name, each in chosen.items()}
    finally:
        await database.close()


def _sentence(name: str, fact: Fact) -> str:
    return f"{name} is not as it was: {fact.name} is {fact.value} and was {fact.before}."


async def summaries(profiles: Profiles) -> tuple[dict[str, str], list[str]]:
    """For one line of the log: what each account's profile amounts to, and what drifted of which."""
    known = {name: await profile.current() for name, profile in profiles.items()}
    drifted = [f"{name} {fact.name}" for name, profile in profiles.items() for fact in await profile.drifted()]
    return {str(name): _summary(facts) for name, facts in known.items()}, drifted


def _summary(facts: list[Fact]) -> str:
    """Such as `14 facts, the newest 3 hours old`."""
    if not facts:
        return NOTHING
    newest = max(fact.learnt_at for fact in facts)
    number = f"{len(facts)} fact{'' if len(facts) == 1 else 's'}"
    return f"{number}, the newest {_age((datetime.now(UTC) - newest).total_seconds())} old"


def _age(seconds: float) -> str:
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if (number := int(seconds // length)) > 0:
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "less than a minute"
