"""A sync watched from a terminal: the command `sync`."""

from collections.abc import Iterable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from sqlalchemy.exc import SQLAlchemyError

from gateway.clock import Sleep
from gateway.database.outage import first_line
from gateway.sync.failure import DATABASE_UNAVAILABLE, sentence
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
    bars: dict[str, TaskID] = {}
    try:
        status = await _watch(syncs, console, sleep, bars)
    except SQLAlchemyError as failed:
        at = next(reversed(bars), "The sync")
        console.print(
            f"{at}: {DATABASE_UNAVAILABLE}, {first_line(failed)}.", style="red", highlight=False, soft_wrap=True
        )
        return False
    return _report(console, status)


async def _watch(syncs: IntegrationSyncs, console: Console, sleep: Sleep, bars: dict[str, TaskID]) -> SyncStatus:
    """Show how far a sync is until it is over; its status then."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        while (status := await syncs.status()).running is not None:
            _move(progress, bars, status.models)
            await sleep(LOOK_SECONDS)
        _move(progress, bars, status.models)
    return status


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
        _complain(console, f"{model.model.name}: {model.last_error}. {sentence(model.last_error or '')}")
    skipped = ", ".join(f"{model.model.name} {model.skipped}" for model in status.models if model.skipped)
    if skipped:
        _complain(console, f"Skipped, because they cannot be read or stored: {skipped}. syncStatus has their ids.")
    if not failed:
        records = sum(model.records for model in status.models)
        but = ", but for those skipped" if skipped else ""
        console.print(f"{records} records are up to date{but}.", style="green", highlight=False)
    return not failed


def _complain(console: Console, complaint: str) -> None:
    console.print(complaint, style="red", highlight=False, soft_wrap=True)
