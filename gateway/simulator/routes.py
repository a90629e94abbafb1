"""All paths of the simulated API."""

from collections.abc import Iterator

from gateway.simulator import applications, artifacts, first_version, listing, pipelines, writes
from gateway.simulator.route import Route


def all_routes() -> Iterator[Route]:
    """Every family's routes."""
    for family in (listing, pipelines, writes, artifacts, applications, first_version):
        yield from family.routes()
