"""Execution by level: each relation is followed once for all parents, and answers are built as plain dicts.

`Plans` turns an operation into a `Plan`, which gives the very result graphql-core would give, or nothing: then
graphql-core has to be asked.
"""

from resolvers.engine.plan import Plan
from resolvers.engine.plans import Plans

__all__ = ["Plan", "Plans"]
