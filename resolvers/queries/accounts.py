"""One question to several accounts: the same lists and look-ups under each of them."""

from collections.abc import Sequence
from inspect import Parameter
from types import new_class
from typing import Annotated, Any

import strawberry

from schema.account import AccountFacts, AccountStatus
from schema.connection import MAX_FIRST
from schema.strawberry_bridge import StrawberryField, declared

NAMES = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Names of accounts, such as `crelate:default`; null for all that the caller may ask, at most "
        f"{MAX_FIRST}."
    ),
]


def accounts_field(fields: Sequence[Any]) -> Any:
    """`accounts`.

    Args:
        fields: What can be asked of each account, beside what it is called and how it is.
    """
    return declared(
        "Each of these accounts, side by side; one that is not there, or not for this caller, is null with an error.",
        {"accounts": True},
        [Parameter("names", Parameter.KEYWORD_ONLY, annotation=NAMES, default=None)],
        list[_account_type([_status(), *fields]) | None] | None,  # type: ignore[misc]  # a type made at run time
        "accounts",
    )


def _status() -> Any:
    words = "Whether it answers; found out by the cheapest request there is, at most every half minute."
    return declared(words, {"account_status": True}, [], AccountStatus | None, "status")


def _account_type(fields: Sequence[StrawberryField]) -> Any:
    """The type of an account with these fields."""
    members = {field.python_name: field for field in fields}
    annotations = {name: field.type for name, field in members.items()}
    made = new_class(
        "Account", (AccountFacts,), {}, lambda body: body.update({**members, "__annotations__": annotations})
    )
    return strawberry.type(made, description="A connected account, and everything that can be asked of it.")
