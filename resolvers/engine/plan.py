"""The plan of an operation, and its execution."""

from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.execution import Executor

from resolvers.callers import Scope
from resolvers.context import RequestContext
from resolvers.engine.answers import Answers
from resolvers.engine.branches import Branch, Frame, Run
from resolvers.engine.failures import settled
from resolvers.engine.selection import Selection

NOBODY = (None,)
"""The objects of the operation's own selection."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to answer an operation level by level.

    Attributes:
        root: The operation's own selection.
        personal: Whether any of its fields is personal.
    """

    root: Selection
    personal: bool

    def suits(self, context: RequestContext) -> bool:
        """Whether this caller gets everything that is asked for; refusals are left to graphql-core."""
        return Scope.READ in context.caller.scopes and (context.sees_personal_data or not self.personal)

    async def run(self, executor: Executor[Any], context: RequestContext) -> ExecutionResult:
        """The result graphql-core would give.

        Raises:
            Exception: something else than an `AtsError` went wrong. Then graphql-core has to answer; the context's
                loaders know what has been asked already.
        """
        answers = Answers(context)
        run = Run(executor, context, answers)
        try:
            frame = Frame(self.root, NOBODY, run)
            await _open(frame.branches, answers)
            (data,) = frame.build()
            errors: list[GraphQLError] = []
            return ExecutionResult(settled(data, (), errors) if run.failed else data, errors or None)
        except Exception:
            answers.hand_over()
            raise


async def _open(branches: list[Branch], answers: Answers) -> None:
    """Open branch after branch; ask only when none can be opened, for all that wait."""
    while branches:
        ready = [branch for branch in branches if not branch.fetches and answers.know(branch.wanted())]
        if not ready:
            fetching = (branch.fetch() for branch in branches if branch.fetches)
            await answers.ask((branch.wanted() for branch in branches), fetching)
            ready = branches
        waiting = [branch for branch in branches if branch not in ready]
        branches = waiting + [further for branch in ready for further in branch.open()]
