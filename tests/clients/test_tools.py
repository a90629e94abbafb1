"""Tools that read the published schema: generators of code, Relay's compiler and a linter."""

import json
import shutil
from pathlib import Path

from tests import node
from tests.clients.test_node import told

ROOT = Path(__file__).parents[2]
CODEGEN = "node_modules/@graphql-codegen/cli/cjs/bin.js"
TSC = "node_modules/typescript/bin/tsc"
RELAY = "node_modules/relay-compiler/cli.js"
ESLINT = "node_modules/eslint/bin/eslint.js"


def test_generated_types_are_sound_and_strict(packages: Path) -> None:
    """`tsc --strict` takes the types of the example operations and what is done with them, and nothing wrong."""
    shutil.rmtree(packages / "generated", ignore_errors=True)
    node.run(CODEGEN, "--config", "codegen.json", folder=packages)
    node.run(TSC, "--project", ".", folder=packages)


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
