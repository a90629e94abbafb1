"""Counting what one question passes on its way: see `tests/README.md`."""
