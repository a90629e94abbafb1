"""What is wrong with an input as it stands, without asking the ATS: all problems at once, each with its path."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from gateway.actions.content import data_problem, declared_type, file_name
from gateway.actions.problems import error
from schema.actions.problem import UserError, UserErrorCode
from schema.text import has_controls, is_blank, is_visible

LONGEST_TEXT = 500
"""Characters in a name, a title, a city: more is a mistake."""

LONGEST_NOTE = 100_000
LONGEST_LIST = 25
LARGEST_AMOUNT = 1e12
"""Of any currency, an hour or a year: more is a mistake, and would overflow somewhere."""

LARGEST_NUMBER = 2**53
"""Beyond it JSON's numbers are no longer exact everywhere."""

_KEY = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,199}")
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
    if is_blank(value):
        yield error(UserErrorCode.REQUIRED, "This must not be blank.", *path)


def _at_most(length: int) -> Check:
    def check(value: str, path: Path, _: int) -> Iterator[UserError]:
        if len(value) > length:
            yield error(UserErrorCode.TOO_LONG, f"At most {length} are taken.", *path)

    return check


def _legible(allowed: str = "") -> Check:
    """Something can be seen, and there are no control characters but these; line ends around the text do not count."""

    def check(value: str, path: Path, _: int) -> Iterator[UserError]:
        if has_controls(value.strip(AROUND), allowed):
            yield error(UserErrorCode.INVALID_TEXT, "Control characters are not taken.", *path)
        elif not is_blank(value) and not is_visible(value):
            yield error(UserErrorCode.INVALID_TEXT, "Nothing in this text can be seen.", *path)

    return check


AROUND = " \t\r\n"
"""What comes along with a text that is copied."""

_line = (_at_most(LONGEST_TEXT), _legible())


def _unless_blank(check: Check) -> Check:
    """For the text an item of a list stands for: without it the item says nothing, and counts as absent."""
    return lambda value, path, limit: iter(()) if is_blank(value) else check(value, path, limit)


def _email(value: str, path: Path, _: int) -> Iterator[UserError]:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  only writing needs it

    try:
        validate_email(value.strip(), check_deliverability=False)
    except EmailNotValidError:
        yield error(UserErrorCode.INVALID_EMAIL, "This is not an e-mail address.", *path)


def _country(value: str, path: Path, _: int) -> Iterator[UserError]:
    import pycountry  # noqa: PLC0415  likewise

    if not re.fullmatch("[A-Z]{2}", value) or pycountry.countries.get(alpha_2=value) is None:
        yield error(UserErrorCode.INVALID_COUNTRY, "This is not an ISO 3166-1 alpha-2 code, such as US.", *path)


def _amount(value: float, path: Path, _: int) -> Iterator[UserError]:
    if not 0 <= value <= LARGEST_AMOUNT:  # false for what is no number as well
        yield error(UserErrorCode.INVALID_AMOUNT, f"The amount must be from 0 to {LARGEST_AMOUNT:.0f}.", *path)


def _custom_value(value: Any, path: Path, limit: int) -> Iterator[UserError]:
    """Text as in a note, a finite number, or a truth; which of them, the field's type says later."""
    if isinstance(value, str):
        for check in (_not_blank, _at_most(LONGEST_NOTE), _legible("\t\n\r")):
            yield from check(value, path, limit)
    elif not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
        yield error(UserErrorCode.INVALID_CUSTOM_FIELD, "The value must be text, a number, true or false.", *path)


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


def _name(value: str, path: Path, _: int) -> Iterator[UserError]:
    if file_name(value) is None:
        yield error(UserErrorCode.INVALID_FILE_NAME, "A file name with an extension is needed.", *path)


def _attachment(value: Mapping[str, Any], path: Path, limit: int) -> Iterator[UserError]:
    yield from _check(ATTACHMENT, value, path, limit)
    if ("data" in value) is ("data_url" in value):
        yield error(UserErrorCode.DATA_OR_DATA_URL, "Exactly one of data and dataUrl is needed.", *path)
    elif "data" in value:
        if declared_type(value) is None:
            yield error(UserErrorCode.REQUIRED, "With data the content type is needed.", *path, "content_type")
        if problem := data_problem(value["data"], limit):
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
    "data_url": (_url,),
}

CANDIDATE: Rules = {
    "first_name": (_not_blank, *_line),
    "last_name": (_not_blank, *_line),
    "email_address": (_email,),
    "additional_email_addresses": (_at_most(LONGEST_LIST), _each(_inside({"email_address": (_unless_blank(_email),)}))),
    "company": _line,
    "title": _line,
    "phone_number": _line,
    "location": (_inside({"city": _line, "country": (_country,), "state": _line, "zip_code": _line}),),
    "salary_expectations": (_inside({"amount": (_amount,)}),),
    "custom_fields": (
        _at_most(LONGEST_LIST),
        _each(_inside({"key": (_not_blank, *_line), "value": (_custom_value,)})),
    ),
    "social_links": (_at_most(LONGEST_LIST), _each(_inside({"url": (_unless_blank(_url),)}))),
}

CREATE_RULES: Rules = {
    "candidate": (_inside(CANDIDATE),),
    "attachments": (_at_most(LONGEST_LIST), _each(_attachment)),
    "source": (_source, _inside({"id": _line, "name": _line, "unified_key": _line})),
}

ATTACHMENT_RULES: Rules = {"attachment": (_attachment,)}
NOTE_RULES: Rules = {"content": (_not_blank, _at_most(LONGEST_NOTE), _legible("\t\n\r"))}
