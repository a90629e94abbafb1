"""One account of the service, as the gateway holds it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from resolvers.ports.access import Access, Owner, Right
from resolvers.ports.examination import Examination, Finding, Verdict
from resolvers.ports.integration import IntegrationName
from resolvers.ports.trial import Journal, Listener, unheard
from schema.actions.attachment import Attachment, AttachmentType
from schema.coverage import Coverage, ModelCoverage
from schema.model import MODELS
from schema.provenance import Provenance
from schema.rate_limit import RateLimit
from schema.record import Tracked
from tests.second_ats.listing import ToyLists
from tests.second_ats.reading import ToySource, numbers
from tests.second_ats.service import Row, Service
from tests.second_ats.writing import ToyWriter


class ToyFiles:
    """The papers of people."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def attachments(self, keys: Sequence[str]) -> Mapping[str, Sequence[Attachment]]:
        """All papers of each person, by one call."""
        papers = (await self._service.list("papers", {"person": set(numbers(keys))})).rows
        return {key: [_paper(row) for row in papers if str(row["person"]) == key] for key in keys}


def _paper(row: Row) -> Attachment:
    key, person = str(row["number"]), str(row["person"])
    return Attachment(candidate_key=person, remote_id=key, type=AttachmentType.OTHER, name=row["label"])


@dataclass(frozen=True, slots=True)
class ToyConnector:
    """Fills `Connector`."""

    name: IntegrationName
    service: Service

    def source(self) -> ToySource:
        """The graph's questions."""
        return ToySource(self.service)

    def sync_source(self) -> ToyLists:
        """The syncs'."""
        return ToyLists(self.service)

    @property
    def writer(self) -> ToyWriter:
        """The actions'."""
        return ToyWriter(self.service)

    @property
    def files(self) -> ToyFiles:
        """The papers."""
        return ToyFiles(self.service)

    def coverage(self) -> Coverage:
        """The models alone."""
        models = [ModelCoverage(name=name, fields=[], filters=[]) for name in MODELS]
        return Coverage(models=models, actions=[], features=[])

    def provenance(self, model: str, record: Tracked | None, fields: Sequence[str]) -> Sequence[Provenance]:  # noqa: ARG002  it says none
        """It does not say."""
        return [Provenance(field=name) for name in fields]

    @property
    def versions(self) -> Mapping[str, str]:
        """There is one way to read it."""
        return {}

    def rate_limit(self) -> RateLimit:
        """The service counts nothing."""
        return RateLimit(limit=100, remaining=100, reset_at=datetime.now(UTC))

    async def check(self) -> None:
        """It is always there."""

    async def access(self) -> Access:
        """Every key is Ida's."""
        people = await self.service.list("people")
        return Access(Owner("Ida Berg"), (Right("people", "Candidate", total=people.count),))

    async def examine(self, now: Callable[[], datetime]) -> Examination:  # noqa: ARG002  it has no clock to compare
        """How many people it has; nothing is assumed about it."""
        people = await self.service.list("people")
        return Examination([Finding("people", Verdict.OK, f"{people.count} people")])

    def trials(self, journal: Journal, now: Callable[[], datetime], listener: Listener = unheard) -> None:
        """It offers none."""

    async def close(self) -> None:
        """It holds no connections."""
