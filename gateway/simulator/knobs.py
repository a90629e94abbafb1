"""What can be turned while the simulator runs."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, TypeAdapter

from gateway.simulator.assumptions import MAX_PAGE


class PipelineProfile(StrEnum):
    """The shapes a pipeline row may have, none of them proved (ASM-08)."""

    DEFAULT = "default"
    V1 = "v1"
    ITEM = "item"


class FilterMode(StrEnum):
    """How a list filter behaves: works, is ignored in silence, is refused, or knows its first value only."""

    ON = "on"
    OFF = "off"
    REFUSE = "refuse"
    SINGLE = "single"


@dataclass(slots=True)
class Knobs:
    """The behaviour that Crelate has not promised, and how well it behaves."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    requests_per_minute: int | None = None
    """Calls one key may make in any sixty seconds; None for no limit."""
    retry_after: bool = True
    """Whether a 429 says when to come back."""
    pipeline_profile: PipelineProfile = PipelineProfile.DEFAULT
    filters: dict[str, FilterMode] = field(default_factory=dict)
    """Modes of the filters that are not on, by `entity.parameter`, such as `contacts.ids`."""
    document_delay_seconds: float = 0.0
    """How long a CV takes to be read; up to about thirty at Crelate (crelate-api 4.10)."""
    list_disabled_users: bool = True
    """Whether `/users` lists users that may no longer sign in."""
    max_page: int = MAX_PAGE

    def filter_mode(self, entity: str, parameter: str) -> FilterMode:
        """The mode of a filter: on unless it was switched."""
        return self.filters.get(f"{entity}.{parameter}", FilterMode.ON)

    def to_json(self) -> dict[str, Any]:
        """All of them, by name."""
        return asdict(self)

    def changed(self, changes: dict[str, Any]) -> Self:
        """A copy with the changes, as JSON names and spells them; raises ValueError for what does not exist."""
        return TypeAdapter(type(self)).validate_python({**self.to_json(), **changes})
