"""The actions, one row each: what their input must fulfil, and what of the outcome is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.actions.validation import ATTACHMENT_RULES, CREATE_RULES, NOTE_RULES, Rules
from resolvers.ports.writing import Document, Write
from schema.actions.action import ActionName
from schema.addresses import same_address

Keeps = Callable[[Write, str, datetime], Mapping[str, Any]]
"""Takes a write, the id of what it made, and when the action began; fields of the result, see `Ledger.finish`."""


def _only_keys(_: Write, __: str, ___: datetime) -> Mapping[str, Any]:
    """Nothing beside the keys of candidate and application, which the plan knows."""
    return {}


def _attachment(write: Write, made: str, _: datetime) -> Mapping[str, Any]:
    """The file as it was stored."""
    file = write.file
    if file is None:
        return {}
    return {"attachment": {"id": made, "name": file.name, "type": file.content_type, "size": file.size}}


def _note(_: Write, made: str, began_at: datetime) -> Mapping[str, Any]:
    """The note with the time it carries."""
    at = began_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"note": {"id": made, "at": at}}


def _person(document: Document) -> str:
    """The candidate: an ATS that lets duplicates be saved would take a candidate that is created twice at once."""
    return same_address(document["candidate"]["email_address"])


def _application(document: Document) -> str:
    """The application: of two moves at once, the second one begins where the first one ended."""
    return str(document["application_key"]).lower()


@dataclass(frozen=True, slots=True)
class Specification:
    """One action.

    Attributes:
        rules: What each part of its input must fulfil.
        keeps: What is kept of a write.
        about: What it is about that no other action may be about at the same time, from its document; blank for
            nothing.
        shows: Models whose record its payload returns: the others are not read back.
    """

    rules: Rules
    keeps: Keeps = _only_keys
    about: Callable[[Document], str] = lambda _: ""
    shows: tuple[str, ...] = ()


SPECIFICATIONS: Mapping[ActionName, Specification] = {
    ActionName.CREATE_CANDIDATE: Specification(CREATE_RULES, about=_person, shows=("Candidate", "Application")),
    ActionName.CREATE_APPLICATION: Specification(CREATE_RULES, about=_person, shows=("Candidate", "Application")),
    ActionName.ADD_ATTACHMENT_TO_APPLICATION: Specification(ATTACHMENT_RULES, _attachment),
    ActionName.ADD_NOTE_TO_APPLICATION: Specification(NOTE_RULES, _note),
    ActionName.MOVE_APPLICATION: Specification({}, about=_application, shows=("Application",)),
}
"""Action -> its specification. What it looks up and writes is the writer's (`resolvers.ports.writing`)."""
