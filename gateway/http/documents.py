"""Documents, parsed, limited, validated and kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import Executor
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)

from gateway.http.analysis import Analysis, Level
from gateway.http.cost import Cost, CostModel, Plan, estimate
from gateway.http.errors import MAX_ERRORS, RequestError, in_document, masked, refusal, too_complex
from gateway.http.limits import Limits
from resolvers.engine import Definition, Plans
from resolvers.selections import root_fields
from schema.strawberry_bridge import VALIDATION_RULES

_KEPT = 256

_LONG = 1_000
"""Characters beyond which a document is prepared off the event loop: graphql-core needs about 40 µs for a token."""


@dataclass(slots=True)
class Operation:
    """One operation of a valid document.

    Attributes:
        name: Its name, or null.
        type: Query, mutation or subscription.
        definition: As it stands in the document.
        plan: How to weigh it.
        cost: What it costs, where that is the same for all variables.
        only_schema: It asks for nothing but the schema.
        has_variables: It declares variables.
        schema_answer: The answer of such an operation without variables, once it is known.
        plans: How to answer its root fields.
        root_fields: Names of these fields.
        kind: The type as clients call it.
    """

    name: str | None
    type: OperationType
    definition: Definition
    plan: Plan
    cost: Cost | None
    only_schema: bool
    has_variables: bool
    schema_answer: object = field(default=None, init=False)
    plans: Plans = field(default_factory=Plans, init=False)
    root_fields: frozenset[str] = field(init=False)
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        self.kind = self.type.value
        self.root_fields = root_fields(self.definition.operation, self.definition.fragment_definitions)


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its operations, or why it cannot be executed."""

    operations: dict[str | None, Operation] = field(default_factory=dict)
    error: RequestError | None = None

    def operation(self, name: str | None) -> Operation:
        """The operation of that name, or the only one when no name is given."""
        if self.error:
            raise self.error.with_traceback(None)
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is not None and name in self.operations:
            return self.operations[name]
        words = "There is no operation of that name." if name else "Name one of the operations in operationName."
        raise refusal(words, code="OPERATION_RESOLUTION_FAILURE")


class Documents:
    """The documents of one schema; the latest are kept, valid or not."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, model: CostModel, *, introspection: bool) -> None:
        self._schema = schema
        self._limits = limits
        self._model = model
        self._rules = (*specified_rules, *VALIDATION_RULES)
        if not introspection:
            self._rules = (*self._rules, NoSchemaIntrospectionCustomRule)
        self._kept: OrderedDict[str, Document] = OrderedDict()

    async def get(self, source: str, lane: Executor) -> Document:
        """The document of a text, from memory when it was asked for lately; long texts are prepared in the lane."""
        if (document := self._kept.get(source)) is not None:
            self._kept.move_to_end(source)
            return document
        if len(source) > self._limits.source_characters:
            raise too_complex("source_characters", len(source), self._limits.source_characters)
        if len(source) <= _LONG:
            document = self._prepare(source)
        else:
            document = await asyncio.get_running_loop().run_in_executor(lane, self._prepare, source)
        self._kept[source] = document
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return document

    def _prepare(self, source: str) -> Document:
        try:
            node = self._parse(source)
            analysis = Analysis(self._schema, self._model, node)
            self._check(analysis)
            self._validate(node)
        except RequestError as error:
            return Document(error=error)
        except Exception as error:  # noqa: BLE001 - whatever a hostile document does to a rule is the document's fault
            masked(error)
            return Document(error=refusal("This document cannot be checked.", code="GRAPHQL_VALIDATION_FAILED"))
        operations = [self._operation(node, definition, level) for definition, level in analysis.operations]
        return Document({operation.name: operation for operation in operations})

    def _parse(self, source: str) -> DocumentNode:
        maximum = self._limits.tokens
        try:
            return parse(source, max_lexical_tokens=maximum, allow_empty_selection_sets=False)
        except GraphQLError as error:
            if "Document contains more than" in error.message:
                raise too_complex("tokens", maximum + 1, maximum) from None
            raise in_document([error], "GRAPHQL_PARSE_FAILED") from None

    def _check(self, analysis: Analysis) -> None:
        """Refuse what is over a limit, before validation spends time on it."""
        nodes = [node for node, _ in analysis.operations]
        counts = {
            "depth": analysis.depth,
            "aliases": analysis.aliases,
            "directives": analysis.directives,
            "repeated_fields": analysis.repeated_fields,
            "introspections": analysis.introspections,
            "operations": len(nodes),
            "variables": max((len(node.variable_definitions or ()) for node in nodes), default=0),
        }
        for limit, value in counts.items():
            if value > (maximum := getattr(self._limits, limit)):
                raise too_complex(limit, value, maximum)

    def _validate(self, document: DocumentNode) -> None:
        if errors := validate(self._schema, document, self._rules, max_errors=MAX_ERRORS, hide_suggestions=True):
            raise in_document(errors, "GRAPHQL_VALIDATION_FAILED")

    def _operation(self, document: DocumentNode, node: OperationDefinitionNode, level: Level) -> Operation:
        return Operation(
            name=node.name.value if node.name else None,
            type=node.operation,
            definition=Definition(self._schema, document, node),
            plan=level.plan,
            cost=estimate(level.plan, {}, self._model) if level.plan.is_fixed else None,
            only_schema=level.only_schema and node.operation is OperationType.QUERY,
            has_variables=bool(node.variable_definitions),
        )
