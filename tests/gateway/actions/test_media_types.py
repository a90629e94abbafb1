"""What files are sent as, whatever was declared."""

from base64 import b64encode, urlsafe_b64encode

import pytest

from gateway.actions.content import declared_type, decoded, decoded_head, decoded_size
from gateway.actions.media_types import judged, media_type, shown_type
from tests.gateway.actions.inputs import PDF

WORD = "application/msword"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OCTETS = "application/octet-stream"
ZIPPED = b"PK\x03\x04" + b"\0" * 60
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60
RTF = rb"{\rtf1\ansi Ada}"
HTML = b"\xef\xbb\xbf\r\n<html xmlns:w='urn:schemas-microsoft-com:office:word'>"


@pytest.mark.parametrize(
    ("head", "declared", "sent"),
    [
        (PDF, "application/pdf", "application/pdf"),
        (PDF, "Application/PDF; name=cv.pdf", "application/pdf"),
        (PDF, "application/x-pdf", "application/pdf"),
        (PDF, "text/pdf", "application/pdf"),
        (PDF, OCTETS, "application/pdf"),
        (PDF, "binary/octet-stream", "application/pdf"),
        (PDF, "application/force-download", "application/pdf"),
        (b"Junk of a mail program\r\n" * 30 + PDF, "application/pdf", "application/pdf"),
        (b"plain", "text/plain", "text/plain"),
        (b"plain", "text/plain; charset=utf-8", "text/plain"),
        (b'{"a": 1}', "application/ld+json", "application/ld+json"),
        (b"<?xml version='1.0'?><svg/>", "image/svg+xml", "image/svg+xml"),
        (ZIPPED, DOCX, DOCX),
        (ZIPPED, "application/vnd.acme+zip", "application/vnd.acme+zip"),
        (ZIPPED, WORD, WORD),
        (OLE, WORD, WORD),
        (OLE, DOCX, DOCX),
        (OLE, "application/vnd.ms-excel", "application/vnd.ms-excel"),
        (RTF, WORD, WORD),
        (HTML, WORD, WORD),
        (RTF, "text/rtf", "application/rtf"),
        (PNG, "image/png", "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 60, "image/pjpeg", "image/jpeg"),
        (b"\0\1\2", "application/x-unheard-of", "application/x-unheard-of"),
        (b"\0\1\2", OCTETS, OCTETS),
    ],
)
def test_what_agrees_is_sent_without_a_word(head: bytes, declared: str, sent: str) -> None:
    """Parameters and aliases, types that say nothing, and containers."""
    assert judged(head, declared, "cv") == (sent, None)


@pytest.mark.parametrize(
    ("head", "declared", "sent", "says"),
    [
        (PDF, "image/png", "application/pdf", "are application/pdf"),
        (PDF, "pdf", "application/pdf", "are application/pdf"),
        (PDF, "text/html\r\nX-Evil: 1", "application/pdf", "are application/pdf"),
        (ZIPPED, "text/plain", "application/zip", "are application/zip"),
        (RTF, "application/pdf", "application/rtf", "are application/rtf"),
        (b"just text", "application/pdf", "text/plain", "plain text"),
        (b"just text", WORD, "text/plain", "plain text"),
        (b"\0\1\2", "application/pdf", "application/pdf", "do not show"),
        (b"\0\1\2", "cv", OCTETS, "do not show"),
    ],
)
def test_a_wrong_type_is_a_doubt_that_says_what_the_bytes_say(head: bytes, declared: str, sent: str, says: str) -> None:
    """The file is sent as what it is."""
    judgement = judged(head, declared, "cv.pdf")
    assert judgement.content_type == sent
    assert says in str(judgement.doubt)


@pytest.mark.parametrize(
    ("head", "name", "answered", "sent"),
    [
        (ZIPPED, "cv.docx", None, DOCX),
        (ZIPPED, "cv.docx", "application/force-download", DOCX),
        (OLE, "cv.doc", None, WORD),
        (ZIPPED, "cv.txt", None, "application/zip"),
        (b"plain", "cv.txt", None, "text/plain"),
        (b"plain", "cv.pdf", None, OCTETS),
        (PDF, "cv.pdf", "text/html", "application/pdf"),
        (PDF, "cv", "application/pdf;charset=x", "application/pdf"),
    ],
)
def test_without_a_type_the_bytes_the_name_and_the_answer_tell(
    head: bytes, name: str, answered: str | None, sent: str
) -> None:
    """And nobody is warned: nothing was declared."""
    assert judged(head, None, name, answered) == judged(head, OCTETS, name, answered) == (sent, None)


def test_a_pdf_in_an_archive_is_an_archive() -> None:
    """What a file begins with comes first."""
    assert shown_type(ZIPPED + PDF) == "application/zip"
    assert shown_type(b" " * 1024 + PDF) is None


@pytest.mark.parametrize("declared", [None, "", "pdf", "a/b/c", "text/ht ml", "/", "text/"])
def test_what_is_no_media_type(declared: str | None) -> None:
    """Blank, without a slash, or with what does not belong there."""
    assert media_type(declared) is None


CONTENT = bytes(range(256)) * 80


@pytest.mark.parametrize(
    "data",
    [
        b64encode(CONTENT).decode(),
        b64encode(CONTENT).decode().rstrip("="),
        urlsafe_b64encode(CONTENT).decode(),
        "\r\n".join(b64encode(CONTENT).decode()[n : n + 76] for n in range(0, 30_000, 76)),
        f"data:application/pdf;base64,{b64encode(CONTENT).decode()}",
        f"data:application/pdf;name=cv.pdf;BASE64,{urlsafe_b64encode(CONTENT).decode()}",
        f"data:application/pdf;base64,{b64encode(CONTENT).decode().replace('+', '%2B').replace('=', '%3D')}",
    ],
)
def test_base64_in_every_form(data: str) -> None:
    """Padded or not, in lines, in either alphabet, as a data URI, which declares a type as well."""
    assert decoded(data) == CONTENT
    assert decoded_size(data) == len(CONTENT)
    assert CONTENT.startswith(decoded_head(data))
    assert len(decoded_head(data)) > 8000
    assert declared_type({"data": data}) == ("application/pdf" if data.startswith("data:") else None)


@pytest.mark.parametrize("data", ["%%%", "abc!", "data:text/plain,hello", "A"])
def test_what_is_no_base64(data: str) -> None:
    """It cannot be a file."""
    assert decoded(data) is None
