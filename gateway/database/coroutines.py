"""SQLAlchemy's engine for coroutines, without the rest of its package: that loads an ORM which nothing here uses.

It would take 40 ms of a start and 7 MB of a process. Who imports the package afterwards, as DBOS does, gets all of it.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["AsyncConnection", "AsyncEngine", "create_async_engine"]

_PACKAGE = "sqlalchemy.ext.asyncio"


def _engine() -> ModuleType:
    """The module of the engine, imported below its package while that has not been run."""
    found = find_spec(_PACKAGE)
    assert found is not None  # noqa: S101  SQLAlchemy 2 has it
    if _PACKAGE in sys.modules:
        return import_module(f"{_PACKAGE}.engine")
    sys.modules[_PACKAGE] = module_from_spec(found)
    try:
        return import_module(f"{_PACKAGE}.engine")
    finally:
        del sys.modules[_PACKAGE]


if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
else:
    _loaded: Any = _engine()
    AsyncConnection = _loaded.AsyncConnection
    AsyncEngine = _loaded.AsyncEngine
    create_async_engine = _loaded.create_async_engine
