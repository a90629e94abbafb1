"""Bringing copies up to date: delta and full syncs, their schedule and their progress."""
