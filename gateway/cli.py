"""The console script: `ats-gateway`."""

import gc
import sys

COLLECTIONS = (50_000, 20, 100)
"""New objects before the youngest are looked through for rubbish, and how often that is before older ones are: a start
makes half a million that stay, a large answer ten thousand, and hardly any need a collector to go."""

UNUSED = ("httpx._main", "rich", "greenlet")
"""What httpx and structlog load where it is installed: a command line of httpx's own, tracebacks in colour, contexts
of other threads. Together that is a tenth of a start, and a tenth of the memory of a process."""


def main() -> None:
    """Run the command that was given."""
    prepare()
    from gateway.commands import app  # noqa: PLC0415  a fifth of the time it takes would go into collections

    gc.enable()
    app()


def prepare() -> None:
    """Have a process start quickly and stay small. Whoever has loaded what it needs turns the collector on again."""
    gc.set_threshold(*COLLECTIONS)
    gc.disable()
    load()


def load() -> None:
    """Import httpx and structlog as if what is `UNUSED` were not installed; they do without."""
    before = {name: sys.modules[name] for name in UNUSED if name in sys.modules}
    sys.modules.update(dict.fromkeys(UNUSED))  # type: ignore[arg-type]  # null is how Python notes that there is none
    import httpx  # noqa: F401, PLC0415  now, and not where it would find them
    import structlog  # noqa: F401, PLC0415  likewise

    for name in UNUSED:
        del sys.modules[name]
    sys.modules.update(before)
