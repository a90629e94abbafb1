"""A sync watched from a terminal: the command `sync`."""

from collections.abc import Iterable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from gateway.clock import Sleep
from gateway.sync.syncs import IntegrationSyncs
from schema.sync_status import ModelSyncStatus, SyncMode, SyncStatus

LOOK_SECONDS = 0.5
"""How often the bars move."""


async def sync_with_progress(syncs: IntegrationSyncs, mode: SyncMode, console: Console, sleep: Sleep) -> bool:
    """Begin a sync, or join the one at work, and show how far it is until it is over.

    Returns:
        Whether every model reached its end; what did not is printed with the code of its error.
    """
    begun = await syncs.begin(mode)
    if begun.already_running:
        console.print(f"A {begun.mode.name} sync is at work already; this is how far it is.")
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        bars: dict[str, TaskID] = {}
        while (status := await syncs.status()).running is not None:
            _move(progress, bars, status.models)
            await sleep(LOOK_SECONDS)
        _move(progress, bars, status.models)
    return _report(console, status)


def _move(progress: Progress, bars: dict[str, TaskID], models: Iterable[ModelSyncStatus]) -> None:
    """One bar for each model that is or was being read; a finished one is full."""
    for model in models:
        name = model.model.name
        if model.running and name not in bars:
            bars[name] = progress.add_task(name, total=None)
        if name in bars and model.running:
            progress.update(bars[name], completed=model.read or 0, total=model.expected)
        elif name in bars:
            progress.update(bars[name], completed=model.records, total=model.records)


def _report(console: Console, status: SyncStatus) -> bool:
    failed = [model for model in status.models if model.last_error is not None]
    for model in failed:
        console.print(f"{model.model.name}: {model.last_error}", style="red")
    if not failed:
        console.print(f"{sum(model.records for model in status.models)} records are up to date.", style="green")
    return not failed
