"""What a trial tries, one step after the other."""

from __future__ import annotations

from gateway.crelate.trial.application import add_note, put_on_job
from gateway.crelate.trial.bench import Step
from gateway.crelate.trial.contact import create, create_twice, name_source, write_wrongly
from gateway.crelate.trial.file import add_cv, add_document

CREATE = Step("create", create, ("ASM-21", "ASM-22", "ASM-23", "ASM-30", "ASM-31"))
"""The first one; without a contact there is nothing else to try."""

STEPS = (
    Step("duplicates", create_twice, ("ASM-11",)),
    Step("refusals", write_wrongly, ("ASM-13",)),
    Step("application", put_on_job, ("ASM-09", "ASM-25"), needs_job=True),
    Step("note", add_note, ("ASM-28",), needs_job=True),
    Step("CV", add_cv),
    Step("document", add_document, ("ASM-10", "ASM-29")),
    Step("source by name", name_source, ("ASM-33",)),
)
"""The others, in order."""

NUMBERS = tuple(number for step in (CREATE, *STEPS) for number in step.numbers)
