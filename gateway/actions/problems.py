"""Errors and warnings on their way to the caller: made, stored as JSON, and read back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from resolvers.documents import FIELD_OF_KEY
from resolvers.ports.writing import Omission, Refusal
from schema.actions.problem import ActionWarning, UserError, UserErrorCode, WarningCode
from schema.strawberry_bridge import to_camel_case


def error(code: UserErrorCode, message: str, *path: str) -> UserError:
    """An error about the input at a path of the document."""
    return UserError(code=code, message=message, field=_field(path))


def warning(code: WarningCode, message: str, *path: str) -> ActionWarning:
    """A warning about the input at a path of the document."""
    return ActionWarning(code=code, message=message, field=_field(path))


def as_error(refusal: Refusal) -> UserError:
    """A refusal of the ATS's side, for the caller."""
    return error(refusal.code, refusal.message, *refusal.path)


def as_warning(omission: Omission) -> ActionWarning:
    """An omission of the ATS's side, for the caller."""
    return warning(omission.code, omission.message, *omission.path)


def _field(path: Sequence[str]) -> list[str] | None:
    """A path of the document as the path of the GraphQL input it was made from."""
    return [to_camel_case(FIELD_OF_KEY.get(name, name)) for name in path] or None


def blanked(document: Any, fields: Collection[tuple[str, ...]], path: tuple[str, ...] = ()) -> Any:
    """The document with a blank for each text at one of these paths of the GraphQL input: what is wrong is not used."""
    if isinstance(document, Mapping):
        return {
            name: blanked(value, fields, (*path, to_camel_case(FIELD_OF_KEY.get(name, name))))
            for name, value in document.items()
        }
    if isinstance(document, list):
        return [blanked(value, fields, (*path, str(number))) for number, value in enumerate(document)]
    return "" if path in fields and isinstance(document, str) else document


def to_json(problems: Iterable[UserError | ActionWarning]) -> list[dict[str, Any]]:
    """Problems as they are stored."""
    return [{"code": each.code.name, "message": each.message, "field": each.field} for each in problems]


def read_errors(stored: Iterable[Mapping[str, Any]]) -> list[UserError]:
    """Errors that were stored."""
    return [
        UserError(code=UserErrorCode[each["code"]], message=each["message"], field=each["field"]) for each in stored
    ]


def read_warnings(stored: Iterable[Mapping[str, Any]]) -> list[ActionWarning]:
    """Warnings that were stored."""
    return [
        ActionWarning(code=WarningCode[each["code"]], message=each["message"], field=each["field"]) for each in stored
    ]
