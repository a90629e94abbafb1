"""What kind of file it is: what is declared, what the bytes show, and what to make of both."""

import re
from functools import cache
from mimetypes import guess_type
from typing import NamedTuple

GENERIC = "application/octet-stream"
"""A declared type that promises nothing."""

UNSPECIFIC = {
    GENERIC,
    "application/binary",
    "application/download",
    "application/file",
    "application/force-download",
    "application/octetstream",
    "application/save",
    "application/unknown",
    "application/x-download",
    "application/x-force-download",
    "application/x-octet-stream",
    "application/x-unknown",
    "binary/octet-stream",
    "content/unknown",
    "multipart/form-data",
    "octet/stream",
    "unknown/unknown",
}
"""Types that stores and browsers send when they do not know."""

PDF, RTF, HTML, ZIP, PLAIN = "application/pdf", "application/rtf", "text/html", "application/zip", "text/plain"
OLD_OFFICE = "application/msword"
"""What the container of the old office formats is called here, whichever of them is inside."""

ALIASES = {
    "application/acrobat": PDF,
    "application/doc": OLD_OFFICE,
    "application/vnd.ms-word": OLD_OFFICE,
    "application/vnd.msword": OLD_OFFICE,
    "application/vnd.pdf": PDF,
    "application/winword": OLD_OFFICE,
    "application/word": OLD_OFFICE,
    "application/x-msword": OLD_OFFICE,
    "application/x-pdf": PDF,
    "application/x-rtf": RTF,
    "application/x-zip": ZIP,
    "application/x-zip-compressed": ZIP,
    "application/xhtml+xml": HTML,
    "applications/vnd.pdf": PDF,
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "text/pdf": PDF,
    "text/richtext": RTF,
    "text/rtf": RTF,
    "text/x-html": HTML,
    "text/x-pdf": PDF,
}
"""Another name of a type -> the usual one."""

_WORD = r"application/(msword|vnd\.openxmlformats-officedocument\.wordprocessingml\..*|vnd\.ms-word\..*)"
_OFFICE = r"application/(msword|vnd\.ms-.*|x-ole-storage|vnd\.openxmlformats-.*)"

FAMILIES = {
    ZIP: re.compile(
        rf"{_OFFICE}|application/(vnd\.oasis\.opendocument.*|epub.*|vnd\.apple.*|x-iwork.*|java-archive)|.*\+zip"
    ),
    OLD_OFFICE: re.compile(_OFFICE),
    RTF: re.compile(_WORD),
    HTML: re.compile(rf"{_WORD}|application/vnd\.ms-excel|text/.*|.*[/+]xml|message/rfc822|multipart/related"),
    "text/xml": re.compile(rf"{_WORD}|text/.*|.*[/+]xml"),
    "message/rfc822": re.compile(rf"{_WORD}|text/.*|message/.*|multipart/related|application/x-mimearchive"),
    "image/heic": re.compile("image/hei[cf].*"),
    "video/mp4": re.compile("audio/.*|video/.*"),
}
"""What the bytes show -> declared types that agree with it: containers, and what Word writes under its own name."""

HEADER_BYTES = 1024
"""A PDF begins within these; mail programs and scanners leave something in front of it."""

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_TEXTS = (
    (re.compile(rb"\{\\rtf"), RTF),
    (re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE), HTML),
    (re.compile(rb"<\?xml\b[^>]*\?>\s*(<!doctype\s+html|<html)", re.IGNORECASE), HTML),
    (re.compile(rb"<\?xml\b"), "text/xml"),
    (re.compile(rb"mime-version:", re.IGNORECASE), "message/rfc822"),
)


class Judgement(NamedTuple):
    """What a file is sent as.

    Attributes:
        content_type: Its type, without parameters.
        doubt: What the bytes say against the declared type, as a sentence; null for nothing.
    """

    content_type: str
    doubt: str | None = None


def media_type(declared: str | None) -> str | None:
    """A declared type in its usual spelling, without parameters; null for none and for what is no type."""
    plain = (declared or "").partition(";")[0].strip().lower()
    return ALIASES.get(plain, plain) if _MEDIA_TYPE.fullmatch(plain) else None


def shown_type(head: bytes) -> str | None:
    """The type that a file's first bytes show; null when they show none."""
    if head.startswith(_OLE):
        return OLD_OFFICE
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for pattern, kind in _TEXTS:
        if pattern.match(text):
            return kind
    import filetype  # type: ignore[import-untyped]  # noqa: PLC0415  it has no types; few requests have files

    found: str | None = filetype.guess_mime(head)
    if found is not None:
        return ALIASES.get(found, found)
    return PDF if re.search(rb"%PDF-\d", head[:HEADER_BYTES]) else None


def judged(head: bytes, declared: str | None, name: str, answered: str | None = None) -> Judgement:
    """What a file is sent as.

    Args:
        head: Its first bytes.
        declared: The type the caller declares, as it was spelt.
        name: Its name.
        answered: The type that came with it from where it was fetched; nobody is told when that one is wrong.
    """
    shown, given = shown_type(head), media_type(declared)
    if declared is None or given in UNSPECIFIC:
        return Judgement(_likeliest(shown, (media_type(answered), media_type(guess_type(name)[0]))))
    if given is not None and _agree(shown, given, head):
        return Judgement(given)
    if shown is not None:
        return Judgement(shown, f"The file's bytes are {shown}, which is not the declared content type.")
    if _is_text(head):
        return Judgement(PLAIN, "The file's bytes are plain text, which is not the declared content type.")
    return Judgement(given or GENERIC, "The file's bytes do not show the declared content type, nor any other.")


def _likeliest(shown: str | None, guesses: tuple[str | None, ...]) -> str:
    """The first guess that agrees with the bytes, else what they show."""
    specific = [each for each in guesses if each is not None and each not in UNSPECIFIC]
    if shown is None:
        return next((each for each in specific if each not in _showing()), GENERIC)
    return next((each for each in specific if _agree(shown, each, b"")), shown)


def _agree(shown: str | None, given: str, head: bytes) -> bool:
    """Whether bytes may be of a type: they show it or what is kept under its name, or neither shows anything."""
    if shown is None:
        return given not in _showing() and not (given == OLD_OFFICE and _is_text(head))
    return shown == given or (shown in FAMILIES and FAMILIES[shown].fullmatch(given) is not None)


def _is_text(head: bytes) -> bool:
    return bool(head) and b"\0" not in head and head[:-4].decode("utf-8", "ignore").encode() == head[:-4]


@cache
def _showing() -> frozenset[str]:
    """Types whose files show it in their first bytes."""
    import filetype  # noqa: PLC0415  likewise

    return frozenset(ALIASES.get(kind.mime, kind.mime) for kind in filetype.TYPES) | {RTF}
