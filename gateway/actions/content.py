"""Files by name, type and bytes."""

import re
import unicodedata
from base64 import b64decode
from binascii import Error as Base64Error

import filetype  # type: ignore[import-untyped]  # it has no types

from schema.actions.problem import UserErrorCode

LONGEST_NAME = 150
GENERIC = "application/octet-stream"
"""A declared type that promises nothing."""

ALIASES = {
    "image/jpg": "image/jpeg",
    "application/x-pdf": "application/pdf",
    "application/x-zip-compressed": "application/zip",
}

OLD_OFFICE = "application/msword"
"""What the container of the old office formats is called here, whichever of them is inside."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")

FAMILIES = {
    "application/zip": re.compile(r"application/(vnd\.openxmlformats-|vnd\.oasis\.opendocument|zip|epub|vnd\.apple).*"),
    OLD_OFFICE: re.compile(r"application/(msword|vnd\.ms-|x-ole-storage).*"),
}
"""What a container's bytes look like -> declared types that are kept in such a container."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]+")


def file_name(given: str) -> str | None:
    """The name without folders and unsafe characters; null when no name with an extension is left."""
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = "".join(c for c in _UNSAFE.sub("_", last) if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    stem, dot, extension = cleaned.strip(" .").rpartition(".")
    if not dot or not stem.strip(" .") or not re.fullmatch(r"[A-Za-z0-9]{1,10}", extension):
        return None
    return f"{stem.strip()[: LONGEST_NAME - len(extension) - 1]}.{extension}"


def decoded(data: str) -> bytes | None:
    """The bytes of base64 text, which may be wrapped in lines; null when it is none."""
    try:
        return b64decode("".join(data.split()), validate=True)
    except (Base64Error, ValueError):
        return None


def decoded_size(data: str) -> int | None:
    """Length in bytes of what valid base64 text holds, without decoding it; null for nothing."""
    text = "".join(data.split())
    return len(text) // 4 * 3 - text[-2:].count("=") or None


def data_problem(data: str, content_type: str | None, limit: int) -> tuple[UserErrorCode, str] | None:
    """What is wrong with a file given as base64; null when nothing is."""
    if len(data) > limit * 2:
        return too_large(limit)
    content = decoded(data)
    if content is None:
        return UserErrorCode.INVALID_BASE64, "This is not base64."
    if not content:
        return UserErrorCode.REQUIRED, "The file is empty."
    if len(content) > limit:
        return too_large(limit)
    return type_problem(content, content_type)


def too_large(limit: int) -> tuple[UserErrorCode, str]:
    """Code and message for a file over the limit."""
    return UserErrorCode.FILE_TOO_LARGE, f"At most {limit} bytes are taken."


def type_problem(head: bytes, content_type: str | None) -> tuple[UserErrorCode, str] | None:
    """What is wrong with a file's declared type, going by its first bytes; null when nothing is."""
    if content_type is None or may_be(head, content_type):
        return None
    return UserErrorCode.CONTENT_TYPE_MISMATCH, "The file's bytes are not of the declared content type."


def may_be(head: bytes, content_type: str) -> bool:
    """Whether bytes may be of the declared type: they show it, or neither shows anything."""
    declared = ALIASES.get(content_type.lower(), content_type.lower())
    shown = OLD_OFFICE if head.startswith(_OLE) else filetype.guess_mime(head)
    if declared in {GENERIC, shown}:
        return True
    if shown is None:
        return declared not in _SHOWING
    return shown in FAMILIES and FAMILIES[shown].fullmatch(declared) is not None


_SHOWING = {kind.mime for kind in filetype.TYPES}
"""Types whose files show it in their first bytes."""
