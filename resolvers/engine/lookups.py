"""What plan and leaf say in the same words about the arguments and answers of a field."""

from collections.abc import Mapping, Sequence
from typing import Any

from resolvers.context import RequestContext
from resolvers.errors import BadUserInput
from resolvers.ports.source import Children, PageQuestion
from resolvers.privacy import refuse_probing
from resolvers.questions import question
from schema.account import AccountFacts
from schema.connection import MAX_FIRST, Window
from schema.model import Model

MISSING_CANDIDATE = BadUserInput("There is no such candidate.", argument="candidateId")

NO_CHILDREN = Children(())
"""The children of a parent about which the source has nothing to say."""


def page_question(context: RequestContext, model: Model, window: Window, *, counted: bool) -> PageQuestion:
    """The question about a page of a model.

    Raises:
        AtsError: an argument is wrong, or would tell this caller personal data.
    """
    if not context.sees_personal_data:
        refuse_probing(model, window)
    return question(context.ids, model, window, counted=counted)


def check_number(given: Sequence[str], argument: str = "ids") -> None:
    """Refuse more ids or names than a page has records.

    Raises:
        BadUserInput: there are too many.
    """
    if len(given) > MAX_FIRST:
        raise BadUserInput(f"Argument {argument}: at most {MAX_FIRST} {argument}.", argument=argument)


def chosen_accounts(given: Mapping[str, Any]) -> Sequence[str] | None:
    """The accounts that the arguments name; null for all.

    Raises:
        BadUserInput: there are too many.
    """
    names: Sequence[str] | None = given.get("names")
    check_number(names or (), "names")
    return names


def account_of(context: RequestContext) -> AccountFacts:
    """The account that a request asks."""
    return AccountFacts(name=context.integration.name, rate_limit=context.integration.rate_limit())
