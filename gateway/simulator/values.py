"""Reading what a write sends, column by column (crelate-api 2.7 and 2.8)."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from gateway.simulator.account import Account
from gateway.simulator.answers import RefusedError
from gateway.simulator.columns import COLUMNS, Kind
from gateway.simulator.lookups import resolve
from gateway.simulator.table import Row

_US_PHONE = re.compile(r"\+1\d{10}")

Read = Callable[[Account, str, Any], Any]


def read_values(account: Account, entity: str, sent: Row) -> Row:
    """The columns that exist, checked and in the shape they are kept in; null empties a column."""
    columns = COLUMNS[entity]
    return {
        name: None if value is None else _READERS[columns[name]](account, name, value)
        for name, value in sent.items()
        if name in columns
    }


def _wrong(name: str, value: Any) -> RefusedError:
    return RefusedError(400, f"The value '{value}' is not valid for {name}.")


def _instance(*types: type) -> Read:
    def read(_: Account, name: str, value: Any) -> Any:
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise _wrong(name, value)
        return value

    return read


def _date(_: Account, name: str, value: Any) -> Any:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _wrong(name, value) from None
    return value


def _list(_: Account, name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(name, value)
    return value


def _lookups(account: Account, name: str, value: Any) -> list[Row]:
    return [resolve(account, name, each) for each in _list(account, name, value)]


def _owners(account: Account, name: str, value: Any) -> list[Row]:
    """Users; the first is the primary one unless another is marked."""
    sent = _list(account, name, value)
    owners = [resolve(account, "OwnerId", each) for each in sent]
    marked = [bool(each.get("IsPrimary")) for each in sent]
    primary = marked.index(True) if True in marked else 0
    return [owner | {"IsPrimary": place == primary} for place, owner in enumerate(owners)]


def _object(account: Account, name: str, value: Any) -> Row:
    """A category value: a single object with an id of its own."""
    if not isinstance(value, dict):
        raise _wrong(name, value)
    return {"IsPrimary": False, **value, "Id": value.get("Id") or account.new_id()}


def _text_object(account: Account, name: str, value: Any) -> Row:
    row = _object(account, name, value)
    if not isinstance(row.get("Value"), str) or not row["Value"]:
        raise _wrong(name, row.get("Value"))
    return row


def _email(account: Account, name: str, value: Any) -> Row:
    row = _text_object(account, name, value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", row["Value"]):
        raise _wrong(name, row["Value"])
    return row | {"CreatedOnSystem": None, "EmailFlagTypeId": None, "EmailFlagError": None, "EmailFlaggedOn": None}


def _phone(account: Account, name: str, value: Any) -> Row:
    """Only numbers of the US kind; one bad number and the whole record is refused."""
    row = _text_object(account, name, value)
    if not _US_PHONE.fullmatch(row["Value"]):
        raise RefusedError(400, f"{name}: '{row['Value']}' is not a valid phone number.")
    return {"Extension": None, **row}


def _address(account: Account, name: str, value: Any) -> Row:
    row = _object(account, name, value)
    if row.get("CountryId") is not None:
        row["CountryId"] = resolve(account, "CountryId", row["CountryId"])
    return row


def _position(account: Account, name: str, value: Any) -> Row:
    """ASM-21: the title is text, the company a lookup that is never made from a name."""
    row = _object(account, name, value)
    if not isinstance(row.get("JobTitle"), str | None):
        raise _wrong(name, row["JobTitle"])
    if row.get("CompanyId") is not None:
        row["CompanyId"] = resolve(account, "CompanyId", row["CompanyId"])
    return row


def _tags(account: Account, name: str, value: Any) -> Row:
    """The whole map, category id to tags: what is not in it is no longer there."""
    if not isinstance(value, dict):
        raise _wrong(name, value)
    return {category: [resolve(account, "TagId", tag) for tag in tags] for category, tags in value.items()}


_READERS: dict[Kind, Read] = {
    Kind.TEXT: _instance(str),
    Kind.NUMBER: _instance(int, float),
    Kind.FLAG: _instance(bool),
    Kind.DATE: _date,
    Kind.LOOKUP: resolve,
    Kind.LOOKUPS: _lookups,
    Kind.OWNERS: _owners,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.ADDRESS: _address,
    Kind.VALUE: _text_object,
    Kind.POSITION: _position,
    Kind.TAGS: _tags,
}
