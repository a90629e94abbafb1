"""What is known of the connected account itself."""

from resolvers.info import Info
from schema.coverage import Coverage
from schema.rate_limit import RateLimit


def coverage(info: Info) -> Coverage | None:
    """What of the unified ATS model this integration supports, and why not the rest."""
    return info.context.integration.coverage()


def rate_limit(info: Info) -> RateLimit | None:
    """What is left of the quota of requests to the ATS."""
    return info.context.integration.rate_limit()
