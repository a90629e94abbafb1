"""Who is on which job."""

from datetime import datetime, timedelta

from gateway.simulator.account import Account
from gateway.simulator.assumptions import CANDIDATE, RECRUITING_WORKFLOW
from gateway.simulator.pipeline import Move, PipelineItem
from gateway.simulator.seed.era import Era
from gateway.simulator.table import Row

_CROWD = 120
"""More than one page holds (crelate-api 8.13)."""

_CROWDED_JOB = 2
_BUSY_JOBS = (0, 1, 3)
"""One candidate is on all three."""


def add_pipelines(account: Account, era: Era, contacts_per_job: int) -> None:
    """Puts candidates on every job but the leads, each at a random stage."""
    candidates = [row for row in account["contacts"].ordered() if row["RecordType"] & CANDIDATE]
    stages = recruiting_stages(account)
    jobs = account["jobs"].ordered()
    for place, job in enumerate(jobs):
        if not job["IsLead"]:
            for contact in _drawn(era, candidates, place, contacts_per_job):
                account.pipeline.put(_item(account, era, job, contact, stages))
    for place in _BUSY_JOBS[: len(jobs)]:
        account.pipeline.put(_item(account, era, jobs[place], candidates[0], stages))


def _drawn(era: Era, candidates: list[Row], place: int, average: int) -> list[Row]:
    wanted = _CROWD if place == _CROWDED_JOB else era.random.randint(average // 2, average + average // 2)
    return era.random.sample(candidates, min(wanted, len(candidates)))


def _item(account: Account, era: Era, job: Row, contact: Row, stages: list[Row]) -> PipelineItem:
    added = era.between(datetime.fromisoformat(job["CreatedOn"]), era.now - timedelta(hours=1))
    reached = min(era.random.randrange(len(stages)), era.random.randrange(len(stages)))
    moves = []
    for stage in stages[: reached + 1]:
        moves.append(Move(stage["Id"], era.time(added)))
        added = era.between(added, era.now)
    return PipelineItem(account.new_id(), job["Id"], contact["Id"], moves)


def recruiting_stages(account: Account) -> list[Row]:
    """The stages of the recruiting workflow, first to last."""
    rows = account["workflowstatuses"].values()
    return sorted(
        (row for row in rows if row["WorkflowTypeId"]["Id"] == RECRUITING_WORKFLOW),
        key=lambda row: int(row["SortOrder"]),
    )
