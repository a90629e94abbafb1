"""A connected account, where one question is put to several of them."""

from enum import Enum

import strawberry

from schema.rate_limit import RateLimit


@strawberry.enum(description="Whether an account of the ATS answers.")
class AccountStatus(Enum):
    """As the gateway last found out, at most half a minute ago."""

    OK = strawberry.enum_value("OK", description="It answers.")
    UNAUTHORIZED = strawberry.enum_value(
        "UNAUTHORIZED", description="The ATS refuses the API key or its owner's rights."
    )
    RATE_LIMITED = strawberry.enum_value("RATE_LIMITED", description="The ATS takes no more requests for a while.")
    UNAVAILABLE = strawberry.enum_value("UNAVAILABLE", description="The ATS does not answer as it should.")


@strawberry.type(description="What is known of a connected account without asking it.")
class AccountFacts:
    """The fields of `Account` that hold a value; its other fields ask (`resolvers.queries.accounts`)."""

    name: str = strawberry.field(description="Its name, as `X-Integration-Id` takes it: `crelate:default`.")
    rate_limit: RateLimit | None = strawberry.field(description="What is left of its quota of requests to the ATS.")
