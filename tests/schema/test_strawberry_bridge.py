"""Strawberry's internals are read in one module."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
BRIDGE = ROOT / "schema" / "strawberry_bridge.py"
PUBLIC = {
    "strawberry",
    "strawberry.exceptions",
    "strawberry.schema.config",
    "strawberry.schema_directive",
    "strawberry.tools",
}
"""What Strawberry's documentation tells its users to import from."""
IMPORTED = re.compile(r"^\s*(?:from|import) (strawberry[\w.]*)", re.MULTILINE)
INTERNAL = re.compile(r"\b(_raw_info|base_resolver|__strawberry_definition__|strawberry-definition)\b")


def test_no_other_module_reads_them() -> None:
    """Whoever needs more of Strawberry asks the bridge."""
    strays = {
        f"{path.relative_to(ROOT)}: {found}"
        for folder in ("gateway", "resolvers", "schema")
        for path in (ROOT / folder).rglob("*.py")
        if path != BRIDGE
        for text in [path.read_text("utf-8")]
        for found in [*(set(IMPORTED.findall(text)) - PUBLIC), *INTERNAL.findall(text)]
    }
    assert strays == set()
