"""Settings that come from nowhere but the test, and requests that never left a wire."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from gateway.settings import PREFIX, Settings, read_settings

TOKEN = "hq3vN0sV8uX2mYc7kD5wTz1rBf6gJp9L"

MakeSettings = Callable[..., Settings]


def connection(headers: Mapping[str, str] | None = None, kind: str = "http") -> HTTPConnection:
    """A request with these headers."""
    raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return HTTPConnection({"type": kind, "headers": raw, "path": "/graphql", "query_string": b""})


def bearer(token: str) -> HTTPConnection:
    """A request with this token."""
    return connection({"Authorization": f"Bearer {token}"})


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeSettings:
    """Reads settings; keys that are spelled in capitals come from the environment, `toml` is the file's text."""

    def read(toml: str = "", **given: Any) -> Settings:
        file = tmp_path / "ats-gateway.toml"
        file.write_text(toml, encoding="utf-8")
        monkeypatch.setenv(f"{PREFIX}CONFIG", str(file))
        for name in [name for name in given if name.isupper()]:
            monkeypatch.setenv(f"{PREFIX}{name}", given.pop(name))
        return read_settings(**given)

    return read
