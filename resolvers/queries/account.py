"""What is known of the connected account itself."""

from dataclasses import replace

from resolvers.info import Info
from resolvers.ports.profile import Fact
from schema.coverage import Coverage
from schema.profile import ProfileFact
from schema.rate_limit import RateLimit
from schema.scalars import JSON


async def coverage(info: Info) -> Coverage | None:
    """What of the unified ATS model this integration supports, and why not the rest."""
    found, known = info.context.integration.coverage(), info.context.profile
    if known is None:
        return found
    profile, drift = await known.current(), await known.drifted()
    return replace(found, profile=[*map(_fact, profile)], drift=[*map(_fact, drift)])


def rate_limit(info: Info) -> RateLimit | None:
    """What is left of the quota of requests to the ATS."""
    return info.context.integration.rate_limit()


def _fact(fact: Fact) -> ProfileFact:
    return ProfileFact(
        name=fact.name,
        value=JSON(fact.value),
        learnt_at=fact.learnt_at,
        learnt_by=fact.learnt_by,
        drifted_at=fact.drifted_at,
        before=JSON(fact.before),
    )
