"""Removes what a trial made, as its traces say, and looks whether it is gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from gateway.crelate.account import Account
from gateway.crelate.entities import IN_USE, Contact, whole
from gateway.crelate.filters import CONTACT_EMAILS
from gateway.crelate.protocol import PAGE_SIZE, Request, get
from gateway.crelate.readers import key, text, title
from gateway.crelate.reading import candidate, file, note
from gateway.crelate.reading.rows import read_one
from gateway.crelate.reading.session import Session
from gateway.crelate.trial.sending import SUCCESSES
from gateway.crelate.trial.throwaway import NOTE as NOTE_TEXT
from gateway.crelate.trial.traces import CONTACT, FILE, NOTE, PLACE, Traces
from gateway.crelate.writing.contact import same_name
from resolvers.errors import AtsError, NotFound, Rejected
from resolvers.ports.trial import Remnant, Trace

LOOKS, PAUSE_SECONDS = 3, 2.0
"""How often a deleted contact is looked for until it must be gone, and the pause in between."""

UNKNOWN = "the answer was lost, and it is nowhere to be seen: the next run looks again"


@dataclass(slots=True)
class Clearing:
    """Removes what the traces name, files and notes before their contact.

    Attributes:
        account: Whose records they are.
        traces: What there may be.
        sleep: Waits so many seconds.
        patient: Whether something that cannot be found is kept for the next run: its call may still be under way.
        remnants: What could not be removed.
        statuses: `EntityStatus` of each contact that was deleted; null for one that was gone (ASM-20).
        listed: Whether a deleted contact is still found by its address.
    """

    account: Account
    traces: Traces
    sleep: Callable[[float], Awaitable[None]]
    patient: bool
    remnants: list[Remnant] = field(default_factory=list)
    statuses: list[int | None] = field(default_factory=list)
    listed: bool = False

    async def clear(self) -> None:
        """Remove everything; what cannot be removed is left in the traces and becomes a remnant."""
        for kind, remove in ((FILE, self._file), (NOTE, self._note), (PLACE, self._place), (CONTACT, self._contact)):
            for trace in self.traces.of_kind(kind):
                try:
                    await remove(trace)
                except AtsError as error:
                    status = error.upstream.status if error.upstream else None
                    why = error.code if status is None else f"{error.code}, status {status}"
                    self.remnants.append(Remnant(described(trace), trace.get("id"), why))

    async def drop(self, contact: str) -> None:
        """Remove one contact that has nothing under it.

        Raises:
            AtsError: it is still there.
        """
        for trace in self.traces.of_kind(CONTACT):
            if trace.get("id") == contact:
                await self._contact(trace)

    async def _file(self, trace: Trace) -> None:
        rows = [] if "id" in trace else await file.of_contact(Session(self.account), trace["contact"])
        found = [key(row) for row in rows if (text(row.FileName) or title(row)) == trace["name"]]
        for name in filter(None, [trace.get("id"), *found]):
            await self._delete("/artifacts/{id}", id=name)
        self.traces.gone(trace)

    async def _note(self, trace: Trace) -> None:
        rows = [] if "id" in trace else await note.of_contact(Session(self.account), trace["contact"])
        found = [key(row) for row in rows if text(row.Display) == NOTE_TEXT]
        for name in filter(None, [trace.get("id"), *found]):
            await self._delete("/notes/{id}", id=name)
        self.traces.gone(trace)

    async def _place(self, trace: Trace) -> None:
        """Crelate may have no way to take a contact off a job: then its deletion does (crelate-api 4.6)."""
        with suppress(AtsError):
            await self._delete("/jobs/{id}/contacts/{contact}", id=trace["job"], contact=trace["contact"])
        self.traces.gone(trace)

    async def _contact(self, trace: Trace) -> None:
        names = [trace["id"]] if "id" in trace else await self._found(trace)
        if not names and self.patient:
            self.remnants.append(Remnant(described(trace), None, UNKNOWN))
            return
        for name in names:
            await self._delete("/contacts/{id}", id=name)
            await self._look(name, trace)
        self.traces.gone(trace)

    async def _look(self, name: str, trace: Trace) -> None:
        """Whether a deleted contact is gone.

        Raises:
            AtsError: it is there as if nothing had happened.
        """
        for _ in range(LOOKS):
            row = await read_one(self.account.client, "/contacts", name)
            if row is None or row.EntityStatus != IN_USE:
                break
            await self.sleep(PAUSE_SECONDS)
        else:
            raise Rejected("Crelate says that it has deleted the contact, and still has it.")
        self.statuses.append(None if row is None else row.EntityStatus)
        if row is None:
            rows, _whole = await candidate.with_email(Session(self.account), trace["email"])
            self.listed = self.listed or any(key(each) == name for each in rows)

    async def _found(self, trace: Trace) -> list[str]:
        """The contacts that have a trace's name and address."""
        found = await self._searched(trace["last"])
        rows, _whole = await candidate.with_email(Session(self.account), trace["email"])
        both = {**found, **{str(key(row)): row for row in rows}}
        return [name for name, row in both.items() if _is_meant(row, trace)]

    async def _searched(self, last_name: str) -> Mapping[str, Contact]:
        """Contacts by words of their name, where Crelate can be asked so."""
        try:
            answer = await self.account.client.send(
                get("/contacts/search", {"query": last_name, "limit": str(PAGE_SIZE)})
            )
        except Rejected:
            return {}
        names = [key(row) for row in answer.data or () if last_name in (title(row) or "")]
        rows = {name: await read_one(self.account.client, "/contacts", name) for name in names if name}
        return {name: row for name, row in rows.items() if row is not None}

    async def _delete(self, template: str, **ids: str) -> None:
        """Delete a record; one that is not there is deleted.

        A success that lists errors is tried once more: if it was one, the record is not there (ASM-13).
        """
        request = Request(method="DELETE", template=template, ids=ids, idempotent=True)
        with suppress(NotFound):
            try:
                await self.account.client.send(request)
            except Rejected as error:
                if error.upstream is None or error.upstream.status not in SUCCESSES:
                    raise
                await self.account.client.send(request)


def _is_meant(row: Contact, trace: Trace) -> bool:
    names = {"first_name": trace["first"], "last_name": trace["last"]}
    return same_name(whole(row), names) and CONTACT_EMAILS.allows([row], {trace["email"]})


def described(trace: Trace) -> str:
    """What a trace is of, for a person: only contacts have a name of their own."""
    return f"{trace['kind']} {trace['first']} {trace['last']}" if trace["kind"] == CONTACT else trace["kind"]
