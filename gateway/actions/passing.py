"""Passthrough: a caller's own request to the ATS, kept to the paths and methods that were allowed (model 7)."""

import base64
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from gateway.actions import content
from gateway.actions.fetching import Fetcher, Unfetchable
from gateway.actions.ledger import Claim, Ledger
from gateway.actions.media_types import GENERIC
from resolvers.errors import BadUserInput, Forbidden
from resolvers.ports.writing import Relay, Writer
from schema.actions.action import ActionOutcome
from schema.actions.attachment import AttachmentInput
from schema.actions.passthrough import HttpMethod, MultipartFieldInput, PassthroughInput, PassthroughPayload
from schema.scalars import JSON

_PATH = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@-]+)+/?|/")
_DOTS = re.compile(r"/(\.{1,2}(;[^/]*)?|;[^/]*)(?=/|$)")
"""A segment that a server may take for a step up or for none, once it has cut the segment's parameters off.

Encoded ones are no plain path: `_PATH` knows no percent sign.
"""

_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]{0,4096}")

FORBIDDEN_HEADERS = re.compile(
    r"host|authorization|proxy-.*|cookie|connection|content-length|transfer-encoding|te|trailer|"
    r"upgrade|expect|forwarded|x-forwarded-.*|x-real-ip|x-original-.*|x-rewrite-.*|x-http-method.*|x-method-override",
    re.IGNORECASE,
)
"""Headers that would change who asks, whom, or for what; those of the ATS's own credentials come on top."""

FORBIDDEN_PARAMS = frozenset({"_method"})
"""Parameters, likewise."""

HIDDEN_HEADERS = frozenset(
    {"set-cookie", "connection", "transfer-encoding", "content-encoding", "content-length", "keep-alive"}
)
"""Headers of an answer that are about the gateway's own connection to the ATS."""


class Allowance:
    """Which requests may be passed through.

    Args:
        patterns: A method or `*`, a blank, and a path in which `*` stands for one segment and `**` for any number, such
            as `GET /**` or `PATCH /jobs/*`.

    Raises:
        ValueError: a pattern is none.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._rules = [_rule(pattern) for pattern in patterns]

    def permits(self, method: HttpMethod, path: str) -> bool:
        """Whether a request may be sent."""
        return any(verb in {"*", method.name} and rule.fullmatch(path) for verb, rule in self._rules)


def _rule(pattern: str) -> tuple[str, re.Pattern[str]]:
    verb, _, path = pattern.strip().partition(" ")
    if verb not in {"*", *(method.name for method in HttpMethod)} or not path.startswith("/"):
        raise ValueError("a passthrough pattern is a method or *, a blank, and a path, such as GET /jobs/*")
    parts = {"**": ".*", "*": "[^/]*"}
    return verb, re.compile(
        "".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*\*?)", path)), re.IGNORECASE
    )


READ_ONLY = Allowance(("GET /**",))
"""What is allowed unless a setting says otherwise."""


async def pass_through(
    given: PassthroughInput,
    writer: Writer,
    allowed: Allowance,
    ledger: Ledger,
    claim: Claim,
    fetcher: Fetcher,
    limit: int,
) -> PassthroughPayload:
    """Send a request, if it may be sent, and enter it in the audit trail whatever comes of it.

    Raises:
        BadUserInput, Forbidden: it may not.
        AtsError: no answer came.
    """
    path, params = _target(given, writer.credential_names)
    if not allowed.permits(given.method, path):
        raise Forbidden("This integration's allow-list does not permit this method and path.", argument="path")
    request = await _request(given, path, params, writer.credential_names, fetcher, limit)
    action_id = await ledger.enter(claim, f"{request.method} {writer.template(path)}")
    try:
        answer = await writer.relay(request, limit)
    except BaseException:
        await ledger.finish(action_id, ActionOutcome.FAILED, {})
        raise
    correlation_ids = [answer.correlation_id] if answer.correlation_id else []
    await ledger.finish(action_id, ActionOutcome.DONE, {"correlation_ids": correlation_ids}, answer.status)
    data = base64.b64encode(answer.body).decode() if given.response_as_base64 else answer.data
    return PassthroughPayload(url=answer.url, status=answer.status, headers=_shown(answer.headers), data=JSON(data))


def _target(given: PassthroughInput, credential_names: frozenset[str]) -> tuple[str, dict[str, str]]:
    """The path and all parameters, wherever they were given."""
    path, _, query = given.path.partition("?")
    if not _PATH.fullmatch(path) or _DOTS.search(path) or path.startswith("//"):
        message = "Argument path: a plain path below the API's base address is needed, such as /jobs."
        raise BadUserInput(message, argument="path")
    if "#" in query:
        raise BadUserInput("Argument path: a query has no fragment.", argument="path")
    params = dict(parse_qsl(query, keep_blank_values=True)) | _texts(given.params, "params")
    if any(name.strip().lower() in FORBIDDEN_PARAMS | credential_names for name in params):
        raise BadUserInput("Argument params: credentials and method overrides cannot be set.", argument="params")
    return path, params


def _texts(value: Any, argument: str) -> dict[str, str]:
    """An object of texts; numbers and booleans are taken as text."""
    if value is None:
        return {}
    if not isinstance(value, Mapping) or any(
        isinstance(each, list | Mapping) or each is None for each in value.values()
    ):
        raise BadUserInput(f"Argument {argument}: an object of texts is needed.", argument=argument)
    return {str(name): str(each).lower() if isinstance(each, bool) else str(each) for name, each in value.items()}


def _headers(given: PassthroughInput, credential_names: frozenset[str]) -> dict[str, str]:
    headers = _texts(given.headers, "headers")
    for name, value in headers.items():
        is_forbidden = FORBIDDEN_HEADERS.fullmatch(name) or name.lower() in credential_names
        if is_forbidden or not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            message = "Argument headers: a header has a forbidden name or a value that cannot be sent."
            raise BadUserInput(message, argument="headers")
    return headers


async def _request(
    given: PassthroughInput,
    path: str,
    params: Mapping[str, str],
    credential_names: frozenset[str],
    fetcher: Fetcher,
    limit: int,
) -> Relay:
    if given.data is not None and given.multipart_form_data is not None:
        raise BadUserInput("Argument data: not together with multipartFormData.", argument="data")
    data: Any = given.data
    headers = _headers(given, credential_names)
    if given.multipart_form_data is not None or not isinstance(data, str):  # it comes with the body
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return Relay(
        method=given.method.name,
        path=path,
        params=params,
        headers=headers,
        json=None if isinstance(data, str) else data,
        content=data.encode() if isinstance(data, str) else None,
        form=await _form(given.multipart_form_data or [], fetcher, limit),
    )


async def _form(
    fields: Sequence[MultipartFieldInput], fetcher: Fetcher, limit: int
) -> dict[str, tuple[str | None, bytes, str]]:
    form: dict[str, tuple[str | None, bytes, str]] = {}
    for field in fields:
        if (field.value is None) is (field.file is None):
            message = "Argument multipartFormData: each part needs either a value or a file."
            raise BadUserInput(message, argument="multipartFormData")
        if field.file is not None:
            form[field.name] = await _file(field.file, fetcher, limit)
        else:
            form[field.name] = (None, (field.value or "").encode(), "text/plain")
    if any(count > 1 for count in Counter(field.name for field in fields).values()):
        raise BadUserInput("Argument multipartFormData: a part is named twice.", argument="multipartFormData")
    return form


async def _file(given: AttachmentInput, fetcher: Fetcher, limit: int) -> tuple[str, bytes, str]:
    name = content.file_name(given.name)
    if name is None or (given.data is None) is (given.data_url is None):
        message = "Argument multipartFormData: a file needs a name and either data or dataUrl."
        raise BadUserInput(message, argument="multipartFormData")
    if given.data is not None:
        if problem := content.data_problem(given.data, limit):
            raise BadUserInput(f"Argument multipartFormData: {problem[1]}", argument="multipartFormData")
        return name, content.decoded(given.data) or b"", given.content_type or GENERIC
    try:
        async with fetcher.fetch(given.data_url or "") as (media_type, pieces):
            body = b""
            async for piece in pieces:
                body += piece
                if len(body) > limit:
                    raise BadUserInput(content.too_large(limit)[1], argument="multipartFormData")
    except Unfetchable as failed:
        raise BadUserInput(f"Argument multipartFormData: {failed.message}", argument="multipartFormData") from failed
    return name, body, given.content_type or media_type or GENERIC


def _shown(headers: Mapping[str, str]) -> JSON:
    return JSON({name: value for name, value in headers.items() if name not in HIDDEN_HEADERS})
