"""The engine: each root field is answered by its plan, or by a leaf of graphql-core beside the plans.

A plan goes level by level: each relation is followed once for all parents, and answers are built as plain dicts.
`kinds` says for each kind of field how it is compiled and how the leaf resolves it. `Plans` answers an operation.
"""

from resolvers.engine.call import Call, Definition
from resolvers.engine.plan import Answer, Plan, Ways, by_core
from resolvers.engine.plans import Plans

__all__ = ["Answer", "Call", "Definition", "Plan", "Plans", "Ways", "by_core"]
