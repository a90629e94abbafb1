"""What an operation selects, as it is written: conditions are not looked at."""

from collections.abc import Iterable, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
)


def root_fields(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> frozenset[str]:
    """Names of the fields that an operation selects directly, those in fragments included."""
    seen: set[str] = set()
    found: set[str] = set()
    waiting: list[SelectionNode] = [*operation.selection_set.selections]
    while waiting:
        selection = waiting.pop()
        if isinstance(selection, FieldNode):
            found.add(selection.name.value)
        elif isinstance(selection, InlineFragmentNode):
            waiting.extend(selection.selection_set.selections)
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
            seen.add(selection.name.value)
            waiting.extend(fragments[selection.name.value].selection_set.selections)
    return frozenset(found)


def selects(field_nodes: Iterable[FieldNode], fragments: Mapping[str, FragmentDefinitionNode], name: str) -> bool:
    """Whether a field is selected directly below others, or in a fragment there."""
    seen: set[str] = set()

    def among(selections: Iterable[SelectionNode]) -> bool:
        return any(holds(selection) for selection in selections)

    def holds(selection: SelectionNode) -> bool:
        if isinstance(selection, FieldNode):
            return selection.name.value == name
        if isinstance(selection, FragmentSpreadNode):
            spread = selection.name.value
            known = spread in seen
            seen.add(spread)
            return not known and among(fragments[spread].selection_set.selections)
        return among(selection.selection_set.selections)  # type: ignore[attr-defined]  # the third kind, inline

    return any(among(node.selection_set.selections) for node in field_nodes if node.selection_set)
