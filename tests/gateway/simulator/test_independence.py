import ast
from pathlib import Path

import gateway.simulator


def test_the_simulator_knows_nothing_of_the_client() -> None:
    """No module of it imports anything of ours but itself: it could not agree with the client by accident."""
    modules = list(Path(gateway.simulator.__file__).parent.rglob("*.py"))
    imported = {
        node.module
        for module in modules
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module
    }

    ours = {name for name in imported if name.split(".")[0] in {"gateway", "resolvers", "schema"}}
    assert ours
    assert {name for name in ours if not name.startswith("gateway.simulator")} == set()
