"""The commands of `ats-gateway`. Each imports what it needs when it runs: a start waits for nothing else."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.complaints import complain, complaints
from gateway.connectors import CONNECTORS
from gateway.settings import DEFAULT_INTEGRATION, PREFIX, IntegrationSettings, Settings, SettingsError, read_settings
from gateway.workers import StartError
from resolvers.errors import AtsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from gateway.ats import Ats
    from gateway.profile import AccountProfile
    from gateway.storage import Storage
    from resolvers.ports.connector import Connector
    from resolvers.ports.integration import IntegrationName

FAILED = 1

app = typer.Typer(help="A GraphQL gateway over the unified ATS model.", no_args_is_help=True)


def console() -> Console:
    """Where commands write; what draws there is loaded when there is something to write, since a server is silent."""
    from rich.console import Console

    return Console()


def account_names() -> list[str]:
    """Names of the accounts in the settings, for shell completion; none where the settings cannot be used."""
    try:
        return sorted(read_settings().accounts())
    except SettingsError:
        return []


def command(example: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command of its own name, with an example below its help."""
    return app.command(epilog=f"Example: ats-gateway {example}")


Host = Annotated[
    str | None,
    typer.Option(help=f"Address to listen on; also as {PREFIX}HOST.", show_default="127.0.0.1"),
]
Port = Annotated[int | None, typer.Option(help=f"Port to listen on; also as {PREFIX}PORT.", show_default="8000")]
Named = Annotated[str, typer.Option("--integration", help="Name of the account.", autocompletion=account_names)]


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    """Show errors that the user can mend as a sentence instead of a traceback."""
    try:
        yield
    except (SettingsError, StartError, AtsError) as error:
        complain(str(error))
        raise typer.Exit(FAILED) from error
    except Exception as error:
        sentence = _of_database(error)
        if sentence is None:
            raise
        complain(sentence)
        raise typer.Exit(FAILED) from error


def _of_database(error: Exception) -> str | None:
    """What to say of an error of the database; null of any other."""
    from sqlalchemy.exc import SQLAlchemyError

    from gateway.database.erasure import ActionsPending
    from gateway.database.outage import first_line

    if isinstance(error, ActionsPending):
        return str(error)
    return f"The database cannot be used: {first_line(error)}." if isinstance(error, SQLAlchemyError) else None


def _given(**options: object) -> dict[str, object]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


@command("serve --port 8080 --workers 2")
def serve(
    host: Host = None,
    port: Port = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help=f"Server processes; also as {PREFIX}WORKERS.", show_default="1")
    ] = None,
) -> None:
    """Serve the gateway."""
    gc.disable()  # until it listens: what a start makes stays
    from gateway.server import serve as run_server

    with _in_one_sentence():
        run_server(read_settings(**_given(host=host, port=port, workers=workers)), complain)


@command("demo --port 8080")
def demo(host: Host = None, port: Port = None) -> None:
    """Serve the gateway over a simulated Crelate: no account, no network, nothing kept."""
    from gateway.demo import run_demo

    with _in_one_sentence():
        run_demo(console(), **_given(host=host, port=port))


@command("simulator --port 8011")
def simulator(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8010,
) -> None:
    """Serve the simulated Crelate alone."""
    from gateway.demo import run_simulator

    with _in_one_sentence():
        run_simulator(host, port, console())


@command("schema --operations operations > schema.graphql")
def schema(
    operations: Annotated[
        Path | None,
        typer.Option(help="Folder for the example operations; files that are there stay.", show_default="none"),
    ] = None,
) -> None:
    """Print the schema as SDL; write the example operations, with their variables, into a folder."""
    from gateway.explorer.examples import write_examples
    from resolvers.root import build_schema

    if operations:
        try:
            write_examples(operations)
        except OSError as error:
            complain(f"The operations cannot be written to {operations}: {error.strerror}.")
            raise typer.Exit(FAILED) from error
    sys.stdout.write(f"{build_schema()}\n")


@command("explain operation.graphql --variables '{\"first\": 20}'")
def explain(
    file: Annotated[Path, typer.Argument(help="A GraphQL document.")],
    variables: Annotated[str | None, typer.Option(help="Its variables, as a JSON object.", show_default="none")] = None,
    operation: Annotated[
        str | None, typer.Option(help="Name of the operation, if there are several.", show_default="the only one")
    ] = None,
    integration: Named = DEFAULT_INTEGRATION,
) -> None:
    """Show how an operation will be answered: its plan, level by level, and the calls to the ATS it will take."""
    from gateway.explain import explain as show_plan

    with _in_one_sentence():
        show_plan(console(), _ats(None, integration), file, variables, operation)


@command("mcp --url http://127.0.0.1:8000/graphql")
def mcp(
    allow_writes: Annotated[bool, typer.Option("--allow-writes", help="Offer tools that write, too.")] = False,
    url: Annotated[
        str | None, typer.Option(help="Endpoint of a running gateway.", show_default="this process asks the ATS")
    ] = None,
    integration: Annotated[
        str | None,
        typer.Option(help="Whole name of the account, such as crelate:default.", show_default="the only one"),
    ] = None,
) -> None:
    """Serve an agent on this machine over standard input and output (Model Context Protocol)."""
    from gateway.agent import serve_agent

    with _in_one_sentence():
        asyncio.run(serve_agent(read_settings(), url, integration, writes=allow_writes))


@command("connect --name acme")
def connect(
    name: Annotated[str, typer.Option(help="Name of the account, for several of them.")] = DEFAULT_INTEGRATION,
    tool: Annotated[
        str | None, typer.Option(help="Slug of the ATS.", show_default=", ".join(CONNECTORS), metavar="TOOL")
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="Where the ATS's API is.", show_default="the ATS's own")] = None,
    replace: Annotated[bool, typer.Option("--yes", help="Change what is there without asking.")] = False,
) -> None:
    """Connect an account: from making an API key to a settings file."""
    from gateway.ats import Surroundings
    from gateway.connect.asking import ask_on
    from gateway.connect.exits import Exit
    from gateway.connect.guide import connect as connect_account
    from gateway.profile import AccountProfile
    from gateway.profiles import keep
    from schema.profile import LearntBy

    seen = AccountProfile()
    with _in_one_sentence():
        code = connect_account(
            console(),
            ask_on(console()),
            _ats(tool, name),
            Surroundings(profile=seen),
            connectors=CONNECTORS,
            name=name,
            base_url=base_url,
            replace=replace,
        )
        if code == Exit.DONE:
            settings = read_settings()
            asyncio.run(keep(settings, {settings.name_of(name): seen}, LearntBy.CONNECT, anew=True))
    raise typer.Exit(code)


def _ats(tool: str | None, account: str) -> Ats:
    """The ATS of this slug; without one that of the account, or the first there is.

    Raises:
        SettingsError: there is none.
    """
    if tool is None:
        with suppress(SettingsError):
            tool = read_settings().name_of(account).tool
    tool = tool or next(iter(CONNECTORS))
    if tool not in CONNECTORS:
        raise SettingsError(f"There is no ATS {tool}: it is one of {', '.join(CONNECTORS)}.")
    return CONNECTORS[tool]


@command("doctor --write --integration acme")
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
    integration: Annotated[
        str | None,
        typer.Option(help="Name of the account.", show_default="all of them", autocompletion=account_names),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Try out by writing, too: makes a test candidate and deletes it.")
    ] = False,
    job: Annotated[
        str | None, typer.Option(help="Remote id of the job for it.", show_default="asked, or the first one")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget what was learnt about accounts, and examine nothing.")
    ] = False,
    openapi: Annotated[
        str | None,
        typer.Option(help="OpenAPI file (JSON) or its address, to compare.", show_default="none", metavar="FILE|URL"),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="File for a report without names and data.", show_default="none")
    ] = None,
) -> None:
    """Examine settings and accounts: what works, what has failed, what is only assumed."""
    from rich.console import Console

    from gateway.connect import Exit, Visit, Wish, ask_on
    from gateway.connect.doctor import doctor as examine
    from gateway.connect.trying import UNAGREED
    from gateway.profile import AccountProfile
    from gateway.profiles import keep
    from schema.profile import LearntBy

    talk = Console(stderr=True) if as_json else console()
    if write and not yes and not sys.stdin.isatty():
        complain(UNAGREED)
        raise typer.Exit(Exit.DECLINED)
    with _in_one_sentence():
        settings = read_settings()
        if forget:
            _forget(settings, integration)
            return
        seen = {name: AccountProfile() for name in settings.connected()}
        wish = Wish(job, yes) if write else None
        visit = Visit(
            settings,
            partial(_connect_alone, settings, seen),
            account=integration,
            wish=wish,
            openapi=openapi,
            report=report,
        )
        code = examine(console(), talk, ask_on(talk), visit, as_json=as_json)
        for sentence in asyncio.run(keep(settings, seen, LearntBy.DOCTOR)):
            complaints().print(sentence, markup=False)
    raise typer.Exit(code)


def _forget(settings: Settings, integration: str | None) -> None:
    """Forget what was learnt about an account or all of them, and say what it was."""
    from gateway.profiles import forget

    for name, facts in asyncio.run(forget(settings, integration)).items():
        what = f"{', '.join(facts)} forgotten" if facts else "nothing was known"
        console().print(f"{name}: {what}.", markup=False, highlight=False, soft_wrap=True)


@command("sync --integration acme --full")
def sync(integration: Named = "default", full: Annotated[bool, typer.Option(help="Read everything.")] = False) -> None:
    """Bring the copies of an account's records up to date, and show how far it is."""
    with _in_one_sentence():
        done = asyncio.run(_sync(read_settings(), integration, full=full))
    raise typer.Exit(0 if done else FAILED)


@command("erase --integration acme")
def erase(
    integration: Named = "default", yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Erase all that is kept about an account: copies, changes, syncs, webhooks, actions, files, workflows."""
    from gateway.erasure import erase as erase_account

    if not yes:
        typer.confirm(f"Erase all that is kept about {integration}?", abort=True)
    with _in_one_sentence():
        settings = read_settings()
        erased = asyncio.run(erase_account(settings, settings.name_of(integration)))
    for table, rows in erased.items():
        console().print(f"{table}: {rows} erased")
    if not erased:
        console().print(f"Nothing was kept about {integration}.")


@command("replay https://example.com/hook --integration acme")
def replay(
    url: Annotated[str, typer.Argument(help="Address of the webhook.")],
    integration: Named = "default",
    after: Annotated[str | None, typer.Option(help="A cursor of `changes`.", show_default="the whole log")] = None,
) -> None:
    """Send the changes behind a cursor to a webhook once more."""
    with _in_one_sentence():
        settings = read_settings()
        name = settings.name_of(integration)
        asyncio.run(_with_storage(settings, lambda storage: storage.replay(name, url, after)))
    console().print("A running gateway delivers them now, this machine's or another one's.")


def _connect_alone(
    settings: Settings,
    seen: Mapping[IntegrationName, AccountProfile],
    name: IntegrationName,
    account: IntegrationSettings,
) -> Connector:
    """The connector of an account outside of a serving process; what it learns is in `seen`."""
    from gateway.ats import Surroundings

    surroundings = Surroundings(profile=seen[name], small_table_seconds=settings.small_table_seconds)
    return settings.ats_of(account).connect(name, account, surroundings)


async def _sync(settings: Settings, integration: str, *, full: bool) -> bool:
    from gateway.process import Process
    from gateway.sync.progress import sync_with_progress
    from schema.sync_status import SyncMode

    mode = SyncMode.FULL if full else SyncMode.DELTA
    process, name = Process(settings), settings.name_of(integration)
    storage = process.storage
    if storage is None or name not in process.connectors:
        raise SettingsError("Syncs need a database and an account of this name: see DATABASE_URL and [integrations].")
    await process.start()
    try:
        return await sync_with_progress(storage.syncs.of(name), mode, console(), asyncio.sleep)
    finally:
        await process.stop()


async def _with_storage(settings: Settings, work: Callable[[Storage], Awaitable[None]]) -> None:
    from gateway.process import Process

    process = Process(settings)
    if process.storage is None:
        raise SettingsError("Nothing is kept: DATABASE_URL is off.")
    await process.start()
    try:
        await work(process.storage)
    finally:
        await process.stop()
