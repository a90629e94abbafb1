"""A store on either database, with a clock that only tests move."""

import pytest

from gateway.database.engine import Database
from gateway.replica.store import Store
from tests.gateway.replica.records import Clock


@pytest.fixture
def clock() -> Clock:
    """The store's clock."""
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> Store:
    """An empty store."""
    return Store(database, clock)
