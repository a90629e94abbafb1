"""The tools: what each takes, and the document that answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol
from uuid import uuid4

import orjson
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType, parse, print_type

from gateway.agents.asking import Answer, Ask, refusal
from gateway.agents.documents import Curated, curated
from gateway.agents.inputs import of_input, of_variables

PLAN_KEY = "planKey"
WITHOUT = ("idempotencyKey", "dryRun")
"""Fields of an action's input that a tool sets itself."""

FIRST_A_PLAN = (
    "Call it without `planKey` first: nothing is written, and the answer is the plan with its `planKey`. "
    "Show the plan to the person, and only when they agree call it again with the same arguments and that `planKey`. "
    "However often that is repeated, it is carried out once."
)
NEXT = "Nothing has been written. Show this plan to the person; when they agree, call again with this planKey."
CHANGED = "This plan is of other arguments: ask for a new one without planKey."
READS_ONLY = "This tool reads: only operations of the type query are sent."


class Tool(Protocol):
    """One thing that can be asked for.

    Attributes:
        name: Its name.
        description: What it is for, for the model that picks it.
        takes: JSON Schema of its arguments.
        writes: Whether it can change something in the ATS.
    """

    @property
    def name(self) -> str: ...  # noqa: D102  described above, as are the others
    @property
    def description(self) -> str: ...  # noqa: D102
    @property
    def takes(self) -> dict[str, Any]: ...  # noqa: D102
    @property
    def writes(self) -> bool: ...  # noqa: D102

    async def call(self, ask: Ask, arguments: Mapping[str, Any]) -> Answer:
        """The answer to a call whose arguments fit `takes`."""


@dataclass(frozen=True, slots=True)
class Read:
    """A curated query."""

    name: str
    description: str
    takes: dict[str, Any]
    document: str
    writes: bool = False

    async def call(self, ask: Ask, arguments: Mapping[str, Any]) -> Answer:
        """Its arguments are the document's variables."""
        return await ask(self.document, arguments)


@dataclass(frozen=True, slots=True)
class Write:
    """A curated mutation: a plan first, then the same once more under the plan's key, which is its idempotency key."""

    name: str
    description: str
    takes: dict[str, Any]
    document: str
    nonce: Callable[[], str]
    writes: bool = True

    async def call(self, ask: Ask, arguments: Mapping[str, Any]) -> Answer:
        """Its arguments are the fields of the input."""
        given = {name: value for name, value in arguments.items() if name != PLAN_KEY}
        if PLAN_KEY not in arguments:
            return await self._plan(ask, given)
        key = arguments[PLAN_KEY]
        if key != self._key(given, key.partition(".")[0]):
            return refusal("BAD_USER_INPUT", CHANGED, PLAN_KEY)
        return await ask(self.document, {"input": {**given, "idempotencyKey": key}})

    async def _plan(self, ask: Ask, given: Mapping[str, Any]) -> Answer:
        key = self._key(given, self.nonce())
        answer = await ask(self.document, {"input": {**given, "idempotencyKey": key, "dryRun": True}})
        return answer if failed(answer) else {PLAN_KEY: key, "next": NEXT, **answer}

    def _key(self, given: Mapping[str, Any], nonce: str) -> str:
        """A key that belongs to these arguments of this tool: whichever process is asked next can tell."""
        content = orjson.dumps([self.name, nonce, given], option=orjson.OPT_SORT_KEYS)
        return f"{nonce}.{sha256(content).hexdigest()}"


@dataclass(frozen=True, slots=True)
class AnyQuery:
    """Any document that only reads."""

    name: str = "graphql"
    description: str = (
        "Ask the unified ATS graph with any GraphQL query, where no other tool does: several things at once, other "
        "fields, other filters. `describe_types` shows the schema. Ask for few fields and small pages."
    )
    writes: bool = False

    @property
    def takes(self) -> dict[str, Any]:
        """A document and its variables."""
        properties = {
            "query": {"type": "string", "description": "The document, with one operation of the type query."},
            "variables": {"type": "object", "description": "Its variables."},
        }
        return {"type": "object", "properties": properties, "required": ["query"], "additionalProperties": False}

    async def call(self, ask: Ask, arguments: Mapping[str, Any]) -> Answer:
        """What the document asks, unless it does more than read."""
        try:
            document = parse(arguments["query"])
        except GraphQLError as error:
            return refusal("GRAPHQL_PARSE_FAILED", error.message, "query")
        operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        if any(each.operation is not OperationType.QUERY for each in operations):
            return refusal("FORBIDDEN", READS_ONLY, "query")
        return await ask(arguments["query"], arguments.get("variables", {}))


@dataclass(frozen=True, slots=True)
class DescribeTypes:
    """The schema, some types at a time: the whole of it is longer than most models like to read."""

    schema: GraphQLSchema
    name: str = "describe_types"
    description: str = (
        "The GraphQL schema for `graphql`: these types as SDL, with what each field means. Begin with Query, then the "
        "types it names, such as Job, Candidate, Application, Interview, CandidateFilter."
    )
    writes: bool = False

    @property
    def takes(self) -> dict[str, Any]:
        """Names of types."""
        names = {"type": "array", "items": {"type": "string"}, "minItems": 1, "description": "Names of types."}
        return {"type": "object", "properties": {"names": names}, "required": ["names"], "additionalProperties": False}

    async def call(self, ask: Ask, arguments: Mapping[str, Any]) -> Answer:  # noqa: ARG002  nothing has to be asked
        """The types that there are; a name that is none's is an error."""
        types = {name: self.schema.type_map.get(name) for name in arguments["names"]}
        unknown = [name for name, found in types.items() if found is None]
        if unknown:
            return refusal("BAD_USER_INPUT", f"There is no type {unknown[0]}.", "names")
        return {"data": {name: print_type(found) for name, found in types.items() if found}}


def all_tools(
    schema: GraphQLSchema,
    *,
    writes: bool,
    documents: Iterable[Curated] | None = None,
    nonce: Callable[[], str] = lambda: uuid4().hex,
) -> list[Tool]:
    """The tools over a schema.

    Args:
        schema: The endpoint's.
        writes: Whether those that write are among them.
        documents: What tools are made from; null for the gateway's own.
        nonce: Makes each plan another one.
    """
    found = curated() if documents is None else documents
    made: list[Tool] = [_made(schema, each, nonce) for each in found if writes or not each.writes]
    return [*made, AnyQuery(), DescribeTypes(schema)]


def failed(answer: Answer) -> bool:
    """Whether an answer has errors, of the endpoint or of an action."""
    payloads = (answer.get("data") or {}).values()
    return "errors" in answer or any(isinstance(each, dict) and each.get("userErrors") for each in payloads)


def _made(schema: GraphQLSchema, document: Curated, nonce: Callable[[], str]) -> Tool:
    if not document.writes:
        takes = of_variables(schema, document.operation)
        return Read(document.name, document.description, takes, document.text)
    takes = of_input(schema, document.operation, WITHOUT)
    takes["properties"][PLAN_KEY] = {"type": "string", "description": "Of the plan that the person agreed to."}
    return Write(document.name, f"{document.description} {FIRST_A_PLAN}", takes, document.text, nonce)
