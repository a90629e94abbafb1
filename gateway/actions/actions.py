"""What the resolvers call: the actions of one integration for one caller, over what all of a process share."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from gateway.actions import filing
from gateway.actions.carrying import Carrier
from gateway.actions.engine import Engine, Job
from gateway.actions.fetching import Fetcher
from gateway.actions.ledger import Claim, KeyReused, Ledger, fingerprint
from gateway.actions.links import Links, SignedFiles
from gateway.actions.passing import READ_ONLY, Allowance, pass_through
from gateway.actions.problems import as_error, as_warning, blanked, error, read_warnings
from gateway.actions.problems import to_json as problems_to_json
from gateway.actions.results import result, stored_result
from gateway.actions.secret import shared_secret
from gateway.actions.specifications import SPECIFICATIONS
from gateway.actions.spool import Spool
from gateway.actions.validation import validate
from gateway.actions.workflows import Ended, Execution
from gateway.clock import Clock, Sleep, now
from gateway.database.engine import Database
from gateway.durable.workflows import Workflows
from resolvers.errors import AtsError
from resolvers.ports.actions import Asked, Result, Trail
from resolvers.ports.files import Files
from resolvers.ports.source import Source
from resolvers.ports.writing import Plan, Writer
from schema.actions.action import Action, ActionFilter, ActionName, ActionOutcome
from schema.actions.passthrough import PassthroughInput, PassthroughPayload
from schema.actions.problem import UserError, UserErrorCode

FILE_LIMIT = 10 * 1024 * 1024
"""Largest file in bytes, unless a setting says otherwise."""

SECOND_LOOK_SECONDS = 5.0
"""How long a refused input is looked at further, to report what the ATS knows to be wrong with it as well."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One integration, as far as actions need it.

    Attributes:
        writer: Gives its writing side, which is large: it is loaded when it is asked for.
        files: Files of its candidates.
        source: Makes a source that reads live, to return what was written.
        allowed: Which requests may be passed through; see `passing.Allowance`.
    """

    writer: Callable[[], Writer]
    files: Files
    source: Callable[[], Source]
    allowed: Allowance = READ_ONLY


class Actions:
    """The actions of one process.

    Args:
        database: For the audit trail and unfinished files.
        workflows: What actions run on; they are started and stopped by whoever made them.
        connections: The integrations by name, such as `crelate:default`.
        fetcher: Fetches files that are given by address.
        file_limit: Largest file in bytes.
        clock, sleep: Where time comes from.
    """

    def __init__(
        self,
        database: Database,
        workflows: Workflows,
        connections: Mapping[str, Connection],
        *,
        fetcher: Fetcher | None = None,
        file_limit: int = FILE_LIMIT,
        clock: Clock = now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._database = database
        self.connections = connections
        self.fetcher = fetcher or Fetcher()
        self.ledger = Ledger(database, clock)
        self.spool = Spool(database, clock, file_limit)
        self.engine = Engine(workflows, self.ledger, self.spool, self)
        self.sleep = sleep
        self._links: Links | None = None

    async def start(self) -> None:
        """Read, or make, the key that addresses of files are signed with."""
        self._links = Links(await shared_secret(self._database), self.ledger.clock)

    @property
    def links(self) -> Links:
        """Signed addresses of files."""
        assert self._links is not None  # noqa: S101  set by `start`
        return self._links

    def writer_of(self, integration: str) -> Writer | None:
        """The writing side of an integration, for the route of files; null when it is not connected."""
        connection = self.connections.get(integration)
        return None if connection is None else connection.writer()

    def of(
        self, integration: str, token_name: str | None = None, base_url: Callable[[], str] = lambda: ""
    ) -> "IntegrationActions":
        """The actions of one integration.

        Args:
            integration: Its name.
            token_name: Name of the caller's access token, for the audit trail.
            base_url: Works out the address of this gateway as the caller knows it; only asked for addresses of files.
        """
        return IntegrationActions(self, integration, token_name, base_url)

    def execution(
        self, action_id: str, job: Job, run: Callable[..., Awaitable[Any]], *, patient: bool = True
    ) -> Execution:
        """An action, ready to be carried out; see `engine.Conductor`."""
        writer = self.connections[job["integration"]].writer()
        carrier = Carrier(action_id, writer, self.ledger, self.spool, self.sleep, patient)
        return Execution(run, carrier, job["document"], filing.read_files(job["files"]), read_warnings(job["noted"]))


@dataclass(frozen=True, slots=True)
class IntegrationActions:
    """The actions of one integration for one caller; see `resolvers.ports.actions.Actions`."""

    shared: Actions
    integration: str
    token_name: str | None
    base_url: Callable[[], str]

    async def perform(self, asked: Asked, deadline: float | None) -> Result:
        """Carry out an action, or say what is wrong with it."""
        rules, limit = SPECIFICATIONS[asked.name].rules, self.shared.spool.limit
        errors = [*asked.user_errors, *validate(rules, asked.document, asked.idempotency_key, limit)]
        if errors:
            return Result(ActionOutcome.FAILED, user_errors=[*errors, *await self._second_look(asked, errors)])
        return await (self._plan(asked) if asked.dry_run else self._carry_out(asked, deadline))

    async def action(self, action_id: str) -> Action | None:
        """One row of the audit trail."""
        return await self.shared.ledger.action(self.integration, action_id)

    async def trail(self, size: int, position: str | None, filter: ActionFilter | None) -> Trail:
        """One page of the audit trail."""
        return await self.shared.ledger.trail(self.integration, size, position, filter)

    @property
    def files(self) -> Files:
        """The files of candidates, with addresses under which this gateway hands them out."""
        return SignedFiles(self._connection.files, self.shared.links, self.integration, self.base_url)

    async def pass_through(self, request: PassthroughInput) -> PassthroughPayload:
        """Send a request to the ATS, and enter it in the audit trail whatever comes of it."""
        shared, connection = self.shared, self._connection
        return await pass_through(
            request,
            connection.writer(),
            connection.allowed,
            shared.ledger,
            Claim(self.integration, ActionName.PASSTHROUGH, self.token_name, uuid4().hex, ""),
            shared.fetcher,
            shared.spool.limit,
        )

    @property
    def _connection(self) -> Connection:
        return self.shared.connections[self.integration]

    def _direct(self, asked: Asked) -> Execution:
        """An execution that only looks, at once and once."""
        files, warnings = filing.planned_files(asked.document)
        job = {
            "integration": self.integration,
            "document": filing.without_bytes(asked.document),
            "files": filing.to_json(files),
            "noted": problems_to_json(warnings),
        }
        return self.shared.execution("", job, _at_once, patient=False)

    async def _second_look(self, asked: Asked, errors: Sequence[UserError]) -> list[UserError]:
        """What the ATS knows to be wrong beside these errors with an input that is refused anyway.

        Nothing if it is slow to say. What is wrong already is neither asked for nor reported again.
        """
        wrong = {tuple(each.field or ()) for each in errors}
        readable = replace(asked, document=blanked(asked.document, wrong))
        with suppress(AtsError, TimeoutError):
            async with asyncio.timeout(SECOND_LOOK_SECONDS):
                return [each for each in (await self._look(readable))[1] if tuple(each.field or ()) not in wrong]
        return []

    async def _look(self, asked: Asked) -> tuple[Plan | None, list[UserError]]:
        """The plan of an action, null where there is none, and why nothing can be written."""
        try:
            plan = await self._direct(asked).gather(asked.name, self.shared.ledger.clock())
        except Ended as ended:
            return None, ended.user_errors
        return plan, [as_error(refusal) for refusal in plan.refusals]

    async def _plan(self, asked: Asked) -> Result:
        """A dry run."""
        source = self._connection.source
        plan, errors = await self._look(asked)
        found = {} if plan is None else {"candidate_key": plan.candidate_key, "application_key": plan.application_key}
        if plan is None or errors:
            return await result(ActionOutcome.FAILED, found, asked.name, source, user_errors=errors)
        execution = self._direct(asked)
        calls = await execution.planned_calls(plan)
        warnings = [*execution.noted, *map(as_warning, plan.remarks)]
        return await result(ActionOutcome.DONE, found, asked.name, source, planned_calls=calls, warnings=warnings)

    async def _carry_out(self, asked: Asked, deadline: float | None) -> Result:
        idempotency_key = asked.idempotency_key or uuid4().hex
        claim = Claim(
            self.integration, asked.name, self.token_name, idempotency_key, fingerprint(asked.name, asked.document)
        )
        await self.shared.engine.get_ready()
        try:
            entry, replayed = await self.shared.ledger.claim(claim)
        except KeyReused:
            message = "This key was used before with another input."
            reused = error(UserErrorCode.IDEMPOTENCY_KEY_REUSED, message, "idempotency_key")
            return Result(ActionOutcome.FAILED, idempotency_key=idempotency_key, user_errors=[reused])
        if entry.outcome is ActionOutcome.PENDING:
            await self._begin(asked, entry.id, deadline)
            entry = await self.shared.engine.ended(entry.id, deadline) or entry
        return await stored_result(entry, asked.name, self._connection.source, idempotency_key, replayed=replayed)

    async def _begin(self, asked: Asked, action_id: str, deadline: float | None) -> None:
        """Start the workflow, unless it is known: then it runs, or will be taken up."""
        if await self.shared.engine.is_known(action_id):
            return
        planned, noted = filing.planned_files(asked.document)
        spool, fetcher = self.shared.spool, self.shared.fetcher
        try:
            files, doubts = await filing.take_in(planned, asked.document, action_id, spool, fetcher, deadline)
        except filing.Unusable as unusable:
            errors = [*unusable.user_errors, *await self._second_look(asked, unusable.user_errors)]
            failed = {"user_errors": problems_to_json(errors)}
            await self.shared.ledger.finish(action_id, ActionOutcome.FAILED, failed)
            await spool.empty(action_id)
            return
        job = {
            "name": asked.name.value,
            "integration": self.integration,
            "document": filing.without_bytes(asked.document),
            "files": filing.to_json(files),
            "noted": problems_to_json([*noted, *doubts]),
        }
        await self.shared.engine.begin(action_id, job)


async def _at_once(_: str, do: Callable[[], Awaitable[Any]]) -> Any:
    return await do()
