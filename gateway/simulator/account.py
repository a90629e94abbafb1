"""The data behind one API key."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from gateway.simulator.pipeline import Pipeline
from gateway.simulator.table import Row, Table

PLURALS = {"contacts": "Contacts", "jobs": "Jobs", "companies": "Accounts", "users": "Users", "artifacts": "Artifacts"}
"""Entity to the `EntityName` that lookups give it (crelate-api 2.7)."""

ENTITIES = {plural: entity for entity, plural in PLURALS.items()}
"""The way back."""


@dataclass(slots=True)
class UnreadDocument:
    """A CV that has been taken in but not been read."""

    ready_at: datetime
    row: Row
    content: bytes


class Account:
    """One customer of Crelate: its records, pipelines and files, and the user whose key opens it.

    Tests read and change it freely: `account["jobs"]` is the table of jobs.
    """

    def __init__(self, api_key: str, random: Random) -> None:
        self.api_key = api_key
        self.random = random
        self.tables: defaultdict[str, Table] = defaultdict(Table)
        self.pipeline = Pipeline()
        self.contents: dict[str, bytes] = {}
        self.unread: list[UnreadDocument] = []
        self.user_id = ""
        self.awkward: dict[str, str] = {}
        """What is odd about a record, such as `job: lost`, to its id; empty unless `Size.awkward` is on."""
        self.hidden: set[tuple[str, str]] = set()
        self.guid_variants = False
        """Whether new ids have any digit where the variant stands (crelate-api 2.2)."""

    def __getitem__(self, entity: str) -> Table:
        return self.tables[entity]

    def new_id(self) -> str:
        """A new random GUID of version 4."""
        digits = f"{self.random.getrandbits(128):032x}"
        variant = digits[16] if self.guid_variants else "a"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def hide(self, entity: str, record_id: str) -> None:
        """Keeps a record out of lists, counts and searches; a GET by its id still gives it (crelate-api 4.12)."""
        self.hidden.add((entity, record_id.lower()))

    def listed(self, entity: str) -> list[Row]:
        """The rows that are not hidden, in listing order; not to be changed by the caller."""
        rows = self[entity].ordered()
        return [row for row in rows if not self.is_hidden(entity, row)] if self.hidden else rows

    def is_hidden(self, entity: str, row: Row) -> bool:
        """Whether lists leave the row out."""
        return (entity, row["Id"].lower()) in self.hidden

    def lookup(self, entity: str, record_id: str) -> Row:
        """`{Id, Title}` of a record."""
        return {"Id": record_id, "Title": title(self[entity].get(record_id, {}))}

    def reference(self, entity: str, record_id: str) -> Row:
        """`{Id, Title, EntityName}` of a record."""
        return {**self.lookup(entity, record_id), "EntityName": PLURALS[entity]}

    def owner(self, user_id: str, *, primary: bool) -> Row:
        """`{Id, Title, IsPrimary}` of a user."""
        return {**self.lookup("users", user_id), "IsPrimary": primary}

    def remove(self, entity: str, record_id: str) -> None:
        """Deletes a record with what cannot stand without it: pipeline items, files and notes."""
        record = self[entity].pop(record_id.lower())
        for item in [*self.pipeline.of_job(record["Id"]), *self.pipeline.of_contact(record["Id"])]:
            self.pipeline.remove(item)
        for kind in ("artifacts", "notes"):
            for row in [row for row in self[kind].values() if parent_id(row) == record["Id"]]:
                del self[kind][row["Id"]]
                self.contents.pop(row["Id"], None)
        self.contents.pop(record["Id"], None)

    def settle(self, now: datetime) -> None:
        """Lets the CVs that have been read by now appear."""
        ready = [document for document in self.unread if document.ready_at <= now]
        if not ready:
            return
        self.unread = [document for document in self.unread if document.ready_at > now]
        for document in ready:
            self._appear(document)

    def _appear(self, document: UnreadDocument) -> None:
        row = document.row
        contact = self["contacts"].get(row["ParentId"]["Id"])
        if contact is None:
            return
        self["artifacts"].insert(row)
        self.contents[row["Id"]] = document.content
        contact["PrimaryDocumentAttachmentId"] = {"Id": row["Id"], "Title": row["FileName"]}
        contact["ModifiedOn"] = row["CreatedOn"]


def title(row: Row) -> str:
    """What a record is called in lookups."""
    return str(row.get("Name") or row.get("Title") or row.get("FullName") or row.get("FileName") or "")


def parent_id(row: Row) -> str | None:
    """The id of a row's `ParentId`."""
    return lookup_id(row.get("ParentId"))


def lookup_id(value: Any) -> str | None:
    """The id of a lookup in lower case, or None for anything that is not one."""
    found = value.get("Id") if isinstance(value, dict) else None
    return found.lower() if isinstance(found, str) and found else None
