"""Passthrough, writing (model 7)."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.mutations.performing import performer
from schema.actions.passthrough import PassthroughInput, PassthroughPayload


async def passthrough(
    info: Info, input: Annotated[PassthroughInput, strawberry.argument(description="The request.")]
) -> PassthroughPayload | None:
    """Send a request to the ATS's own API, as far as this integration's allow-list permits it."""
    return await performer(info).pass_through(input)
