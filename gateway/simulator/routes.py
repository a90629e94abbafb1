"""All paths of the simulated API."""

from collections.abc import Iterator

from gateway.simulator import listing, pipelines
from gateway.simulator.route import Route


def all_routes() -> Iterator[Route]:
    """Every family's routes."""
    yield from listing.routes()
    yield from pipelines.routes()
