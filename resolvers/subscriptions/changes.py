"""The change log, followed as it grows."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from resolvers.info import Info
from resolvers.queries.changes import Models, Since, change, change_log, names, position_of
from schema.change import Change


async def changes(info: Info, after: Since = None, models: Models = None) -> AsyncIterator[Change]:
    """What happens to records, as the gateway sees it: first what came after the cursor, then everything to come.

    Without `after` it begins with the next change. Go on with the last `cursor` received after a lost connection:
    nothing is skipped or repeated.
    """
    log = change_log(info)
    position = position_of(info.context.ids, after)
    start = await log.newest() if position is None else position
    async with aclosing(log.follow(start, names(models))) as entries:
        async for entry in entries:
            yield change(info.context.ids, entry)
