"""Columns that an account does not let a write set."""

from collections.abc import Sequence

from gateway.simulator.answers import RefusedError
from gateway.simulator.choices import ColumnMode
from gateway.simulator.knobs import Knobs
from gateway.simulator.table import Row


def permitted(sent: Row, entity: str, knobs: Knobs) -> Row:
    """What is left of a write after the columns that are switched off; 400 if it sends one that is refused."""
    for path, mode in knobs.columns.items():
        name, *parts = path.split(".")
        if name == entity and mode is not ColumnMode.ON:
            sent = _without(sent, parts, mode)
    return sent


def _without(sent: Row, path: Sequence[str], mode: ColumnMode) -> Row:
    name, *inner = path
    value = sent.get(name)
    if value is None:
        return sent
    if inner:
        return {**sent, name: _without(value, inner, mode)} if isinstance(value, dict) else sent
    if mode is ColumnMode.REFUSE:
        raise RefusedError(400, f"{name} cannot be set.")
    return {each: value for each, value in sent.items() if each != name}
