"""Files by name, and their bytes as base64."""

import re
import unicodedata
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from schema.actions.problem import UserErrorCode

LONGEST_NAME = 150
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]+")


def file_name(given: str) -> str | None:
    """The name without folders and unsafe characters; null when no name with an extension is left."""
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = "".join(c for c in _UNSAFE.sub("_", last) if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    stem, dot, extension = cleaned.strip(" .").rpartition(".")
    if not dot or not stem.strip(" .") or not re.fullmatch(r"[A-Za-z0-9]{1,10}", extension):
        return None
    return f"{stem.strip()[: LONGEST_NAME - len(extension) - 1]}.{extension}"


def plain_base64(data: str) -> str:
    """Base64 text as the standard has it, from a data URI, from text in lines, from the URL-safe alphabet, unpadded."""
    text = "".join(data.split())
    if found := _DATA_URI.match(text):
        text = unquote(text[found.end() :])
    text = text.translate(_URL_SAFE).rstrip("=")
    return text + "=" * (-len(text) % 4)


_DATA_URI = re.compile(r"data:(?P<type>[^,;]*)(?:;[^,;]*)*;base64,", re.IGNORECASE)
_URL_SAFE = str.maketrans("-_", "+/")


def declared_type(attachment: Mapping[str, Any]) -> str | None:
    """The type of a file as its caller declares it: beside its data, or in the data URI."""
    found = _DATA_URI.match(attachment.get("data", "")[:_LONGEST_TYPE].strip())
    given: str | None = attachment.get("content_type") or (found["type"] if found else None)
    return given or None


_LONGEST_TYPE = 1000


def decoded(data: str) -> bytes | None:
    """The bytes of base64 text; null when it is none."""
    try:
        return b64decode(plain_base64(data), validate=True)
    except (Base64Error, ValueError):
        return None


def decoded_head(data: str) -> bytes:
    """The first bytes of valid base64 text, enough to tell what they are."""
    if len(data) <= _HEAD_TEXT:
        return decoded(data) or b""
    text = plain_base64(data[:_HEAD_TEXT]).rstrip("=")
    return decoded(text[: len(text) // 4 * 4]) or b""


_HEAD_TEXT = 16_384


def decoded_size(data: str) -> int | None:
    """Length in bytes of what valid base64 text holds, without decoding it; null for nothing."""
    text = plain_base64(data)
    return len(text) // 4 * 3 - text[-2:].count("=") or None


def data_problem(data: str, limit: int) -> tuple[UserErrorCode, str] | None:
    """What is wrong with a file given as base64; null when nothing is."""
    if len(data) > limit * 2 + _LONGEST_TYPE:
        return too_large(limit)
    content = decoded(data)
    if content is None:
        return UserErrorCode.INVALID_BASE64, "This is not base64."
    if not content:
        return UserErrorCode.REQUIRED, "The file is empty."
    return too_large(limit) if len(content) > limit else None


def too_large(limit: int) -> tuple[UserErrorCode, str]:
    """Code and message for a file over the limit."""
    return UserErrorCode.FILE_TOO_LARGE, f"At most {limit} bytes are taken."
