"""The account of an operation that names none where there are several: whatever is asked of it is refused."""

# ruff: noqa: ARG002, D102  the ports' signatures and words, for methods that all do the same

from collections.abc import Mapping, Sequence

from resolvers.errors import AtsError, IntegrationNotFound
from resolvers.ports.custom_fields import Definitions
from resolvers.ports.source import Children, Following, Page, PageQuestion
from schema.coverage import Coverage
from schema.provenance import Provenance
from schema.rate_limit import RateLimit
from schema.record import Tracked


class Unnamed:
    """Fills the ports of an integration and of a source; every method that answers raises `IntegrationNotFound`."""

    name = ""

    def coverage(self) -> Coverage:
        raise IntegrationNotFound

    def rate_limit(self) -> RateLimit:
        raise IntegrationNotFound

    def provenance(self, model: str, record: Tracked | None, fields: Sequence[str]) -> Sequence[Provenance]:
        raise IntegrationNotFound

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        raise IntegrationNotFound

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        raise IntegrationNotFound

    async def custom_fields(self, model: str, *, known: bool = False) -> Definitions:
        raise IntegrationNotFound

    async def read_ahead(self, model: str, attribute: str, keys: Sequence[str], following: Following) -> None:
        return

    async def page(self, model: str, question: PageQuestion) -> Page:
        raise IntegrationNotFound
