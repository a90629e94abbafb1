"""Tools that read the published schema: generators of code, Relay's compiler and a linter."""

import json
import shutil
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from gateway.app import create_app
from gateway.settings import Settings
from gateway.simulator import SimulatorConfig, create_simulator
from tests import node
from tests.clients.test_node import told

ROOT = Path(__file__).parents[2]
CODEGEN = "node_modules/@graphql-codegen/cli/cjs/bin.js"
TSC = "node_modules/typescript/bin/tsc"
RELAY = "node_modules/relay-compiler/cli.js"
ESLINT = "node_modules/eslint/bin/eslint.js"


@pytest.fixture(scope="module")
def generated(packages: Path) -> Path:
    """What GraphQL codegen makes of the example operations."""
    shutil.rmtree(packages / "generated", ignore_errors=True)
    node.run(CODEGEN, "--config", "codegen.json", folder=packages)
    return packages / "generated/types"


def test_generated_types_are_sound_and_strict(generated: Path, packages: Path) -> None:
    """`tsc --strict` takes the types of the example operations and what is done with them, and nothing wrong."""
    node.run(TSC, "--project", ".", folder=packages)


async def test_the_generated_manifest_is_one_of_trusted_documents(generated: Path) -> None:
    """A gateway that requires trusted documents answers what codegen wrote down, by its id, and nothing else."""
    path = generated / "persisted-documents.json"
    manifest: dict[str, str] = json.loads(path.read_text("utf-8"))
    (trusted,) = (key for key, text in manifest.items() if text.startswith("query JobsAndApplications("))
    config = SimulatorConfig()
    settings = Settings(
        crelate_api_key=SecretStr(config.api_keys[0]), database_url="off", documents=path, documents_mode="require"
    )
    app = create_app(settings, httpx.ASGITransport(create_simulator(config)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway.test") as client:
        by_id = {"documentId": trusted, "variables": {"first": 2}}
        answer = (await client.post("/graphql", json=by_id)).json()
        other = (await client.post("/graphql", json={"query": "{ jobs(first: 2) { nodes { name } } }"})).json()
    assert len(answer["data"]["jobs"]["nodes"]) == 2
    assert other["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_IN_LIST"


def test_relay_compiles_and_pages(address: str, packages: Path) -> None:
    """Fragments with connections, refetchable by `node`, an appended edge; and the gateway answers page by page."""
    shutil.rmtree(packages / "relay/__generated__", ignore_errors=True)
    node.run(RELAY, "relay.config.json", folder=packages)
    for pages in told("relay", packages, address).values():
        ids = [each for page in pages for each in page]
        assert len(ids) == len(set(ids)) == 4


def test_the_linter_has_nothing_to_say(packages: Path) -> None:
    """All schema rules of graphql-eslint hold, but for the exceptions that its settings give reasons for."""
    settings = ("--config", packages / "eslint.config.js", "--format", "json")
    (result,) = json.loads(node.run(packages / ESLINT, *settings, "schema/schema.graphql", folder=ROOT))
    assert result["messages"] == []
