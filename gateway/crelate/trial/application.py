"""The made-up contact on a job: put there, moved, and with a note."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gateway.crelate.entities import whole
from gateway.crelate.protocol import get
from gateway.crelate.readers import key, text
from gateway.crelate.reading.rows import read_one
from gateway.crelate.trial.bench import FAILS, HOLDS, UNDECIDED, Bench, Seen, Shown, how, takes, told
from gateway.crelate.trial.throwaway import NOTE
from gateway.crelate.trial.traces import NOTE as NOTE_KIND
from gateway.crelate.trial.traces import PLACE
from gateway.crelate.writing import planning, questions, requests
from gateway.crelate.writing.facts import Facts
from resolvers.errors import Rejected
from resolvers.ports.examination import Verdict
from schema.actions.action import ActionName


async def put_on_job(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-25 and ASM-09: onto the job at its first stage, and by a second POST to the next."""
    job, stages = str(bench.job), list(await bench.account.tables.stages())
    if not stages:
        yield told("application", Verdict.FAILED, "there are no stages")
        return
    write = planning.pipeline_entry(job, bench.contact, stages[0])
    taken = await bench.sender.make(write, PLACE, {"job": job, "contact": bench.contact})
    if taken.shape is None:
        yield told("application", Verdict.FAILED, how(taken))
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
    is_taken = await takes(bench, requests.pipeline_entry(job, bench.contact, stages[1]))
    held = await questions.stage_on(bench.session, job, bench.contact)
    if held == stages[1]:
        return Seen("ASM-25", HOLDS, "a second POST moves to the stage that is sent")
    if held == "" and is_taken:
        return Seen("ASM-25", UNDECIDED, "a second POST is taken; the pipeline does not say the stage")
    seen = "a second POST is taken and moves nothing" if is_taken else "a second POST is refused"
    return Seen("ASM-25", FAILS, f"{seen}; {await _moved_first(bench, job, stages[1])}")


async def _moved_first(bench: Bench, job: str, stage: str) -> str:
    """What the first API makes of the move."""
    if not await takes(bench, requests.first_version_move(job, bench.contact, stage)):
        return "the first API refuses it, too"
    held = await questions.stage_on(bench.session, job, bench.contact)
    return "the first API moves it" if held == stage else "the first API moves nothing, either"


async def add_note(bench: Bench) -> AsyncIterator[Shown]:
    """ASM-28: a note that regards the job."""
    document = {"application_key": f"{bench.job}:{bench.contact}", "content": NOTE}
    write = planning.next_note(bench.task(ActionName.ADD_NOTE_TO_APPLICATION, document), Facts())
    if write is None:
        return
    taken = await bench.sender.make(write, NOTE_KIND, {"contact": bench.contact})
    if taken.shape is None or taken.made is None:
        yield told("note", Verdict.FAILED, how(taken))
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
