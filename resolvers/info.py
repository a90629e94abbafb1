"""Strawberry's resolver info over the request as the resolvers see it."""

import strawberry

from resolvers.context import RequestContext

Info = strawberry.Info[RequestContext, None]
