"""The GraphQL-over-HTTP endpoint: reads a request, negotiates, limits, executes with graphql-core, shapes the answer.

`Endpoint` is an ASGI app; the rest of the gateway needs no other name, beside what the endpoint is configured with.
The schema, and how the context of an operation is opened, are handed in. Plans come from `resolvers.engine`, so nothing
here knows which ATS answers.
"""

from gateway.http.context import OpenContext, RequestContext
from gateway.http.cost import CostModel
from gateway.http.deadline import ClientGoneError, current_deadline, seconds_left
from gateway.http.draining import Drained
from gateway.http.endpoint import Endpoint
from gateway.http.limits import Limits
from gateway.http.observation import Observation
from gateway.http.proxies import AtPublicUrl, BehindProxies
from gateway.http.request_id import RequestIds
from gateway.http.trusted import TrustedDocuments

__all__ = [
    "AtPublicUrl",
    "BehindProxies",
    "ClientGoneError",
    "CostModel",
    "Drained",
    "Endpoint",
    "Limits",
    "Observation",
    "OpenContext",
    "RequestContext",
    "RequestIds",
    "TrustedDocuments",
    "current_deadline",
    "seconds_left",
]
