"""What is wrong with an input as it stands, without asking the ATS: all problems at once, each with its path."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pycountry
from email_validator import EmailNotValidError, validate_email

from gateway.actions.content import data_problem, file_name
from gateway.actions.problems import error
from schema.actions.problem import UserError, UserErrorCode

LONGEST_TEXT = 500
"""Characters in a name, a title, a city: more is a mistake."""

LONGEST_NOTE = 100_000
LONGEST_LIST = 25
_KEY = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,199}")
_CONTENT_TYPE = re.compile(r"[\w.-]+/[\w.-]+")
"""Model 6.0."""

Path = tuple[str, ...]
Check = Callable[[Any, Path, int], Iterator[UserError]]
"""Takes a value, where it is, and the largest file in bytes."""


def validate(
    rules: "Rules", document: Mapping[str, Any], idempotency_key: str | None, file_limit: int
) -> list[UserError]:
    """Everything that is wrong with an input, going by its rules."""
    found = list(_check(rules, document, (), file_limit))
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        message = "A key is 1 to 200 printable ASCII characters and does not begin with a blank."
        found.append(error(UserErrorCode.INVALID_IDEMPOTENCY_KEY, message, "idempotency_key"))
    return found


def _check(rules: "Rules", document: Mapping[str, Any], path: Path, limit: int) -> Iterator[UserError]:
    for name, checks in rules.items():
        value = document.get(name)
        for check in checks:
            if value is not None:
                yield from check(value, (*path, name), limit)


def _not_blank(value: str, path: Path, _: int) -> Iterator[UserError]:
    if not value.strip():
        yield error(UserErrorCode.REQUIRED, "This must not be blank.", *path)


def _at_most(length: int) -> Check:
    def check(value: str, path: Path, _: int) -> Iterator[UserError]:
        if len(value) > length:
            yield error(UserErrorCode.TOO_LONG, f"At most {length} are taken.", *path)

    return check


_short = _at_most(LONGEST_TEXT)


def _email(value: str, path: Path, _: int) -> Iterator[UserError]:
    try:
        validate_email(value.strip(), check_deliverability=False)
    except EmailNotValidError:
        yield error(UserErrorCode.INVALID_EMAIL, "This is not an e-mail address.", *path)


def _country(value: str, path: Path, _: int) -> Iterator[UserError]:
    if not re.fullmatch("[A-Z]{2}", value) or pycountry.countries.get(alpha_2=value) is None:
        yield error(UserErrorCode.INVALID_COUNTRY, "This is not an ISO 3166-1 alpha-2 code, such as US.", *path)


def _amount(value: float, path: Path, _: int) -> Iterator[UserError]:
    if not math.isfinite(value) or value < 0:
        yield error(UserErrorCode.INVALID_AMOUNT, "The amount must be zero or more.", *path)


def _url(value: str, path: Path, _: int) -> Iterator[UserError]:
    if not is_web_address(value):
        yield error(UserErrorCode.INVALID_URL, "This is not an http or https address.", *path)


def is_web_address(value: str) -> bool:
    """Whether the text is an absolute http or https address without credentials."""
    try:
        parts = urlsplit(value.strip())
        return (
            parts.scheme.lower() in {"http", "https"}
            and bool(parts.hostname)
            and parts.username is None
            and parts.port != 0
            and not re.search(r"[\s\x00-\x1f]", value.strip())
        )
    except ValueError:
        return False


def _content_type(value: str, path: Path, _: int) -> Iterator[UserError]:
    if not _CONTENT_TYPE.fullmatch(value):
        yield error(UserErrorCode.INVALID_CONTENT_TYPE, "This is not a media type, such as application/pdf.", *path)


def _name(value: str, path: Path, _: int) -> Iterator[UserError]:
    if file_name(value) is None:
        yield error(UserErrorCode.INVALID_FILE_NAME, "A file name with an extension is needed.", *path)


def _attachment(value: Mapping[str, Any], path: Path, limit: int) -> Iterator[UserError]:
    yield from _check(ATTACHMENT, value, path, limit)
    if ("data" in value) is ("data_url" in value):
        yield error(UserErrorCode.DATA_OR_DATA_URL, "Exactly one of data and dataUrl is needed.", *path)
    elif "data" in value:
        if "content_type" not in value:
            yield error(UserErrorCode.REQUIRED, "With data the content type is needed.", *path, "content_type")
        if problem := data_problem(value["data"], value.get("content_type"), limit):
            yield error(problem[0], problem[1], *path, "data")


def _source(value: Mapping[str, Any], path: Path, _: int) -> Iterator[UserError]:
    if not any(str(each).strip() for each in value.values()):
        yield error(UserErrorCode.REQUIRED, "A source needs an id, a name or a unified key.", *path)


def _each(check: Check) -> Check:
    def each(value: list[Any], path: Path, limit: int) -> Iterator[UserError]:
        for index, item in enumerate(value):
            yield from check(item, (*path, str(index)), limit)

    return each


def _inside(rules: "Rules") -> Check:
    return lambda value, path, limit: _check(rules, value, path, limit)


Rules = Mapping[str, tuple[Check, ...]]

ATTACHMENT: Rules = {
    "name": (_name,),
    "content_type": (_content_type,),
    "data_url": (_url,),
}

CANDIDATE: Rules = {
    "first_name": (_not_blank, _short),
    "last_name": (_not_blank, _short),
    "email_address": (_email,),
    "additional_email_addresses": (_at_most(LONGEST_LIST), _each(_inside({"email_address": (_email,)}))),
    "company": (_short,),
    "title": (_short,),
    "phone_number": (_short,),
    "location": (_inside({"city": (_short,), "country": (_country,), "state": (_short,), "zip_code": (_short,)}),),
    "salary_expectations": (_inside({"amount": (_amount,)}),),
    "social_links": (_at_most(LONGEST_LIST), _each(_inside({"url": (_url,)}))),
}

CREATE_RULES: Rules = {
    "candidate": (_inside(CANDIDATE),),
    "attachments": (_at_most(LONGEST_LIST), _each(_attachment)),
    "source": (_source, _inside({"id": (_short,), "name": (_short,), "unified_key": (_short,)})),
}

ATTACHMENT_RULES: Rules = {"attachment": (_attachment,)}
NOTE_RULES: Rules = {"content": (_not_blank, _at_most(LONGEST_NOTE))}
