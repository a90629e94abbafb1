"""The accounts in the settings: tables, each read as its ATS says, or a single one at the top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from gateway.integration import API_KEY, API_KEY_FILE, IntegrationSettings

DEFAULT_INTEGRATION = "default"

Kinds = Mapping[str, type[IntegrationSettings]]
"""Slug of an ATS -> what can be set for accounts of it; the first one is meant where nothing says which."""

Given = Mapping[str, Any]
"""Settings by name, not checked yet."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """An account that has not been checked yet.

    Attributes:
        kinds: What it may be.
        tool: Slug of its ATS.
        given: What is set for it, the defaults at the top included.
    """

    kinds: Kinds
    tool: str
    given: Given

    def read(self) -> IntegrationSettings:
        """The account.

        Raises:
            ValueError: it cannot be used.
        """
        if self.tool not in self.kinds:
            raise ValueError(f"tool: this is none of {', '.join(self.kinds)}")
        return self.kinds[self.tool].model_validate({**self.given, "tool": self.tool})


def _read(given: object) -> object:
    """The account that a draft makes; anything else as it is."""
    return given.read() if isinstance(given, _Draft) else given


Account = Annotated[IntegrationSettings, BeforeValidator(_read)]
"""An account in its table, as `in_tables` leaves it."""


def in_tables(given: Given, kinds: Kinds) -> dict[str, Any]:
    """The settings with every account in a table of `integrations`, and none at the top.

    Settings of accounts at the top are those of the single one, which is called `default`, or else defaults of every
    table whose ATS has them.

    Raises:
        ValueError: the account at the top cannot be used, or there are tables beside it.
    """
    names = {name for kind in kinds.values() for name in kind.model_fields}
    at_top = {name: value for name, value in given.items() if name in names}
    rest = {name: value for name, value in given.items() if name not in names}
    tables = rest.get("integrations") or {}
    if not tables:
        return rest | {"integrations": {DEFAULT_INTEGRATION: _Draft(kinds, tool_of(kinds, at_top), at_top).read()}}
    if any(map(at_top.get, key_settings(kinds))):
        raise ValueError("name accounts either at the top or under [integrations.<name>], not both")
    if isinstance(tables, Mapping):
        rest["integrations"] = {name: _drafted(kinds, at_top, table) for name, table in tables.items()}
    return rest


def key_settings(tools: Iterable[str]) -> list[str]:
    """Names of the settings that hold a key, or where it is: at the top they mean that there is a single account."""
    return [f"{tool}_{name}" for tool in tools for name in (API_KEY, API_KEY_FILE)]


def _drafted(kinds: Kinds, at_top: Given, table: object) -> object:
    """The draft of a table; what is none stays as it is."""
    if not isinstance(table, Mapping):
        return table
    tool = tool_of(kinds, table, at_top)
    known = kinds[tool].model_fields if tool in kinds else {}
    return _Draft(kinds, tool, _over({name: value for name, value in at_top.items() if name in known}, table))


def tool_of(kinds: Mapping[str, object], *layers: Given) -> str:
    """Slug of the ATS that is meant: the first layer that names one, or has settings of one alone, says so."""
    for given in layers:
        own = {tool for tool in kinds if any(name.startswith(f"{tool}_") for name in given)}
        if given.get("tool") or len(own) == 1:
            return str(given.get("tool") or own.pop())
    return next(iter(kinds))


def _over(below: Given, above: Given) -> dict[str, Any]:
    """Both, where the second wins, key by key; so do tables in them."""
    merged = {
        name: _over(below[name], value) if _is_table(below.get(name)) and _is_table(value) else value
        for name, value in above.items()
    }
    return {**below, **merged}


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)
