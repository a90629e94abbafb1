"""Which contact stands on which job, and since when at which stage."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class Move:
    """A contact reached a stage on a job."""

    stage_id: str
    date: str


@dataclass(slots=True)
class PipelineItem:
    """A contact on a job; the last of `moves` is where it stands. All ids are lower-case GUIDs."""

    id: str
    job_id: str
    contact_id: str
    moves: list[Move] = field(default_factory=list)

    @property
    def stage_id(self) -> str:
        """The stage it stands at."""
        return self.moves[-1].stage_id

    @property
    def created_on(self) -> str:
        """When it was put on the job."""
        return self.moves[0].date

    @property
    def modified_on(self) -> str:
        """When it last changed its stage."""
        return self.moves[-1].date


class Pipeline:
    """All items of an account, found by job and by contact."""

    def __init__(self) -> None:
        self._by_job: defaultdict[str, dict[str, PipelineItem]] = defaultdict(dict)
        self._by_contact: defaultdict[str, dict[str, PipelineItem]] = defaultdict(dict)

    def __len__(self) -> int:
        return sum(map(len, self._by_job.values()))

    def put(self, item: PipelineItem) -> None:
        """Adds the item, or replaces the one of the same job and contact."""
        self._by_job[item.job_id][item.contact_id] = item
        self._by_contact[item.contact_id][item.job_id] = item

    def get(self, job_id: str, contact_id: str) -> PipelineItem | None:
        """The contact's item on the job, or None."""
        return self._by_job.get(job_id.lower(), {}).get(contact_id.lower())

    def of_job(self, job_id: str) -> list[PipelineItem]:
        """The items of a job, oldest first."""
        return _in_order(self._by_job.get(job_id.lower(), {}))

    def of_contact(self, contact_id: str) -> list[PipelineItem]:
        """The items of a contact, oldest first."""
        return _in_order(self._by_contact.get(contact_id.lower(), {}))

    def remove(self, item: PipelineItem) -> None:
        """Takes the contact off the job; its moves are forgotten."""
        del self._by_job[item.job_id][item.contact_id]
        del self._by_contact[item.contact_id][item.job_id]


def _in_order(items: dict[str, PipelineItem]) -> list[PipelineItem]:
    return sorted(items.values(), key=lambda item: (item.created_on, item.id))
