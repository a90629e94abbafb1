"""How up to date the copies are."""

from resolvers.errors import Forbidden
from resolvers.info import Info
from resolvers.ports.sync import Syncing
from schema.sync_status import SyncStatus


async def sync_status(info: Info) -> SyncStatus | None:
    """How up to date the copies of this integration's records are, model by model."""
    return await syncs(info).status()


def syncs(info: Info) -> Syncing:
    """The syncs of the integration.

    Raises:
        Forbidden: the gateway keeps no database.
    """
    if info.context.syncs is None:
        raise Forbidden("Syncs need a database: DATABASE_URL is off.")
    return info.context.syncs
