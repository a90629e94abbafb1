"""Faults on demand: what goes wrong, for which requests, how often."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, TypeAdapter


class FaultKind(StrEnum):
    """What goes wrong."""

    BAD_REQUEST = "400"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    UNPROCESSABLE = "422"
    TOO_MANY = "429"
    """With `Retry-After` if the rule has `retry_after`."""
    ERROR_TEXT = "500"
    BAD_GATEWAY_HTML = "502"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    DROP = "drop"
    """The connection ends without an answer."""
    ERRORS_IN_SUCCESS = "errors"
    """200, with `Errors` in it (ASM-13)."""
    EMPTY = "empty"
    """200 without a body."""
    HANG = "hang"
    """No answer: the connection stays open until the client closes it, or for `seconds` if the rule has them. In the
    same process only a timeout around the call ends it, since `httpx.ASGITransport` knows none."""
    SLOW = "slow"
    """The right answer, `seconds` late."""
    TRUNCATED = "truncated"
    """The first half of the right answer."""
    INSERT_ROW = "insert-row"
    """The right answer; then a row comes in front of all others."""
    DELETE_RECORD = "delete-record"
    """The right answer; then a record is gone: `record_id`, or else the first of the answer."""
    HIDE_RECORD = "hide-record"
    """The right answer; then lists leave a record out that a GET by id still gives: chosen as above."""
    SHRINK_LIST = "shrink-list"
    """The right answer; then its first `rows` rows are gone: records are deleted, contacts are taken off a job."""
    EMPTY_LIST = "empty-list"
    """200 with a list that holds nothing and says so."""


@dataclass(slots=True)
class FaultRule:
    """A fault and the requests it is for."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    kind: FaultKind
    path: str
    """A path template as in `counts`, such as `/jobs/{id}/contacts`, or a regular expression for the whole path after
    `/api3`."""
    method: str = "*"
    times: int | None = 1
    """How many requests it meets before it is used up; None for all."""
    skip: int = 0
    """How many matching requests go by unharmed first."""
    after_write: bool = False
    """Whether the request takes effect before its answer is lost or delayed."""
    seconds: float = 0.0
    """How late the answer is, whatever it is."""
    rows: int = 1
    """How many rows a list loses."""
    retry_after: int | None = None
    record_id: str | None = None

    def __post_init__(self) -> None:
        """Refuses a path that could never be compared."""
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"the path is no regular expression: {error}") from error

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """A rule from its JSON; raises ValueError when it makes no sense."""
        return TypeAdapter(cls).validate_python(values)

    def meets(self, method: str, template: str, path: str) -> bool:
        """Whether the rule is for this request."""
        return self.method in {"*", method} and (self.path == template or re.fullmatch(self.path, path) is not None)


class Faults:
    """The rules in force. The first that meets a request decides; one that is used up is gone."""

    def __init__(self) -> None:
        self.rules: list[FaultRule] = []

    def add(self, kind: FaultKind | str, path: str, **details: Any) -> FaultRule:
        """Puts a rule in force; `details` are the other fields of `FaultRule`."""
        rule = FaultRule(FaultKind(kind), path, **details)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Takes all rules out of force."""
        self.rules.clear()

    def take(self, method: str, template: str, path: str) -> FaultRule | None:
        """The rule that strikes this request, if one does; counts it."""
        rule = next((rule for rule in self.rules if rule.meets(method, template, path)), None)
        if rule is None:
            return None
        if rule.skip:
            rule.skip -= 1
            return None
        if rule.times is not None:
            rule.times -= 1
            if rule.times <= 0:
                self.rules.remove(rule)
        return rule
