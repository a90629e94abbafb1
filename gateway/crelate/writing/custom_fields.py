"""Custom fields of an input as columns of a contact: each one found, and its value in the form of its type (ASM-14).

What is found out about an input's fields is JSON, one object for each of them: `column` and `value`, or `code` and
`message` where the field cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from gateway.crelate.protocol import GUID
from gateway.crelate.reading.session import LABELLED, Session
from resolvers.ports.custom_fields import Definition, Definitions
from resolvers.ports.writing import Omission, Refusal
from schema.actions.problem import UserErrorCode, WarningCode
from schema.custom_field import CustomFieldType

PLACE = ("candidate", "custom_fields")
TIME_DROPPED = "time_dropped"
"""In what was found out: that the value had a time of day, and the column holds dates."""

Found = dict[str, Any]


class Unfit(Exception):
    """A value is none of its field's type; the message says what is."""


async def columns_of(session: Session, wanted: Sequence[Mapping[str, Any]], taken: Collection[str]) -> list[Found]:
    """What these fields of a candidate come to, in order, where some columns are written already."""
    described = await session.account.tables.description(LABELLED["Candidate"])
    definitions = Definitions(described.fields)
    found: list[Found] = []
    for each in wanted:
        done = {*taken, *(before.get("column") for before in found)}
        found.append(_column(definitions.named(each["key"].strip()), each["value"], done))
    return found


def _column(definition: Definition | None, value: Any, taken: set[Any]) -> Found:
    if definition is None:
        return _refused(UserErrorCode.CUSTOM_FIELD_NOT_FOUND, "There is no custom field of this name or label.")
    if definition.key in taken:
        return _refused(UserErrorCode.INVALID_CUSTOM_FIELD, "The field is given twice.")
    try:
        return {"column": definition.key, **FORMS[definition.type](value, definition)}
    except Unfit as unfit:
        return _refused(UserErrorCode.INVALID_CUSTOM_FIELD, str(unfit))


def _refused(code: UserErrorCode, message: str) -> Found:
    return {"code": code.name, "message": message}


def _text(value: Any, _: Definition) -> Found:
    if not isinstance(value, str):
        raise Unfit("The value must be text.")
    return {"value": value.strip()}


def _number(value: Any, _: Definition) -> Found:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit("The value must be a number.")
    return {"value": int(value) if value == int(value) else value}


def _boolean(value: Any, _: Definition) -> Found:
    if not isinstance(value, bool):
        raise Unfit("The value must be true or false.")
    return {"value": value}


def _date(value: Any, _: Definition) -> Found:
    """Crelate's form of a date, without a zone (crelate-api 2.2)."""
    try:
        day, time = date.fromisoformat(value[:10]), datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unfit("The value must be a date, such as 2026-03-01.") from None
    dropped = {TIME_DROPPED: True} if time.time().replace(microsecond=0) != datetime.min.time() else {}
    return {"value": f"{day.isoformat()}T00:00:00", **dropped}


def _option(value: Any, definition: Definition) -> Found:
    """A lookup by its id: that of the option of this name or id, or where none are known any id."""
    if not isinstance(value, str):
        raise Unfit("The value must be the label or key of an option.")
    wanted = value.strip().lower()
    for option in definition.options or ():
        if option.key and wanted in {option.key.lower(), option.label.lower()}:
            return {"value": {"Id": option.key}}
    if definition.options is None and GUID.fullmatch(wanted):
        return {"value": {"Id": wanted}}
    raise Unfit("The field has no such option.")


FORMS: Mapping[CustomFieldType, Callable[[Any, Definition], Found]] = {
    CustomFieldType.TEXT: _text,
    CustomFieldType.NUMBER: _number,
    CustomFieldType.DATE: _date,
    CustomFieldType.BOOLEAN: _boolean,
    CustomFieldType.OPTION: _option,
}


def refusals(found: Sequence[Found]) -> Iterator[Refusal]:
    """Why fields cannot be written, each with its place."""
    for index, each in enumerate(found):
        if "code" in each:
            code = UserErrorCode[each["code"]]
            part = "key" if code is UserErrorCode.CUSTOM_FIELD_NOT_FOUND else "value"
            yield Refusal(code, each["message"], (*PLACE, str(index), part))


def written(found: Sequence[Found]) -> Iterator[tuple[str, Any] | Omission]:
    """The columns, and what is left out of a value; places are below the list."""
    for index, each in enumerate(found):
        if each.get(TIME_DROPPED):
            yield Omission(WarningCode.TIME_DROPPED, "Only the date is stored.", (str(index), "value"))
        if "column" in each:
            yield each["column"], each["value"]
