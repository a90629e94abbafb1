"""What can go wrong while a question is answered, grouped by what the caller should do about it.

    AtsError
    ├── FixInput                 the request is at fault: change it
    │   ├── BadUserInput             BAD_USER_INPUT
    │   ├── QueryTooComplex          QUERY_TOO_COMPLEX
    │   ├── FilterNeedsSync          FILTER_NEEDS_SYNC
    │   └── Rejected                 UPSTREAM_REJECTED
    │       ├── NotFound                 UPSTREAM_REJECTED
    │       └── Duplicate                UPSTREAM_REJECTED
    ├── FixSetup                 credentials or settings are at fault: a person has to act
    │   ├── Unauthenticated          UNAUTHENTICATED
    │   ├── Forbidden                FORBIDDEN
    │   ├── PersonalDataWithheld     PERSONAL_DATA_WITHHELD
    │   ├── IntegrationNotFound      INTEGRATION_NOT_FOUND
    │   └── UpstreamUnauthorized     UPSTREAM_UNAUTHORIZED
    ├── TryAgain                 the same request may succeed later
    │   ├── UpstreamRateLimited      UPSTREAM_RATE_LIMITED
    │   └── UpstreamUnavailable      UPSTREAM_UNAVAILABLE
    ├── UpstreamUnreadable       UPSTREAM_UNREADABLE (an answer that does not have the expected form)
    └── ErrorsLeftOut            the code of the first error it stands for

`StorageUnavailable` is none of these: not the ATS is at fault but what the gateway keeps, and nothing that handles
errors of the ATS may take it for one.

A class's docstring is its default message. Messages never hold keys, addresses or field values of a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class UpstreamCall:
    """The upstream request an error came from: what a maintainer needs, and nothing secret.

    Attributes:
        method: HTTP method.
        path: The path template, such as `/jobs/{id}`; never the filled-in path, never the query string.
        status: HTTP status, or null when no answer came.
        correlation_id: The upstream's own id of the answer, for its support.
    """

    method: str
    path: str
    status: int | None = None
    correlation_id: str | None = None

    def as_extension(self) -> dict[str, Any]:
        """The same as a mapping for `extensions.upstream`."""
        return {
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "correlationId": self.correlation_id,
        }


class AtsError(Exception):
    """The request could not be answered."""

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str | None = None,
        *,
        argument: str | None = None,
        upstream: UpstreamCall | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.message = message or (type(self).__doc__ or "").partition("\n")[0]
        self.argument = argument
        self.upstream = upstream
        self.retry_after = retry_after
        super().__init__(self.message)

    @property
    def extensions(self) -> dict[str, Any]:
        """What a client may read beside the message: `code`, `retryable`, and what is known of the cause."""
        known = {
            "argument": self.argument,
            "retryAfter": self.retry_after,
            "upstream": self.upstream and self.upstream.as_extension(),
        }
        return {"code": self.code, "retryable": self.retryable} | {k: v for k, v in known.items() if v is not None}

    def again(self) -> AtsError:
        """A fresh copy, so that one failed batch gives every waiter an error object of its own."""
        return type(self)(self.message, argument=self.argument, upstream=self.upstream, retry_after=self.retry_after)


class FixInput(AtsError):
    """The request cannot be answered as it stands."""

    code = "BAD_USER_INPUT"


class BadUserInput(FixInput):
    """An argument has a value that cannot be used."""


class QueryTooComplex(FixInput):
    """The operation asks for more than this gateway answers at once."""

    code = "QUERY_TOO_COMPLEX"


class FilterNeedsSync(FixInput):
    """This filter or order works only on synced records."""

    code = "FILTER_NEEDS_SYNC"


class Rejected(FixInput):
    """The ATS refused the request."""

    code = "UPSTREAM_REJECTED"


class NotFound(Rejected):
    """The ATS has no such record."""


class Duplicate(Rejected):
    """The ATS holds this record already.

    Attributes:
        key: Key of the record that is there, or null when the answer does not tell.
    """

    key: str | None = None

    def again(self) -> AtsError:
        """A fresh copy that names the same record."""
        copy = super().again()
        copy.key = self.key  # type: ignore[attr-defined]  # a copy is of the same class
        return copy


class FixSetup(AtsError):
    """The gateway is not set up for this request."""

    code = "FORBIDDEN"


class Unauthenticated(FixSetup):
    """A valid access token is needed."""

    code = "UNAUTHENTICATED"


class Forbidden(FixSetup):
    """This caller may not do that."""


class PersonalDataWithheld(FixSetup):
    """This is personal data, and the caller lacks the scope pii."""

    code = "PERSONAL_DATA_WITHHELD"


class IntegrationNotFound(FixSetup):
    """No such integration: name one in the X-Integration-Id header."""

    code = "INTEGRATION_NOT_FOUND"


class UpstreamUnauthorized(FixSetup):
    """The ATS refused the API key or its owner's rights."""

    code = "UPSTREAM_UNAUTHORIZED"

    @property
    def concerns_all(self) -> bool:
        """Whether any other question would be refused as well: the key is, and not one right of its owner."""
        return self.upstream is None or self.upstream.status != HTTPStatus.FORBIDDEN


class TryAgain(AtsError):
    """The ATS cannot answer now."""

    code = "UPSTREAM_UNAVAILABLE"
    retryable = True


class UpstreamRateLimited(TryAgain):
    """The ATS takes no more requests for now."""

    code = "UPSTREAM_RATE_LIMITED"


class UpstreamUnavailable(TryAgain):
    """The ATS did not answer."""


class UpstreamUnreadable(AtsError):
    """The ATS gave an answer that cannot be read."""

    code = "UPSTREAM_UNREADABLE"


class StorageUnavailable(Exception):
    """The gateway's database cannot be used now: `DATABASE_UNAVAILABLE`, which may pass by itself."""

    MESSAGE = "The gateway's database is out of reach or full."
    EXTENSIONS: ClassVar[Mapping[str, Any]] = {"code": "DATABASE_UNAVAILABLE", "retryable": True}


class ErrorsLeftOut(AtsError):
    """More went wrong than is listed.

    Args:
        first: The first error that is not listed; null for one without an exception.
        fields: Names of the fields that lead to it, joined by dots -> how many errors of it are not listed.
    """

    def __init__(self, first: Exception | None, fields: Mapping[str, int]) -> None:
        self._first = first
        self._fields = dict(fields)
        self._number = sum(fields.values())
        super().__init__(f"{self._number} more errors are not listed.")

    @property
    def extensions(self) -> dict[str, Any]:
        """What is known of the first one, how many there are, and of which fields."""
        first = self._first if isinstance(self._first, AtsError) else AtsError()
        return {**first.extensions, "omitted": self._number, "fields": self._fields}
