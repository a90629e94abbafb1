"""Passthrough, reading (model 7)."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.mutations.performing import performer
from schema.actions.passthrough import HttpMethod, PassthroughInput, PassthroughPayload
from schema.scalars import JSON


async def passthrough(
    info: Info,
    path: Annotated[str, strawberry.argument(description="Path below the API's base address, such as `/jobs`.")],
    params: Annotated[JSON | None, strawberry.argument(description="Query parameters: an object of texts.")] = None,
    response_as_base64: Annotated[
        bool, strawberry.argument(description="Return the answer's bytes as base64.")
    ] = False,
) -> PassthroughPayload | None:
    """Read from the ATS's own API."""
    request = PassthroughInput(method=HttpMethod.GET, path=path, params=params, response_as_base64=response_as_base64)
    return await performer(info).pass_through(request)
