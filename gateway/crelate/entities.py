"""Crelate's rows: one type per entity, with the columns that are read and no others (crelate-api 4).

A row is decoded straight into its type, without a dictionary of all it has. Any JSON may stand in any column: where the
inside of an object is read there is a type for it, and whatever else comes is held as it is. A column that a row lacks
is null. What has no column here stays in the bytes of the answer, for `whole`; custom fields are among it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from gateway.crelate.decoding import decode

Plain: TypeAlias = str | int | float | bool | list[Any] | None
"""Any JSON but an object: what may stand in the place of one."""


IN_USE = 1
"""`EntityStatus` of a record that is not deleted; a row that does not say is of one (crelate-api 4.1)."""

R = TypeVar("R", bound="Row")

PARTS = 256
"""Sets of columns for which a type is held."""


class Listed(Struct, gc=False):
    """A list as it came, row by row."""

    Data: list[msgspec.Raw]


_SENT = msgspec.json.Decoder(Listed)


@dataclass(slots=True, eq=False)
class Untouched:
    """The rows of one answer as they came.

    Attributes:
        body: The answer; bytes, or decoded already.
        rows: The bytes of each row, once one was asked for.
        complete: All rows with all columns of their entity, once one was looked at that had been left out.
    """

    body: Any
    rows: Sequence[msgspec.Raw] | None = None
    complete: Sequence[Any] | None = None

    def mentions(self, column: str) -> bool:
        """Whether any row may have a column whose name begins so."""
        return not isinstance(self.body, bytes) or f'"{column}'.encode() in self.body

    def row(self, place: int) -> dict[str, Any]:
        """The row at a place, or the one there is."""
        if isinstance(self.body, bytes):
            self.body = decode(self.body)
        data = self.body["Data"]
        row: dict[str, Any] = data[place] if isinstance(data, list) else data
        return row

    def completed(self, place: int, entity: type[Struct]) -> Any:
        """The row at a place with all columns of its entity."""
        if self.complete is None:
            data = decode(self.body, entity).Data
            self.complete = data if isinstance(data, list) else [data]
        return self.complete[place]

    def sent(self, place: int) -> bytes | None:
        """The bytes of the row at a place; null where the answer has been decoded, or is no list."""
        if self.rows is None and isinstance(self.body, bytes):
            try:
                self.rows = _SENT.decode(self.body).Data
            except msgspec.DecodeError:
                self.rows = ()
        return bytes(self.rows[place]) if self.rows else None


class Sent(bytes):
    """The bytes of one row, as they came: what `Untouched` is of an answer, this is of a row by itself."""

    __slots__ = ()

    def mentions(self, column: str) -> bool:
        """Whether the row may have a column whose name begins so."""
        return self.find(f'"{column}'.encode()) >= 0

    def row(self, _: int) -> dict[str, Any]:
        """The row."""
        row: dict[str, Any] = decode(bytes(self))
        return row

    def completed(self, place: int, entity: type[Struct]) -> Any:
        """The row with all columns of its entity."""
        return decode(b'{"Data":[%b]}' % self, entity).Data[place]

    def sent(self, _: int) -> bytes:
        """The bytes."""
        return bytes(self)


FORGOTTEN = False
"""In place of a record: none is to be held."""


class Placed(Struct, gc=False):
    """A row that knows where it came from. No column of Crelate's is called as these are.

    Attributes:
        untouched: Its own bytes, or the answer it came in; null for a row that was made here.
        place: Its number in there.
        name: What it is known by in its list, once that was looked at.
        record: The record that was last made of it; null for none yet, `FORGOTTEN` where none is to be held: the two
            hold each other, and no collector looks at rows.
    """

    untouched: Any = msgspec.field(default=None, name="(untouched)")
    place: Any = msgspec.field(default=0, name="(place)")
    name: Any = msgspec.field(default=None, name="(name)")
    record: Any = msgspec.field(default=FORGOTTEN, name="(record)")


class Row(Placed, gc=False):
    """A row of any entity."""

    Id: Any = None
    EntityStatus: Any = IN_USE
    CreatedOn: Any = None
    ModifiedOn: Any = None
    Name: Any = None
    Title: Any = None


class Part(Placed, gc=False):
    """A row with some columns of its entity: any other is read from the answer when it is looked at.

    Attributes:
        entity: With all columns.
    """

    entity: ClassVar[type[Row]]

    def __getattr__(self, name: str) -> Any:
        """A column that was left out."""
        return getattr(self.untouched.completed(self.place, self.entity), name)


@lru_cache(PARTS)
def part_of(entity: type[Row], columns: frozenset[str]) -> type[Part]:
    """The type of rows of an entity with these columns; decoding one costs what the columns do."""
    fields = [(each.name, each.type, each.default) for each in msgspec.structs.fields(entity) if each.name in columns]
    made: Any = msgspec.defstruct(entity.__name__, fields, bases=(Part,), namespace={"entity": entity}, gc=False)
    return made  # type: ignore[no-any-return]  # a `Part`, as its bases say


class Pointer(Struct, gc=False):
    """A pointer at another record, where nobody asks what that is called."""

    Id: Any = None


class Lookup(Pointer, gc=False):
    """A pointer at another record."""

    Title: Any = None
    Name: Any = None
    EntityName: Any = None


Lookups: TypeAlias = list[Lookup | Plain] | dict[str, Any] | str | int | float | bool | None
"""A column of several pointers."""


class Entry(Struct, gc=False):
    """A number or an address of mail, under its category."""

    Value: Any = None
    Extension: Any = None
    IsPrimary: Any = None


class Address(Struct, gc=False):
    """A postal address, under its category."""

    IsPrimary: Any = None
    Line1: Any = None
    Line2: Any = None
    City: Any = None
    State: Any = None
    ZipCode: Any = None
    CountryId: Lookup | Plain = None


class Position(Struct, gc=False):
    """Where somebody works."""

    JobTitle: Any = None
    CompanyId: Lookup | Plain = None


class Contact(Row, gc=False):
    """A person, whatever for (crelate-api 4.4)."""

    FullName: Any = None
    FirstName: Any = None
    LastName: Any = None
    RecordType: Any = None
    AccountId: Lookup | Plain = None
    CurrentPosition: Position | Plain = None
    EmailAddresses_Personal: Entry | Plain = None
    EmailAddresses_Personal_Other: Entry | Plain = None
    EmailAddresses_Work: Entry | Plain = None
    EmailAddresses_Work_Other: Entry | Plain = None
    EmailAddresses_Other: Entry | Plain = None
    EmailAddresses_Other_Alternate: Entry | Plain = None
    PhoneNumbers_Mobile: Entry | Plain = None
    PhoneNumbers_Mobile_Other: Entry | Plain = None
    PhoneNumbers_Home: Entry | Plain = None
    PhoneNumbers_Work_Main: Entry | Plain = None
    PhoneNumbers_Work_Direct: Entry | Plain = None
    PhoneNumbers_Work_Other: Entry | Plain = None
    PhoneNumbers_Other: Entry | Plain = None
    PhoneNumbers_Other_Alternate: Entry | Plain = None
    PhoneNumbers_Potential: Entry | Plain = None
    Addresses_Home: Address | Plain = None
    Addresses_Business: Address | Plain = None
    Addresses_Other: Address | Plain = None
    PrimaryDocumentAttachmentId: Lookup | Plain = None


class Job(Row, gc=False):
    """A job, or a sales lead (crelate-api 4.3)."""

    JobCode: Any = None
    JobNum: Any = None
    Description: Any = None
    JobTitleId: Any = None
    IsLead: Any = None
    IsOnHold: Any = None
    IsHidden: Any = None
    UserOpenDate: Any = None
    UserCloseDate: Any = None
    ClosedOn: Any = None
    Salary: Any = None
    Compensation: Any = None
    OnPortal: Any = None
    PortalVisibility: Any = None
    PortalTitle: Any = None
    PortalDescription: Any = None
    PortalCity: Any = None
    PortalState: Any = None
    PortalZip: Any = None
    PortalCountryId: Lookup | Plain = None
    Locations_Business: Address | Plain = None
    Addresses_Business: Address | Plain = None
    Owners: Lookups = None


class Activity(Row, gc=False):
    """Whatever was done or is to be done (crelate-api 4.8)."""

    VerbId: Lookup | Plain = None
    Subject: Any = None
    Display: Any = None
    When: Any = None
    WhenEnd: Any = None
    ParentId: Lookup | Plain = None
    RegardingId: Lookup | Plain = None
    CreatedById: Lookup | Plain = None
    Owners: Lookups = None


class PipelineRow(Row, gc=False):
    """A contact on a job, as either of their lists has it (crelate-api 4.6, ASM-08)."""

    ContactId: Pointer | Plain = None
    JobId: Pointer | Plain = None
    TargetId: Pointer | Plain = None
    Stage: Lookup | Plain = None
    StageId: Lookup | Plain = None
    StageName: Any = None
    WorkflowItemStatusId: Lookup | Plain = None
    StatusId: Lookup | Plain = None
    Date: Any = None


class JobOfContact(PipelineRow, gc=False):
    """The same in the list of a contact's jobs (ASM-09)."""


class Move(PipelineRow, gc=False):
    """The same in the past."""


class User(Row, gc=False):
    """Somebody who works in the account (crelate-api 4.2)."""

    FullName: Any = None
    FirstName: Any = None
    LastName: Any = None
    Email: Any = None
    EmailAddress: Any = None
    UserName: Any = None
    UserType: Lookup | Plain = None
    UserTypeId: Lookup | Plain = None
    UserState: Lookup | Plain = None
    UserStateId: Lookup | Plain = None


class Status(Row, gc=False):
    """A status of a workflow (crelate-api 4.5)."""

    SortOrder: Any = None
    WorkflowTypeId: Lookup | Plain = None


class File(Row, gc=False):
    """A file of a contact (crelate-api 4.10)."""

    ParentId: Lookup | Plain = None
    FileName: Any = None
    ContentType: Any = None
    ContentLength: Any = None


class Note(Row, gc=False):
    """A note on a contact (crelate-api 4.9)."""

    ParentId: Lookup | Plain = None
    Display: Any = None
    When: Any = None


class UserKind(Lookup, gc=False):
    """A role; made here of the type of users it stands for."""

    record: ClassVar[Any] = FORGOTTEN

    UserType: Any = None
    UserTypeId: Any = None


class Link(Struct, gc=False):
    """A record and one of its owners; made here."""

    Record: Job | Activity
    Owner: Lookup
    record: ClassVar[Any] = FORGOTTEN


ENTITIES: dict[str, type[Row]] = {
    "/users": User,
    "/jobs": Job,
    "/jobs/{id}/contacts": PipelineRow,
    "/jobs/{id}/contacts/history": Move,
    "/contacts": Contact,
    "/contacts/{id}/jobs": JobOfContact,
    "/workflowstatuses": Status,
    "/activities": Activity,
    "/notes": Note,
    "/artifacts": File,
    "/activitytypes": Row,
    "/contactsources": Row,
}
"""List -> the entity its rows are of."""


def fitted(entity: type[R], row: dict[str, Any]) -> R:
    """A row from JSON that has been decoded."""
    made = msgspec.convert(row, entity)
    made.untouched, made.place = Untouched({"Data": [row]}), 0
    return made


def sent(row: Struct) -> bytes | None:
    """The bytes of a row as they came; null where they are not known, or when it was made here."""
    origin = getattr(row, "untouched", None)
    return origin.sent(row.place) if origin else None  # type: ignore[attr-defined]  # what has an origin is a `Row`


def whole(row: Row) -> dict[str, Any]:
    """A row with all it has, as it came; without anything, when it was made here."""
    untouched: dict[str, Any] = {} if row.untouched is None else row.untouched.row(row.place)
    return untouched
