"""What can be said about an input without asking anybody."""

from base64 import b64encode
from typing import Any

import pytest

from gateway.actions.content import file_name
from gateway.actions.validation import CREATE_RULES, NOTE_RULES, validate
from tests.gateway.actions.inputs import PDF, attachment, create, person

LIMIT = 2000


def found(document: Any, key: str | None = None) -> list[tuple[str, str]]:
    """Code and path of each error."""
    errors = validate(CREATE_RULES, document, key, LIMIT)
    return [(each.code.name, ".".join(each.field or ())) for each in errors]


def test_an_input_without_faults_has_none() -> None:
    """The fullest one the other tests use."""
    assert found(create("job", person(), attachments=[attachment()]).document, "key 1") == []


def test_everything_wrong_is_named_at_once() -> None:
    """Each with the path of the GraphQL input."""
    candidate = {
        "first_name": " ",
        "last_name": "x" * 501,
        "email_address": "ingrid@",
        "additional_email_addresses": [{"email_address": "ok@example.com"}, {"email_address": "not at all"}],
        "location": {"country": "Norway"},
        "salary_expectations": {"amount": float("inf"), "period": "YEAR"},
        "social_links": [{"url": "javascript:alert(1)"}],
    }
    attachments = [
        {"name": "cv", "type": "CV", "data": "!!!", "data_url": "ftp://x"},
        {"name": "cv.pdf", "type": "CV", "data": "%%%", "content_type": "pdf"},
        {"name": "cv.pdf", "type": "CV", "data": b64encode(b"x").decode()},
        attachment(data=b"just text"),
        attachment(data=PDF * 10),
        attachment(data=b""),
        {"name": "cv.pdf", "type": "CV"},
    ]
    document = {"candidate": candidate, "attachments": attachments, "source": {"name": " "}}

    assert found(document, "clé") == [
        ("REQUIRED", "candidate.firstName"),
        ("TOO_LONG", "candidate.lastName"),
        ("INVALID_EMAIL", "candidate.emailAddress"),
        ("INVALID_EMAIL", "candidate.additionalEmailAddresses.1.emailAddress"),
        ("INVALID_COUNTRY", "candidate.location.country"),
        ("INVALID_AMOUNT", "candidate.salaryExpectations.amount"),
        ("INVALID_URL", "candidate.socialLinks.0.url"),
        ("INVALID_FILE_NAME", "attachments.0.name"),
        ("INVALID_URL", "attachments.0.dataUrl"),
        ("DATA_OR_DATA_URL", "attachments.0"),
        ("INVALID_BASE64", "attachments.1.data"),
        ("REQUIRED", "attachments.2.contentType"),
        ("FILE_TOO_LARGE", "attachments.4.data"),
        ("REQUIRED", "attachments.5.data"),
        ("DATA_OR_DATA_URL", "attachments.6"),
        ("REQUIRED", "source"),
        ("INVALID_IDEMPOTENCY_KEY", "idempotencyKey"),
    ]


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -0.01, 1e13, 1e305, 1.7e308])
def test_an_amount_that_would_overflow_is_refused(amount: float) -> None:
    """As an hour's pay it would be no number any more."""
    document = {"candidate": person(salary_expectations={"period": "HOUR", "amount": amount})}
    assert found(document) == [("INVALID_AMOUNT", "candidate.salaryExpectations.amount")]


PERSON = ("first_name", "last_name", "company", "title", "phone_number")
LOCATION = ("city", "state", "zip_code")
SOURCE = ("id", "name", "unified_key")
PLACES = [
    *("candidate.firstName", "candidate.lastName", "candidate.company", "candidate.title", "candidate.phoneNumber"),
    *("candidate.location.city", "candidate.location.state", "candidate.location.zipCode"),
    *("source.id", "source.name", "source.unifiedKey"),
]


def everywhere(text: str) -> dict[str, Any]:
    """An input with the text in each of these places."""
    candidate = person(**dict.fromkeys(PERSON, text), location=dict.fromkeys(LOCATION, text))
    return {"candidate": candidate, "source": dict.fromkeys(SOURCE, text)}


@pytest.mark.parametrize("text", ["A\0", "\x07bell", "two\nlines", "de\x7fl", "next\x85line", "\ud83d", "A\x1f", "\0"])
def test_control_characters_are_refused_at_their_field(text: str) -> None:
    """In every text of the input; line ends and tabs may be in notes."""
    assert found(everywhere(text)) == [("INVALID_TEXT", place) for place in PLACES]
    in_note = validate(NOTE_RULES, {"content": f"a {text} b"}, None, LIMIT)
    assert [each.code.name for each in in_note] == ([] if "\n" in text else ["INVALID_TEXT"])


@pytest.mark.parametrize("text", ["\u200b", "\u2060\ufeff\u00ad", "\u200d \u3164", "\u2800", "\ufe0f", "\u202e\u200f"])
def test_what_cannot_be_seen_is_no_name(text: str) -> None:
    """It would be a person or a source without one."""
    assert found(everywhere(text)) == [("INVALID_TEXT", place) for place in PLACES]


@pytest.mark.parametrize(
    "text", ["Zoe\u0308", "\U0001f469\u200d\U0001f4bb", 'O\'Brien "The"', "\u0915\u094d\u200d\u0937", " Ada\n"]
)
def test_what_people_are_called_is_taken(text: str) -> None:
    """Joiners inside a name belong to it, and a line end that was copied along is nothing."""
    assert found(everywhere(text)) == []


def test_no_message_repeats_a_value() -> None:
    """Errors travel into logs."""
    secret = "very-secret-value"
    document = {"candidate": person(first_name=" ", email_address=secret, location={"country": secret})}
    errors = validate(CREATE_RULES, document, secret + "\n", LIMIT)
    assert len(errors) == 4
    assert not any(secret in each.message for each in errors)


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("cv.pdf", "cv.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\files\\cv.docx", "cv.docx"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("evil\x00name\n.pdf", "evil_name_.pdf"),
        ("right\u202efdp.exe", "rightfdp.exe"),
        ("  Lebenslauf für Ingrid .pdf ", "Lebenslauf für Ingrid.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("noextension", None),
        (".pdf", None),
        ("...", None),
        ("cv.p?f", None),
        ("", None),
    ],
)
def test_a_file_name_is_cleaned_or_refused(given: str, cleaned: str | None) -> None:
    """No folders, no control characters, an extension."""
    assert file_name(given) == cleaned
