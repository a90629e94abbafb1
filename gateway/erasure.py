"""The command `erase`: all that is kept about an account is deleted, without starting the gateway."""

from gateway.database.erasure import erase_rows
from gateway.database.migrations import migrate
from gateway.durable.erasure import erase_workflows
from gateway.settings import Settings, SettingsError
from gateway.storage import open_database


async def erase(settings: Settings, integration: str) -> dict[str, int]:
    """Erase an account: copies, changes, syncs, webhooks, actions with their files, quota and workflows.

    A gateway that runs meanwhile, and still has the account in its settings, begins to keep things about it again.

    Returns:
        Table, or `workflows` -> rows that were deleted, where there were any.

    Raises:
        SettingsError: there is no database.
        ActionsPending: an action of the account is pending. Nothing was deleted then.
    """
    database = open_database(settings)
    if database is None:
        raise SettingsError("Nothing is kept: DATABASE_URL is off.")
    try:
        await migrate(database)
        erased = await erase_rows(database, integration)
        workflows = await erase_workflows(database, integration)
        await database.vacuum()
    finally:
        await database.close()
    return erased | ({"workflows": workflows} if workflows else {})
