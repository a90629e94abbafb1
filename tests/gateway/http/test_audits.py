"""The public audits of GraphQL over HTTP, against a running server."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.http import Endpoint
from tests import node
from tests.gateway.http.conftest import serving

FOLDER = Path(__file__).parent / "audits"


def test_all_audits_pass(build: Callable[..., Endpoint]) -> None:
    """Every MUST, SHOULD and MAY of the reference suite holds."""
    node.install(FOLDER)
    with serving(build()) as address:
        lines = node.run("audit.mjs", f"http://{address}/graphql", folder=FOLDER).splitlines()
    audits: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
