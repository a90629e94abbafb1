"""The register of crelate-api 7 for people: what is assumed about Crelate, and how to find out on a real account.

What `examination` finds out by reading is found out by it, and what takes a write by `trial`; the rest is left to a
person, since it takes time or a look at Crelate's own pages.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Belief:
    """One entry of the register.

    Attributes:
        number: Such as `ASM-08`.
        says: What is assumed.
        check: How to find out on a real account.
        settings: The fields of `Assumptions` that put it right.
    """

    number: str
    says: str
    check: str
    settings: tuple[str, ...] = ()


_READ = "This examination reads it."
_BOTH = "This examination reads it, and `ats-gateway doctor --write` tries it."
_WRITE = "`ats-gateway doctor --write`, with a made-up candidate: "

BELIEFS = (
    Belief("ASM-01", "A page holds 100 rows at most.", _READ),
    Belief("ASM-02", "Lists are in the order in which rows were made.", _READ),
    Belief("ASM-03", "Lists cannot be sorted.", "Nothing rests on it."),
    Belief("ASM-04", "List filters take several values, by comma.", _READ, ("distrusted_filters",)),
    Belief("ASM-05", "Jobs and activities can be asked for by ids.", _READ, ("distrusted_filters",)),
    Belief("ASM-06", "Lists can be narrowed to later changes.", _READ, ("distrusted_filters",)),
    Belief("ASM-07", "Activities can be narrowed by contact, job and type.", _READ, ("distrusted_filters",)),
    Belief("ASM-08", "A pipeline row names contact, stage and date.", _READ, ("dates_from_history",)),
    Belief(
        "ASM-09",
        "A contact's jobs are listed under the contact.",
        _BOTH,
        ("distrusted_filters",),
    ),
    Belief("ASM-10", "A file's row names its owner and type.", _BOTH),
    Belief("ASM-11", "Creating a contact twice is refused as a duplicate.", _WRITE + "create it twice."),
    Belief("ASM-12", "A key may send 120 requests a minute.", "Watch for 429 in the gateway's metrics under load."),
    Belief(
        "ASM-13",
        "A success that lists errors did not happen.",
        _WRITE + "give it a wrong value and see what is kept.",
        ("errors_refuse",),
    ),
    Belief("ASM-14", "Lists of fields give custom fields their labels.", _READ, ("labels",)),
    Belief("ASM-15", "A user row has an e-mail address and a state.", _READ),
    Belief("ASM-16", "One workflow type holds the recruiting stages.", _READ, ("recruiting_workflow_type",)),
    Belief(
        "ASM-17",
        "Portal visibility 0 is public.",
        _READ + " What its values mean, the portal shows.",
    ),
    Belief("ASM-18", "A job's place stands in its business location.", _READ),
    Belief("ASM-19", "All amounts are in one currency.", "Look at the account's settings.", ("salary_currency",)),
    Belief("ASM-20", "A deleted record is simply gone.", _WRITE + "delete it and ask for it.", ("deleted_statuses",)),
    Belief("ASM-21", "A current position is written with its company's id.", _WRITE + "give it a company."),
    Belief("ASM-22", "A desired salary is a yearly amount.", _WRITE + "give it one; its page shows what it means."),
    Belief("ASM-23", "Availability is a key date.", _WRITE + "give it one."),
    Belief("ASM-24", "Stages have an order and no kind.", _READ),
    Belief("ASM-25", "Adding a contact to a job again moves it.", _WRITE + "put it on a job twice."),
    Belief("ASM-26", "The owners of an activity are the interviewers.", _READ, ("creator_interviews",)),
    Belief("ASM-27", "An interview's type has `interview` in its name.", _READ, ("interview_types", "interview_word")),
    Belief("ASM-28", "A note can be about a job.", _WRITE + "add a note to its application."),
    Belief("ASM-29", "A file goes up as one part of a form.", _WRITE + "add an attachment."),
    Belief("ASM-30", "Countries are named among the options of addresses.", _BOTH),
    Belief("ASM-31", "Whoever sourced a contact owns it.", _WRITE + "set who sourced it."),
    Belief(
        "ASM-32",
        "The key opens Crelate's first API too.",
        _READ,
        ("first_version", "first_version_key", "current_version_key"),
    ),
    Belief("ASM-33", "A source can be made by naming it.", _WRITE + "name its source."),
    Belief("ASM-34", "Record types are bits.", _READ),
    Belief(
        "ASM-35",
        "Sales leads are no jobs, unless they have a pipeline.",
        _READ + " Compare the number of jobs with Crelate's list.",
        ("leads_are_jobs",),
    ),
    Belief("ASM-36", "People know a job by its `JobCode`.", _READ + " Compare `jobCode` with the job's page."),
)
"""Every entry, in the register's order."""
