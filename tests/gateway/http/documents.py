"""Documents for the library's schema: made of its own words, mostly right, sometimes wrong."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

FIELDS: Mapping[str, Mapping[str, tuple[Mapping[str, str], str | None]]] = {
    "Query": {
        "hello": ({"name": "String"}, None),
        "books": ({"first": "Int"}, "Book"),
        "book": ({"key": "Key"}, "Book"),
        "echo": ({"value": "JSON"}, None),
        "sum": ({"numbers": "Ints"}, None),
        "day": ({"at": "DateTime"}, None),
        "refused": ({}, None),
        "__schema": ({}, "__Schema"),
    },
    "Mutation": {"write": ({"title": "String"}, None)},
    "Subscription": {"count": ({"to": "Int", "failAt": "Int"}, None)},
    "Book": {"title": ({}, None), "sequels": ({"first": "Int"}, "Book"), "publisher": ({}, None)},
    "__Schema": {"types": ({}, "__Type"), "queryType": ({}, "__Type")},
    "__Type": {"name": ({}, None), "fields": ({"includeDeprecated": "Boolean"}, "__Field"), "ofType": ({}, "__Type")},
    "__Field": {"name": ({}, None), "type": ({}, "__Type")},
}
"""By type and field: the types of the arguments, and the type of the field when it has fields of its own."""

VALUES: Mapping[str, tuple[str, ...]] = {
    "String": ('"x"', '""', '"""block"""', '"\\u{1F600}"', "null", "$s"),
    "Int": ("0", "1", "7", "-1", "2147483647", "null", "$n"),
    "Key": ('{title: "x"}', "{id: 1}", "$k"),
    "JSON": ("1", "-1.5e3", "[]", "{a: [1, {b: null}]}", "RED", "true", "$j", "9" * 400, "1e999"),
    "Ints": ("[]", "[1, 2]", "1", "[7]"),
    "DateTime": ('"2026-01-01T00:00:00"', '"2026-01-01"'),
    "Boolean": ("true", "false", "$b"),
}
WRONG_VALUES = ("9" * 40, '{id: 1, title: "x"}', "{}", "[[1]]", '"never"', "null", "$s", "$undeclared")
DECLARATIONS = {"s": "String", "n": "Int", "k": "Key!", "j": "JSON", "b": "Boolean! = true"}
ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
WRONG_NAMES = ("nothing", "titel", "__type", "on", "é")
DIRECTIVES = ("", "", "@skip(if: $b)", "@include(if: true)")
WRONG_DIRECTIVES = ("@defer", "@unknown", "@skip", "@skip(if: 1)")
OPTIONAL = {"name", "first", "to", "failAt", "includeDeprecated"}


def mostly(right: SearchStrategy[str], wrong: tuple[str, ...]) -> SearchStrategy[str]:
    """The right thing nearly always."""
    return st.integers(0, 60).flatmap(lambda number: st.sampled_from(wrong) if number == 60 else right)


directives = mostly(st.sampled_from(DIRECTIVES), WRONG_DIRECTIVES)


@st.composite
def fields(draw: DrawFn, parent: str, depth: int) -> str:
    """One field of a type, with arguments and selections."""
    name = draw(mostly(st.sampled_from([*FIELDS[parent], "__typename"]), WRONG_NAMES))
    arguments, below = FIELDS[parent].get(name, ({}, None))
    given = [
        f"{key}: {draw(mostly(st.sampled_from(VALUES[kind]), WRONG_VALUES))}"
        for key, kind in arguments.items()
        if key not in OPTIONAL or draw(st.booleans())
    ]
    alias = draw(st.sampled_from(["", "", f"a{draw(st.integers(0, 999))}: ", "x: "]))
    selection = draw(selections(below, depth - 1)) if below else ""
    return f"{alias}{name}{'(' + ', '.join(given) + ')' if given else ''} {draw(directives)} {selection}"


@st.composite
def selections(draw: DrawFn, parent: str, depth: int) -> str:
    """A selection set on a type; with depth left it may spread the type's fragment."""
    if depth <= 0:
        return "{ __typename }"
    chosen = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["field", "field", "inline", "spread"] if depth > 1 else ["field"]))
        if kind == "field":
            chosen.append(draw(fields(parent, depth)))
        elif kind == "inline":
            condition = draw(mostly(st.sampled_from(["...", f"... on {parent}"]), ("... on Nope", "... on Book")))
            chosen.append(f"{condition} {draw(directives)} {draw(selections(parent, depth - 1))}")
        else:
            chosen.append(draw(mostly(st.just(f"...F{parent} "), ("...Missing ", "...FQuery "))))
    return f"{{ {' '.join(chosen)} }}"


@st.composite
def documents(draw: DrawFn) -> str:
    """An operation, with the fragments it spreads and the variables it uses."""
    operation = draw(st.sampled_from(["query", "query", "query", "mutation", "subscription"]))
    whole = draw(selections(ROOTS[operation], 4))
    for kind in FIELDS:
        if f"...F{kind} " in whole:
            whole += f" fragment F{kind} on {kind} {draw(selections(kind, draw(st.sampled_from([1, 1, 1, 2]))))}"
    declared = " ".join(f"${name}: {kind}" for name, kind in DECLARATIONS.items() if f"${name}" in whole)
    return f"{operation} A{f'({declared})' if declared else ''} {whole}"


def variables(json_values: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    """Values for the variables: of the right type, or of any."""
    right = {"s": "x", "n": 3, "k": {"title": "x"}, "j": [1, {"a": None}], "b": False}
    return st.fixed_dictionaries(
        {}, optional={name: st.just(value) | st.just(value) | json_values for name, value in right.items()}
    )
