"""Operations made at random from the schema: everything a client can write to read records, and some more."""

import json
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)
from hypothesis import strategies as st

from resolvers.ids import Ids
from schema.model import MODELS
from schema.strawberry_bridge import field_of
from tests.resolvers.conftest import SCHEMA

DEPTH = 5
KINDS = (*["records"] * 5, "node", "files", "accounts", "leaf")
ROOTS = sorted(
    name
    for name, root in SCHEMA.query_type.fields.items()  # type: ignore[union-attr]  # it is there
    if (definition := field_of(root)) and {"list", "look_up"} & set(definition.metadata)
)
LEAVES = (
    "coverage { models { name } }",
    "rateLimit { limit }",
    "syncStatus { running }",
    'action(id: "x") { id }',
    'passthrough(path: "/x") { data }',
    "changes { nodes { id hashBefore record { id ... on Candidate { firstName applications { totalCount } } } } }",
    "__schema { queryType { name } }",
    "__typename",
)
"""Root fields that graphql-core answers."""
TWO = ["crelate:default", "crelate:other"]
NOBODY = ["crelate:nobody", *TWO, "crelate:other"]
GLOBAL_IDS = (
    *(Ids("crelate:default").encode(*place) for place in (("Job", "j1"), ("Candidate", "c1"), ("Candidate", "c2"))),
    *(Ids("crelate:default").encode(*place) for place in (("User", "u1"), ("Interview", "i0"), ("Job", "gone"))),
    "nonsense",
)
CHOSEN = ("", "(names: null)", *(f"(names: {json.dumps(names)})" for names in ([], TWO, TWO[1:], NOBODY)))
"""Arguments of `accounts`."""
CONDITIONS = ("", "", "", "", " @include(if: $yes)", " @skip(if: $no)", " @skip(if: $yes)", " @include(if: false)")
IDS = ("remote:j1", "remote:c1", "remote:c2", "remote:u0", "remote:s1", "remote:j0:c1", "remote:nobody", "nonsense")
FILTERS: dict[str, tuple[str, ...]] = {
    "Job": ('{nameContains: "1"}', '{ids: ["remote:j1", "remote:j9"]}', '{ids: ["x"]}', "$filter"),
    "Candidate": ('{firstName: "person 1"}', '{jobIds: ["remote:j1"]}', "{includeDeleted: true}"),
    "Application": ('{candidateIds: ["remote:c1"]}', '{updatedAfter: "2026-01-01"}', "{includeDeleted: true}"),
    "Interview": ('{titleContains: "talk"}', '{jobIds: ["remote:j0"]}'),
}
ORDERS = {
    "Job": ("[{field: NAME, direction: DESC}]", "{field: OPENED_AT}"),
    "Application": ("{field: REMOTE_UPDATED_AT}",),
    "Candidate": ("[{field: FIRST_NAME, direction: DESC}]",),
}
BESIDE = {
    "key": ('(key: "a")', '(key: "Called a")', '(key: "b")', '(key: "nonsense")'),
    "fields": ("", "", '(fields: ["id", "changedAt"])', "(fields: null)", "(fields: [])", '(fields: ["nonsense"])'),
    "keys": ("", "", '(keys: ["b", "Called a"])', "(keys: null)", "(keys: [])", '(keys: ["nonsense"])'),
}
PAGING = ("first: 2", "first: $first", "first: 0", "last: 2", "first: 1, last: 1", "after: $cursor", 'before: "x"')
VARIABLES = {
    "$yes": "Boolean = true",
    "$no": "Boolean!",
    "$first": "Int",
    "$cursor": "String",
    "$filter": "JobFilter",
    "$id": "ID!",
}


@dataclass
class Writer:
    """Writes one document.

    Attributes:
        draw: Hypothesis's.
        fragments: The fragment definitions it needs.
        aliases: How many there are that nothing else has.
        beside: How many selections for one of several types this one is in.
    """

    draw: Any
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0
    beside: int = 0

    def document(self) -> str:
        """A whole document: one operation, and its fragments."""
        root = SCHEMA.query_type
        assert root
        kinds = self.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
        fields = [self.root(f"r{index}", kind, root.fields) for index, kind in enumerate(kinds)]
        text = " ".join(["{", *fields, "}", *self.fragments])
        declared = ", ".join(f"{name}: {kind}" for name, kind in VARIABLES.items() if name in text)
        return f"query ({declared}) {text}" if declared else text

    def root(self, alias: str, kind: str, fields: dict[str, GraphQLField]) -> str:
        """One root field, of those with a plan or of the others."""
        if kind == "leaf":
            return f"{alias}: {self.draw(st.sampled_from(LEAVES))}"
        if kind == "records":
            name = self.draw(st.sampled_from(ROOTS))
            return self.field(alias, fields[name], name, DEPTH)
        if kind == "accounts":
            below = self.selection(get_named_type(fields[kind].type), DEPTH)
            return f"{alias}: accounts{self.draw(st.sampled_from(CHOSEN))} {{ {below} }}"
        name = self.draw(st.sampled_from(["node", "nodes"])) if kind == "node" else "candidateAttachments"
        return self.field(alias, fields[name], name, DEPTH - 1)

    def field(self, alias: str, declared: GraphQLField, name: str, depth: int) -> str:
        """One field with its arguments, condition and selection."""
        kind = get_named_type(declared.type)
        condition = self.draw(st.sampled_from(CONDITIONS))
        selection = "" if is_leaf_type(kind) else f" {{ {self.selection(kind, depth - 1)} }}"
        return f"{alias}{': ' if alias else ''}{name}{self.arguments(declared, kind.name)}{condition}{selection}"

    def arguments(self, declared: GraphQLField, kind: str) -> str:
        """Some arguments of a field, some of them wrong."""
        if "ids" in declared.args:
            chosen = self.draw(st.lists(st.sampled_from(GLOBAL_IDS), max_size=4))
            return f"(ids: {json.dumps(chosen)})"
        if "candidateId" in declared.args:
            return f'(candidateId: "{self.draw(st.sampled_from(IDS))}")'
        if kind == "Node" and "id" in declared.args:
            return f'(id: "{self.draw(st.sampled_from(GLOBAL_IDS))}")'
        if "id" in declared.args:
            chosen = self.draw(st.sampled_from([*(f'"{given}"' for given in IDS), "$id"]))
            return f"(id: {chosen})"
        for argument, chosen in BESIDE.items():
            if argument in declared.args:
                return str(self.draw(st.sampled_from(chosen)))
        model = kind.removesuffix("Connection")
        paging = PAGING if "last" in declared.args else PAGING[:3]
        texts = [self.draw(st.sampled_from(["", "", *paging]))] if "first" in declared.args else []
        for argument, known in (("filter", FILTERS), ("orderBy", ORDERS)):
            chosen = self.draw(st.sampled_from(["", "", *known.get(model, ())])) if argument in declared.args else ""
            texts += [f"{argument}: {chosen}"] if chosen else []
        texts = [text for text in texts if text]
        return f"({', '.join(texts)})" if texts else ""

    def selection(self, kind: Any, depth: int) -> str:
        """Fields of a type, some of them in fragments; at the bottom only leaves."""
        if isinstance(kind, GraphQLInterfaceType):
            names = self.draw(st.lists(st.sampled_from(["Job", "Candidate", "User", "Interview"]), max_size=3))
            return " ".join(["id __typename", *(f"... on {name} {{ {self.of(name, depth)} }}" for name in names)])
        names = [name for name, declared in kind.fields.items() if self.allowed(kind, declared, depth)]
        chosen = self.draw(st.lists(st.sampled_from([*names, "__typename"]), min_size=1, max_size=4))
        return " ".join(self.placed(kind, self.selected(kind, name, depth)) for name in dict.fromkeys(chosen))

    def of(self, name: str, depth: int) -> str:
        """Fields of a model, beside others under the same parent: the types of equal names may differ."""
        self.beside += 1
        text = self.selection(SCHEMA.type_map[name], depth)
        self.beside -= 1
        return text

    def allowed(self, kind: Any, declared: GraphQLField, depth: int) -> bool:
        """Whether a field may stand here: whatever leads on needs room for two more levels."""
        leaf = is_leaf_type(get_named_type(declared.type))
        connected = kind.name.endswith(("Connection", "Edge"))
        return leaf or connected or depth > 0

    def selected(self, kind: Any, name: str, depth: int) -> str:
        """One field of a type, under its own name or another."""
        if name == "__typename":
            return name
        declared = kind.fields[name]
        # Arguments differ between places, so that only fields without any may share a name.
        self.aliases += 1
        alias = f"a{self.aliases}" if declared.args or self.beside else self.draw(st.sampled_from(["", f"x{name}"]))
        return self.field(alias, declared, name, depth)

    def placed(self, kind: Any, text: str) -> str:
        """The text as it is, or inside a fragment that applies to the type."""
        way = self.draw(st.sampled_from(["plain", "plain", "plain", "inline", "interface", "other", "spread"]))
        if way == "inline":
            return f"... on {kind.name} {{ {text} }}"
        if way == "interface" and isinstance(kind, GraphQLObjectType) and kind.interfaces:
            return f"... on {self.interface(kind).name} {{ id }} ... {{ {text} }}"
        if way == "other" and kind.name in MODELS:
            return f"{text} ... on Node {{ ... on Job {{ id }} ... on User {{ __typename }} }}"
        if way == "spread":
            name = f"F{len(self.fragments)}"
            self.fragments.append("")
            self.fragments[int(name[1:])] = f"fragment {name} on {kind.name} {{ {text} }}"
            return f"...{name} ...{name}"
        return text

    def interface(self, kind: GraphQLObjectType) -> GraphQLInterfaceType:
        """One of a type's interfaces."""
        found: GraphQLInterfaceType = self.draw(st.sampled_from(list(kind.interfaces)))
        return found


@st.composite
def documents(draw: Any) -> str:
    """Documents to read records with."""
    return Writer(draw).document()
