"""What a start loads: libraries that few requests need are left until one does."""

import subprocess
import sys

import pytest

WRITING = {"phonenumbers", "email_validator", "tomlkit"}
DATABASE = {"sqlalchemy", "dbos", "alembic", "psycopg", "filelock", "standardwebhooks"}
INDEXES = "gateway.database.indexes"
LATER = {"alembic", "dbos", "psycopg", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql"}
ACTING = {f"resolvers.ports.{name}" for name in ("writing", "examination", "trial")} | {"filetype", "itsdangerous"}
DRAWING = {"rich", "pygments", "attr", "greenlet"}
OTHERS = {"jwt", "cryptography", "pycountry", "mcp", "httpcore"}


@pytest.mark.parametrize(
    ("module", "left"),
    [
        ("gateway.commands", {"graphql", "strawberry", "aiohttp", *WRITING, *DATABASE, *DRAWING, *OTHERS}),
        ("gateway.server, gateway.crelate.connector", {*WRITING, *DATABASE, *DRAWING, *OTHERS, *ACTING}),
        (f"gateway.storage, {INDEXES}; {INDEXES}.with_indexes('sqlite')", {"filetype", *LATER, *WRITING, *OTHERS}),
    ],
)
def test_a_start_loads_no_more_than_it_needs(module: str, left: set[str]) -> None:
    """The command line, a server without a database, connected, and what a database adds with its tables."""
    asked = f"import gateway.cli, sys; gateway.cli.load(); import {module}; print(*sorted({left!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603  # our own words
    assert loaded.stdout.split() == []
