"""The GraphQL-over-HTTP endpoint: reads a request, negotiates, limits, executes with graphql-core, shapes the answer.

`Endpoint` is an ASGI app and the only name the rest of the gateway needs, beside what it is configured with. Nothing
here knows the schema or what is behind it: both are handed in.
"""

from gateway.http.context import OpenContext, RequestContext
from gateway.http.cost import CostModel
from gateway.http.deadline import current_deadline
from gateway.http.endpoint import Endpoint
from gateway.http.limits import Limits
from gateway.http.observation import Observation
from gateway.http.trusted import TrustedDocuments

__all__ = [
    "CostModel",
    "Endpoint",
    "Limits",
    "Observation",
    "OpenContext",
    "RequestContext",
    "TrustedDocuments",
    "current_deadline",
]
