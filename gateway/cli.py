"""The console script: `ats-gateway`."""

import gc

COLLECTIONS = (50_000, 20, 100)
"""New objects before the youngest are looked through for rubbish, and how often that is before older ones are: a start
makes half a million that stay, a large answer ten thousand, and hardly any need a collector to go."""


def main() -> None:
    """Run the command that was given."""
    gc.set_threshold(*COLLECTIONS)
    from gateway.commands import app  # noqa: PLC0415  a fifth of the time it takes would go into collections

    app()
