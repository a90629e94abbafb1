"""The made-up contact's files: a CV and another one, each read back."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.crelate.readers import key
from gateway.crelate.reading import file
from gateway.crelate.trial.bench import FAILS, HOLDS, Bench, Seen, Shown, how, told
from gateway.crelate.trial.sending import Taken
from gateway.crelate.trial.throwaway import Paper
from gateway.crelate.trial.traces import FILE
from gateway.crelate.writing import planning, questions
from gateway.crelate.writing.facts import Facts
from gateway.crelate.writing.finding import new_cv
from resolvers.errors import Rejected
from resolvers.ports.examination import Finding, Verdict
from schema.actions.action import ActionName

CV_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each look for a CV: together as long as Crelate takes at most (crelate-api 4.10)."""


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


async def add_cv(bench: Bench) -> AsyncIterator[Shown]:
    """A CV, seen on the contact and read back."""
    taken, paper = await _upload(bench, is_cv=True)
    if taken.shape is None:
        yield told("CV", Verdict.FAILED, how(taken))
        return
    for pause in CV_PAUSES:
        await bench.sleep(pause)
        if found := await new_cv(bench.session, bench.contact, frozenset()):
            yield await _read_back(bench, "CV", found, paper)
            return
    yield told("CV", Verdict.WARNING, "taken, and not on the contact after half a minute")


async def add_document(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-29 and ASM-10: another file, its row, and its content read back."""
    taken, paper = await _upload(bench, is_cv=False)
    if taken.shape is None or taken.made is None:
        yield Seen("ASM-29", FAILS, f"the upload is {how(taken)}, by the first API too")
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
