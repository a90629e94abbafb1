"""What a trial tries, one step after the other, and what each shows of the register's assumptions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from gateway.crelate.account import Account
from gateway.crelate.entities import whole
from gateway.crelate.protocol import Request, Version, get
from gateway.crelate.readers import key, mapping, number, text, title
from gateway.crelate.reading import company, country, file
from gateway.crelate.reading.rows import read_one
from gateway.crelate.reading.session import Session
from gateway.crelate.trial.clearing import Clearing
from gateway.crelate.trial.sending import SUCCESSES, Sender, Taken, ask
from gateway.crelate.trial.throwaway import (
    ABROAD,
    AVAILABLE_ON,
    CITY,
    FOREIGN_NUMBER,
    JOB_TITLE,
    NOTE,
    SALARY,
    Paper,
    Throwaway,
)
from gateway.crelate.trial.traces import CONTACT, FILE, PLACE
from gateway.crelate.trial.traces import NOTE as NOTE_KIND
from gateway.crelate.writing import planning, questions, requests
from gateway.crelate.writing.facts import Facts
from gateway.crelate.writing.finding import new_cv
from resolvers.errors import AtsError, Rejected, UpstreamUnauthorized
from resolvers.ports.examination import AssumptionState, Finding, Verdict
from resolvers.ports.writing import Task
from schema.actions.action import ActionName

CV_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each look for a CV: together as long as Crelate takes at most (crelate-api 4.10)."""

HOLDS, FAILS, UNDECIDED = AssumptionState.HOLDS, AssumptionState.FAILS, AssumptionState.UNDECIDED


@dataclass(frozen=True, slots=True)
class Seen:
    """What a step shows of an assumption.

    Attributes:
        number: Such as `ASM-11`.
        state: What is known now.
        detail: What was seen.
    """

    number: str
    state: AssumptionState
    detail: str


Shown = Seen | Finding

told = partial(Finding, public=True)
"""A finding that has nothing of the account."""


@dataclass(slots=True)
class Bench:
    """What the steps of one trial share.

    Attributes:
        account: Who is written to.
        sender: Sends what makes something.
        clearing: Removes it.
        job: The job the contact is put on, or null.
        now: This machine's clock.
        sleep: Waits so many seconds.
        person: The made-up contact.
        contact: Its key, once it was made.
        wished: What its creation asked for, by column.
    """

    account: Account
    sender: Sender
    clearing: Clearing
    job: str | None
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    person: Throwaway = field(default_factory=Throwaway.invented)
    contact: str = ""
    wished: dict[str, str] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """A fresh memory: what is read is what is there now."""
        return Session(self.account)

    def task(self, name: ActionName, document: Mapping[str, Any], *papers: Paper) -> Task:
        """An action's input."""
        return Task(name, document, tuple(paper.file for paper in papers), self.now())

    async def row(self) -> dict[str, Any]:
        """The contact as it is now."""
        return await questions.contact(self.session, self.contact) or {}

    async def create(self, person: Throwaway, policy: str, **more: Any) -> Taken:
        """Create a contact as the action does, up to its first write."""
        candidate = {**person.candidate(), **more.pop("candidate", {})}
        document = {"candidate": candidate, "on_duplicate": policy, **more}
        task = self.task(ActionName.CREATE_CANDIDATE, document)
        plan = await self.sender.writer.gather(task, ask)
        write = plan.next_write()
        if write is None:
            return Taken()
        return await self.sender.make(write, CONTACT, person.marks())


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is tried.

    Attributes:
        topic: What.
        run: Tries it.
        numbers: The assumptions it decides.
        needs_job: Whether it takes a job.
    """

    topic: str
    run: Callable[[Bench], AsyncIterator[Shown]]
    numbers: tuple[str, ...] = ()
    needs_job: bool = False


async def carry_out(step: Step, bench: Bench) -> list[Shown]:
    """What a step shows; what it leaves open is undecided, with the reason."""
    shown: list[Shown] = []
    reason = "there is no job to try it on" if step.needs_job and not bench.job else ""
    if not reason:
        try:
            shown.extend([each async for each in step.run(bench)])
        except AtsError as error:
            call = f" to {error.upstream.method} {error.upstream.path}" if error.upstream else ""
            reason = f"{error.code}{call}"
            shown.append(told(step.topic, Verdict.FAILED, reason))
    decided = {each.number for each in shown if isinstance(each, Seen)}
    return [*shown, *(Seen(each, UNDECIDED, reason) for each in step.numbers if each not in decided)]


async def _create(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-21 to 23, 30 and 31: a contact with everything an action can say of one."""
    candidate, more = await _wishes(bench)
    taken = await bench.create(bench.person, "REJECT", candidate=candidate, **more)
    if taken.made is None:
        yield told("create", Verdict.FAILED, _how(taken))
        return
    bench.contact = taken.made
    yield told("create", Verdict.OK, "a contact was made and is found")
    row = await bench.row()
    for look in (_position, _salary, _availability, _country, _owner, _source):
        yield look(bench, row, taken)


async def _wishes(bench: Bench) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the contact is to have; of companies, sources and users only those that are there."""
    candidate: dict[str, Any] = {
        "title": JOB_TITLE,
        "location": {"city": CITY, "country": ABROAD},
        "availability_date": AVAILABLE_ON,
        "salary_expectations": {"amount": SALARY, "period": "YEAR"},
    }
    more: dict[str, Any] = {}
    if employer := await _some_company(bench):
        candidate["company"], bench.wished["company"] = employer
    if sources := list(await bench.account.tables.contact_sources()):
        more["source"], bench.wished["source"] = {"id": sources[0]}, sources[0]
    bench.wished["self"] = key((await bench.account.client.send(get("/users/self"))).data) or ""
    users = [name for name in await bench.account.tables.users() if name != bench.wished["self"]]
    if users:
        more["sourced_by"], bench.wished["owner"] = {"user_key": users[0]}, users[0]
    bench.wished["country"] = await country.coded(bench.session, ABROAD) or ""
    return candidate, more


async def _some_company(bench: Bench) -> tuple[str, str] | None:
    """Name and key of a company that the connector finds by its name: none is made, since none can be deleted."""
    rows = (await bench.account.client.send(get("/companies", {"limit": "5"}))).data
    for row in rows if isinstance(rows, list) else ():
        name = title(row)
        if name and await company.named(bench.session, name) == key(row):
            return name, str(key(row))
    return None


def _position(bench: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    held, wanted = mapping(row.get("CurrentPosition")), bench.wished.get("company")
    if title(held.get("JobTitle")) != JOB_TITLE:
        return Seen("ASM-21", FAILS, f"the title {_lost(taken)}")
    if wanted is None:
        return Seen("ASM-21", UNDECIDED, "the title is kept; the account has no company to point at")
    if key(held.get("CompanyId")) != wanted:
        return Seen("ASM-21", FAILS, f"the company {_lost(taken)}")
    return Seen("ASM-21", HOLDS, "title and company are kept")


def _salary(_: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    if {number(row.get(name)) for name in ("DesiredSalaryMin", "DesiredSalaryMax")} != {SALARY}:
        return Seen("ASM-22", FAILS, f"the amount {_lost(taken)}")
    return Seen("ASM-22", UNDECIDED, "the amount is kept as it was sent; only a contact's page shows its period")


def _availability(_: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    held = text(mapping(row.get("KeyDates_Other")).get("Value")) or ""
    if not held.startswith(AVAILABLE_ON):
        return Seen("ASM-23", FAILS, f"the date {_lost(taken)}")
    return Seen("ASM-23", HOLDS, "the date is kept")


def _country(bench: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    address = mapping(row.get("Addresses_Home"))
    if not bench.wished["country"]:
        return Seen("ASM-30", FAILS, "the columns of contacts name no country, and addresses are written without one")
    if key(address.get("CountryId")) == bench.wished["country"]:
        return Seen("ASM-30", HOLDS, "the country is kept")
    if address.get("City") == CITY and taken.shape == 0:
        return Seen("ASM-30", UNDECIDED, "the country was taken, and the contact does not show it")
    return Seen("ASM-30", FAILS, f"the address {_lost(taken)}")


def _owner(bench: Bench, row: Mapping[str, Any], taken: Taken) -> Seen:
    owners = row.get("Owners")
    held = [key(each) for each in owners] if isinstance(owners, list) else []
    if "owner" not in bench.wished:
        return Seen("ASM-31", UNDECIDED, "the account has no other user to own it")
    if bench.wished["owner"] not in held:
        return Seen("ASM-31", FAILS, f"the owner {_lost(taken)}")
    return Seen("ASM-31", HOLDS, "the owner is kept")


def _source(bench: Bench, row: Mapping[str, Any], taken: Taken) -> Finding:
    if "source" not in bench.wished:
        return told("source", Verdict.WARNING, "the account has none to choose from")
    if key(row.get("ContactSourceId")) != bench.wished["source"]:
        return told("source", Verdict.WARNING, f"the source {_lost(taken)}")
    return told("source", Verdict.OK, "the source is kept")


def _lost(taken: Taken) -> str:
    """Why something is not on the contact."""
    return "was taken and is not kept" if taken.shape == 0 else "was refused, or left out with what was refused"


def _how(taken: Taken) -> str:
    if taken.duplicate:
        return "refused as a duplicate"
    return "refused" if taken.status is None else f"refused with status {taken.status}"


async def _create_twice(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-11: which second contact the account refuses; one that it takes is removed at once."""
    alike = {
        "the same name and address": bench.person,
        "the same name": bench.person.namesake(),
        "the same address": bench.person.housemate(),
    }
    taken: dict[str, Taken] = {}
    for name, person in alike.items():
        taken[name] = await bench.create(person, "CREATE")
        if (made := taken[name].made) is not None:
            await bench.clearing.drop(made)
    refused = [name for name, each in taken.items() if each.duplicate]
    otherwise = [f"{name} {_how(each)}" for name, each in taken.items() if not each.duplicate and each.shape is None]
    through = [name for name, each in taken.items() if each.shape is not None]
    detail = "; ".join(
        f"{what}: {', '.join(names)}"
        for what, names in (("a duplicate by", refused), ("refused otherwise", otherwise), ("taken", through))
        if names
    )
    yield Seen("ASM-11", HOLDS if "the same name and address" in refused else FAILS, detail)


async def _write_wrongly(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-13: how a refusal looks, and whether a success that lists errors happened."""
    change = requests.contact_change(bench.contact, {"PhoneNumbers_Mobile": FOREIGN_NUMBER})
    try:
        await bench.account.client.send(change)
        yield told("foreign numbers", Verdict.OK, "this account takes them; the gateway leaves them out")
    except Rejected as error:
        if error.upstream and error.upstream.status in SUCCESSES:
            bench.sender.listed_errors.append(bool((await bench.row()).get("PhoneNumbers_Mobile")))
    listed = bench.sender.listed_errors
    if any(listed):
        yield Seen("ASM-13", FAILS, "a write that listed errors happened: errors_refuse = false")
    elif listed:
        yield Seen("ASM-13", HOLDS, "a write that listed errors did not happen")
    else:
        yield Seen("ASM-13", UNDECIDED, "no success listed errors; refusals have statuses of their own")


async def _put_on_job(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-25 and ASM-09: onto the job at its first stage, and by a second POST to the next."""
    job, stages = str(bench.job), list(await bench.account.tables.stages())
    if not stages:
        yield told("application", Verdict.FAILED, "there are no stages")
        return
    write = planning.pipeline_entry(job, bench.contact, stages[0])
    taken = await bench.sender.make(write, PLACE, {"job": job, "contact": bench.contact})
    if taken.shape is None:
        yield told("application", Verdict.FAILED, _how(taken))
        return
    held = await questions.stage_on(bench.session, job, bench.contact)
    is_right = held in {stages[0], ""}
    where = "on the job at the stage that was sent" if is_right else "not on the job at the stage that was sent"
    yield told("application", Verdict.OK if is_right else Verdict.FAILED, where)
    yield await _listed_under_contact(bench, job)
    yield await _moved(bench, job, stages)


async def _listed_under_contact(bench: Bench, job: str) -> Seen:
    request = get("/contacts/{id}/jobs", id=bench.contact)
    try:
        rows = (await bench.account.client.send(request)).data
    except Rejected:
        return Seen("ASM-09", FAILS, "there is no such list")
    jobs = {each for row in rows or () for each in (key(row.JobId), key(row))}
    return Seen("ASM-09", HOLDS if job in jobs else FAILS, "" if job in jobs else "the job is not listed")


async def _moved(bench: Bench, job: str, stages: list[str]) -> Seen:
    if len(stages) == 1:
        return Seen("ASM-25", UNDECIDED, "there is one stage only")
    is_taken = await _takes(bench, requests.pipeline_entry(job, bench.contact, stages[1]))
    held = await questions.stage_on(bench.session, job, bench.contact)
    if held == stages[1]:
        return Seen("ASM-25", HOLDS, "a second POST moves to the stage that is sent")
    if held == "" and is_taken:
        return Seen("ASM-25", UNDECIDED, "a second POST is taken; the pipeline does not say the stage")
    seen = "a second POST is taken and moves nothing" if is_taken else "a second POST is refused"
    return Seen("ASM-25", FAILS, f"{seen}; {await _moved_first(bench, job, stages[1])}")


async def _moved_first(bench: Bench, job: str, stage: str) -> str:
    """What the first API makes of the move."""
    if not await _takes(bench, requests.first_version_move(job, bench.contact, stage)):
        return "the first API refuses it, too"
    held = await questions.stage_on(bench.session, job, bench.contact)
    return "the first API moves it" if held == stage else "the first API moves nothing, either"


async def _takes(bench: Bench, request: Request) -> bool:
    """Whether Crelate takes a request, perhaps with a list of errors (ASM-13)."""
    try:
        await bench.account.client.send(request)
    except Rejected as error:
        return error.upstream is not None and error.upstream.status in SUCCESSES
    except UpstreamUnauthorized:
        if request.version is Version.V3:
            raise
        return False  # of the first API, the key may not be known there (ASM-32)
    return True


async def _add_note(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-28: a note that regards the job."""
    document = {"application_key": f"{bench.job}:{bench.contact}", "content": NOTE}
    write = planning.next_note(bench.task(ActionName.ADD_NOTE_TO_APPLICATION, document), Facts())
    if write is None:
        return
    taken = await bench.sender.make(write, NOTE_KIND, {"contact": bench.contact})
    if taken.shape is None or taken.made is None:
        yield told("note", Verdict.FAILED, _how(taken))
        return
    row = await read_one(bench.account.client, "/notes", taken.made)
    is_kept = row is not None and text(row.Display) == NOTE
    yield told("note", Verdict.OK if is_kept else Verdict.WARNING, "kept" if is_kept else "taken, and not kept")
    if taken.shape == len(write.shapes) - 1:
        yield Seen("ASM-28", FAILS, "it is refused with a job, and is on the contact alone")
    elif row is not None and key(whole(row).get("RegardingId")) == bench.job:
        form = "by its id alone" if taken.shape == 0 else "by its id and kind"
        yield Seen("ASM-28", HOLDS, f"it names the job {form}")
    else:
        yield Seen("ASM-28", FAILS, "it was taken with a job, and does not name it")


async def _add_cv(bench: Bench) -> AsyncIterator[Shown]:
    """A CV, seen on the contact and read back."""
    taken, paper = await _upload(bench, is_cv=True)
    if taken.shape is None:
        yield told("CV", Verdict.FAILED, _how(taken))
        return
    for pause in CV_PAUSES:
        await bench.sleep(pause)
        if found := await new_cv(bench.session, bench.contact, frozenset()):
            yield await _read_back(bench, "CV", found, paper)
            return
    yield told("CV", Verdict.WARNING, "taken, and not on the contact after half a minute")


async def _add_document(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-29 and ASM-10: another file, its row, and its content read back."""
    taken, paper = await _upload(bench, is_cv=False)
    if taken.shape is None or taken.made is None:
        yield Seen("ASM-29", FAILS, f"the upload is {_how(taken)}, by the first API too")
        return
    by = "the form with one part is taken" if taken.shape == 0 else "refused; the first API takes it"
    yield Seen("ASM-29", HOLDS if taken.shape == 0 else FAILS, by)
    yield await _read_back(bench, "document", taken.made, paper)
    rows = await file.of_contact(bench.session, bench.contact)
    row = next((row for row in rows if key(row) == taken.made), None)
    columns = ("FileName", "ContentType", "ContentLength")
    lacking = [name for name in columns if row is not None and getattr(row, name) is None]
    if row is None:
        yield Seen("ASM-10", FAILS, "its row is not found by the contact it belongs to")
    else:
        yield Seen("ASM-10", FAILS if lacking else HOLDS, f"no {' and no '.join(lacking)}" if lacking else "")


async def _upload(bench: Bench, *, is_cv: bool) -> tuple[Taken, Paper]:
    paper = Paper.of(bench.person, is_cv=is_cv)
    before = frozenset(await questions.files_of(bench.session, bench.contact))
    facts = Facts(contact_key=bench.contact, before=before)
    write = planning.next_attachment(bench.task(ActionName.ADD_ATTACHMENT_TO_APPLICATION, {}, paper), facts)
    if write is None:
        return Taken(), paper
    marks = {"contact": bench.contact, "name": paper.file.name}
    return await bench.sender.make(write, FILE, marks, paper.content), paper


async def _read_back(bench: Bench, topic: str, name: str, paper: Paper) -> Finding:
    try:
        async with bench.sender.writer.open_file(name) as opened:
            content = b"".join([piece async for piece in opened.pieces])
    except Rejected:
        return told(topic, Verdict.WARNING, "kept, and its content is not given")
    is_same = content == paper.content
    return told(topic, Verdict.OK if is_same else Verdict.WARNING, "read back" if is_same else "read back otherwise")


async def _name_source(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-33: the name of a source that is there, since one that is made could not be deleted."""
    sources = await bench.account.tables.contact_sources()
    if not bench.account.assumptions.first_version:
        yield Seen("ASM-33", UNDECIDED, "the first API is switched off: first_version")
        return
    if not sources:
        yield Seen("ASM-33", UNDECIDED, "the account has no source to name")
        return
    wanted, row = list(sources.items())[-1]
    body = {"FirstName": bench.person.first, "LastName": bench.person.last, "Source_Name": title(row)}
    request = Request(method="PUT", template="/contacts/{id}", ids={"id": bench.contact}, json=body, version=Version.V1)
    if not await _takes(bench, request):
        yield Seen("ASM-33", FAILS, "the first API refuses to name a source")
        return
    is_kept = key((await bench.row()).get("ContactSourceId")) == wanted
    named = "it sets a source that is there by its name; whether it makes one was not tried: none can be deleted"
    yield Seen("ASM-33", UNDECIDED if is_kept else FAILS, named if is_kept else "the source is taken and not kept")


CREATE = Step("create", _create, ("ASM-21", "ASM-22", "ASM-23", "ASM-30", "ASM-31"))
"""The first one; without a contact there is nothing else to try."""

STEPS = (
    Step("duplicates", _create_twice, ("ASM-11",)),
    Step("refusals", _write_wrongly, ("ASM-13",)),
    Step("application", _put_on_job, ("ASM-09", "ASM-25"), needs_job=True),
    Step("note", _add_note, ("ASM-28",), needs_job=True),
    Step("CV", _add_cv),
    Step("document", _add_document, ("ASM-10", "ASM-29")),
    Step("source by name", _name_source, ("ASM-33",)),
)
"""The others, in order."""

NUMBERS = tuple(number for step in (CREATE, *STEPS) for number in step.numbers)
