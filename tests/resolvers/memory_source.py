"""A source that keeps its records in a dict and counts the questions it is asked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from resolvers.criteria import holding, ordered, visible
from resolvers.errors import AtsError, FilterNeedsSync
from resolvers.ports.custom_fields import Definition, Definitions, FieldOption
from resolvers.ports.source import Children, Fields, Following, LiveSource, Page, PageQuestion
from schema.custom_field import CustomFieldType
from schema.record import Tracked


@dataclass
class MemorySource:
    """Answers from `records`; raises or returns what stands in `failures`.

    Attributes:
        records: Model name -> records.
        failures: Model name -> error to raise for any question about it, or (model, key) -> error for that key.
        questions: How often each question was asked.
        ahead: What could have been read ahead.
    """

    records: dict[str, list[Tracked]]
    failures: dict[str | tuple[str, str], AtsError] = field(default_factory=dict)
    questions: Counter[str] = field(default_factory=Counter)
    ahead: list[Any] = field(default_factory=list)

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """Records by key."""
        self._ask(f"{model} by id", model)
        found: dict[str, Tracked | AtsError] = {r.key: r for r in self.records.get(model, []) if r.key in keys}
        return found | {key: self.failures[model, key] for key in keys if (model, key) in self.failures}

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """Records by the parent they belong to."""
        self._ask(f"{model} by {attribute}", model)
        found = {key: [r for r in self.records.get(model, []) if getattr(r, attribute) == key] for key in keys}
        return {
            key: self.failures.get((model, key)) or Children(records[:limit], len(records))
            for key, records in found.items()
        }

    def expect(self, fields: Fields) -> None:
        """Records are here already."""

    def anew(self, _: Sequence[LiveSource], /) -> Self:
        """Itself: it remembers nothing."""
        return self

    async def read_ahead(self, model: str, attribute: str, keys: Sequence[str], following: Following) -> None:
        """Only noted."""
        self.ahead.append((model, attribute, list(keys), following))

    async def page(self, model: str, question: PageQuestion) -> Page:
        """One page; a position is a record's key."""
        self._ask(f"{model} page", model)
        for criterion in question.criteria:
            if not visible(type(self.records[model][0]), criterion):
                raise FilterNeedsSync(argument=criterion.argument)
        records = ordered(filter(holding(question.criteria), self.records[model]), question.orders)
        start = next((i for i, r in enumerate(records, 1) if r.key == question.position), 0)
        taken = records[start : start + question.size]
        more = start + question.size < len(records)
        return Page(taken, [r.key for r in taken], has_next=more, has_previous=start > 0, total=len(records))

    async def custom_fields(self, model: str, *, known: bool = False) -> Definitions:
        """One of text, `a` or `Called a`, and one of options."""
        self._ask(f"custom fields of {model} {known}", "CustomField")
        options = (FieldOption("1", "One"), FieldOption("2", "Two"))
        return Definitions(
            (
                Definition("a", CustomFieldType.TEXT, "Called a"),
                Definition("b", CustomFieldType.OPTION, None, options),
                Definition("c", CustomFieldType.DATE),
            )
        )

    def _ask(self, question: str, model: str) -> None:
        self.questions[question] += 1
        if model in self.failures:
            raise self.failures[model]
