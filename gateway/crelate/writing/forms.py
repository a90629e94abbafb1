"""Which of the ways to send a write an account takes (ASM-28, ASM-29), so that none is tried in vain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.crelate.learning import CV_FORM, DOCUMENT_FORM, NOTE_FORM
from gateway.crelate.writing.contact import is_same_person, same_name
from resolvers.errors import Rejected
from resolvers.ports.profile import DUPLICATE_RULE, Profile
from resolvers.ports.writing import Document, Write

NOTE_FORMS = ("id", "id and entity", "without job")
UPLOADS = ("current", "first")
"""What the shapes of a note and of a file are called, in their order."""

NO_SUCH_PATH = {404, 405}
"""Answers by which a path shows that it does not exist, whatever is sent to it."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The shapes of one write, and what is known of them.

    A shape that leaves something out is never preferred to one that may not. Shapes keep their numbers.

    Attributes:
        write: The write.
        profile: Of the account.
        fact: What is learnt; blank where nothing is.
        names: What the shapes are called.
    """

    write: Write
    profile: Profile
    fact: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, write: Write, profile: Profile) -> Forms:
        """Those of a write."""
        if write.file is not None:
            return cls(write, profile, CV_FORM if write.file.is_cv else DOCUMENT_FORM, UPLOADS)
        return cls(write, profile, NOTE_FORM, NOTE_FORMS) if write.step == "note" else cls(write, profile, "", ())

    @property
    def preferred(self) -> int:
        """Number of the shape that is known to be taken; the shapes before it are known to be refused."""
        known = self.profile.trusted(self.fact) if self.fact else None
        number = self.names.index(known) if known in self.names else 0
        return 0 if self.write.shapes[number].omissions else number

    def worked(self, shape: int) -> None:
        """This shape was taken."""
        if self.fact and not self.write.shapes[shape].omissions and (self.write.file is None or shape == 0):
            self.profile.learnt(self.fact, self.names[shape])

    def refused(self, shape: int, refusal: Rejected) -> None:
        """This shape was refused; of uploads that counts only where there is no such upload at all."""
        status = None if refusal.upstream is None else refusal.upstream.status
        if self.write.file is not None and shape == 0 and status in NO_SUCH_PATH:
            self.profile.learnt(self.fact, UPLOADS[1])


def learn_duplicate(profile: Profile, candidate: Document, existing: Mapping[str, Any] | None) -> None:
    """Keep what a contact has in common with the one it was refused for (ASM-11)."""
    if existing is not None:
        rule = "+".join(_shared(candidate, existing)) or "neither"
        profile.learnt(DUPLICATE_RULE, [rule])


def _shared(candidate: Document, existing: Mapping[str, Any]) -> Iterable[str]:
    if same_name(existing, candidate):
        yield "name"
    if is_same_person(existing, candidate):
        yield "address"
