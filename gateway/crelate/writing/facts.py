"""What is known about one input: from look-ups first, and then from each write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.crelate.readers import key
from gateway.crelate.writing.contact import LookedUp, given, held_company, same_name
from resolvers.ports.writing import Document, Outcome, Write

COMPANY, CANDIDATE, APPLICATION = "{company}", "{candidate}", "{application}"
"""What stands in a dry run for ids that only a real run brings."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one input.

    Attributes:
        job: When the job closes, as `{"closed_at": ...}`; null when there is none.
        stages: Keys of all stages, in order; a blank first where none is known to be the first.
        user: Whether the user exists.
        source_id, country_id, company: What was found; the company also once it was made.
        custom_fields: What those of the input come to; see `custom_fields`.
        columns: Fields of a candidate -> the custom fields that stand for them.
        contacts: All contacts with the candidate's address.
        sought: Whether these are all, and not only those among the contacts that could be looked through.
        existing: The contact to be used instead of a new one.
        on_job: Whether the existing contact is on the job already.
        place: Where the application is on the pipeline; see `questions.place_on`.
        unmoved: Whether Crelate took a move and left the application where it was.
        before: Ids of files that were on the contact before this action.
        uploaded: Ids of files this action has added.
        contact_key: The contact, once there is one.
        settled: Steps that are over, whatever came of them.
        refused: Steps that were refused.
    """

    job: Mapping[str, Any] | None = None
    stages: tuple[str, ...] = ()
    user: bool = True
    source_id: str | None = None
    country_id: str | None = None
    company: Mapping[str, Any] | None = None
    custom_fields: tuple[dict[str, Any], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    contacts: tuple[Mapping[str, Any], ...] = ()
    sought: bool = True
    existing: Mapping[str, Any] | None = None
    on_job: bool = False
    place: Mapping[str, Any] | None = None
    unmoved: bool = False
    before: frozenset[str] = frozenset()
    uploaded: frozenset[str] = frozenset()
    contact_key: str | None = None
    settled: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()

    def looked_up(self, document: Document) -> LookedUp:
        """What the columns of the contact depend on; a company that is still to be made stands as a placeholder.

        For a new contact it is made afterwards: Crelate may refuse the contact, and a company would be left behind.
        """
        made_first = self.makes_company(document) and self.existing is not None
        return LookedUp(
            self.company or ({"Id": COMPANY} if made_first else None),
            self.makes_company(document) and not made_first,
            self.country_id,
            self.source_id,
            self.existing or {},
            self.custom_fields,
            self.columns,
        )

    def makes_company(self, document: Document) -> bool:
        """Whether the employer is still to be made."""
        if not given(document["candidate"], "company") or "company" in self.columns:
            return False
        if self.company is not None or "company" in self.settled:
            return False
        if self.existing is None:
            return True
        return document["on_duplicate"] == "UPDATE" and held_company(self.existing) is None


def chosen(document: Document, contacts: tuple[Mapping[str, Any], ...]) -> Mapping[str, Any] | None:
    """Which of the contacts with the candidate's address is meant: one of the same name, else the oldest."""
    if document["on_duplicate"] == "CREATE":
        return None
    named = (row for row in contacts if same_name(row, document["candidate"]))
    return next(named, contacts[0] if contacts else None)


def learned(facts: Facts, write: Write, outcome: Outcome) -> Facts:
    """What is known after a write that is over."""
    facts = replace(facts, settled=facts.settled | {write.step})
    if outcome.refused:
        return replace(facts, refused=facts.refused | {write.step})
    made = outcome.made or outcome.used
    if made is None:
        return facts
    if write.file is not None:
        return replace(facts, uploaded=facts.uploaded | {made})
    if write.step == "company":
        return replace(facts, company={"Id": made})
    if write.step == "candidate" and facts.existing is None:
        return replace(facts, contact_key=made)
    return facts


def judged(facts: Facts, write: Write, outcome: Outcome) -> Outcome:
    """What a duplicate comes to; one that may have been made by the write itself has to be read to know."""
    found = outcome.duplicate
    if write.step == "company":
        return Outcome(used=found)
    if facts.existing is not None or write.step == "employer":
        return Outcome(refused=True)
    if outcome.doubtful and found not in {key(row) for row in facts.contacts}:
        return Outcome(made=found)
    return outcome
