"""A gateway that agents ask."""

from tests.end_to_end.conftest import world

__all__ = ["world"]
