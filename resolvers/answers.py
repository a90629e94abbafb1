"""The questions and answers of one request: each key is asked about at most once, and questions are batched.

Plans and the loaders of the leaf both ask here. What is asked within a few turns of the event
loop goes out together, one batch for each question; deadline and error texts are applied in this one place.
"""

import asyncio
from asyncio import Future
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from resolvers.errors import AtsError, Forbidden, UpstreamUnavailable
from resolvers.loaders import Loader
from resolvers.ports.files import Files
from resolvers.ports.source import Children, Following, Page, PageQuestion, Source
from schema.account import AccountStatus
from schema.record import Tracked

T = TypeVar("T")

TURNS = 2
"""Turns of the event loop for which questions are collected."""

TURNS_WITH_LOADERS = 6
"""The same where loaders ask as well: a loader needs three turns before it does."""

CANCELLED = "The request was cancelled."
LATE = "The ATS did not answer before the operation's deadline."

PAGE = ""
"""The one key of a question about a page."""

DEFINITIONS = "CustomField"
"""The type whose definitions are asked for by the name of their model."""

STATUS = "Account"
"""The type of which only the status is asked, under the name of the account."""

FILES = "Attachment"
"""The type whose objects the port of files holds; all others come from the source."""


Status = Callable[[], Awaitable[AccountStatus]]
"""Finds out whether an account answers."""


class Question(NamedTuple):
    """A question about keys.

    Attributes:
        model: Name of the type the answers are of.
        attribute: The attribute that holds the key; null for the record's own key.
        limit: How many records are wanted for each key at least; null for all.
        page: The page of the model that is wanted; its only key is `PAGE`.
    """

    model: str
    attribute: str | None = None
    limit: int | None = None
    page: PageQuestion | None = None


@dataclass(slots=True, eq=False)
class Batch:
    """Keys of one question that go out together.

    Attributes:
        question: The question.
        keys: The keys, in order.
        following: What will be asked about the children that are found.
        answered: Done once the answers are kept; an exception that is no `AtsError` is raised by its result.
    """

    question: Question
    keys: dict[str, None]
    answered: "Future[None]"
    following: dict[Following, None] = field(default_factory=dict)


class Answers:
    """What one request has asked and been answered.

    Args:
        source: Who answers about records.
        deadline: When a batch fails with `UpstreamUnavailable`, on the running loop's clock; null to wait.
        files: Gives who answers about files; null where the gateway keeps no database.

    Attributes:
        count: Gets the model and the number of keys of each batch that goes to the source; null to count none.
        status: Finds out whether the account answers; null to take it for granted.
        known: For each question and key that was answered: a record, `Children` or `Page`, an `AtsError`, or null
            when there is none.
    """

    count: Callable[[str, int], None] | None = None
    status: Status | None = None

    def __init__(self, source: Source, deadline: float | None = None, files: Callable[[], Files] | None = None) -> None:
        self._source = source
        self._deadline = deadline
        self._files = files
        self.known: defaultdict[Question, dict[str, Any]] = defaultdict(dict)
        self._listed: defaultdict[Question, list[Iterable[Tracked]]] = defaultdict(list)
        self._asked: defaultdict[Question, list[Batch]] = defaultdict(list)
        self._collected: dict[Question, Batch] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._late = False
        self._loaders: dict[Question, Loader[Any]] = {}

    def ask(self, question: Question, keys: Iterable[str], following: Iterable[Following] = ()) -> set["Future[None]"]:
        """Ask about the keys that are not known; what has to be done before all are.

        Of their children it will be asked what is `following`.
        """
        known = self.known[question]
        for record in chain.from_iterable(self._listed.pop(question, ())):
            known.setdefault(record.key, record)
        missing = {key: None for key in keys if key not in known} if known else dict.fromkeys(keys)
        waiting = set()
        for batch in self._asked[question] if missing else ():
            if not missing.keys().isdisjoint(batch.keys):
                waiting.add(batch.answered)
                missing = dict.fromkeys(key for key in missing if key not in batch.keys)
        if missing:
            batch = self._batch(question)
            batch.keys.update(missing)
            batch.following.update(dict.fromkeys(following))
            waiting.add(batch.answered)
        return waiting

    async def get(self, question: Question, keys: Collection[str]) -> dict[str, Any]:
        """The answers to a question, once they include these keys.

        Raises:
            Exception: something else than an `AtsError` went wrong while these keys were asked about.
        """
        if waiting := self.ask(question, keys):
            await asyncio.wait(waiting)
            for answered in waiting:
                answered.result()
        return self.known[question]

    def keep(self, model: str, records: Iterable[Tracked]) -> None:
        """Let records that came in a list answer later look-ups by key."""
        self._listed[Question(model)].append(records)

    def loader(self, question: Question) -> Loader[Any]:
        """The loader over this question, for resolvers that ask key by key."""
        if question not in self._loaders:
            self._loaders[question] = Loader(partial(self.get, question))
        return self._loaders[question]

    def stop(self) -> None:
        """Cancel the batches still under way; those that have not gone out fail without being asked."""
        if self._timer:
            self._timer.cancel()
        for task in tuple(self._running):
            task.cancel()
        collected, self._collected = self._collected, {}
        for batch in collected.values():
            self._fail(batch.question, list(batch.keys), UpstreamUnavailable(CANCELLED))
            self._asked[batch.question].remove(batch)
            if not batch.answered.done():  # as it is where the one that waited for it alone was cancelled
                batch.answered.set_result(None)

    def _batch(self, question: Question) -> Batch:
        """The batch that collects keys for a question; the first of all sets the time at which they go out."""
        if question not in self._collected:
            loop = asyncio.get_running_loop()
            if not self._collected:
                loop.call_soon(self._count_turns, loop, 1)
            batch = self._collected[question] = Batch(question, {}, loop.create_future())
            self._asked[question].append(batch)
        return self._collected[question]

    def _count_turns(self, loop: asyncio.AbstractEventLoop, turn: int) -> None:
        if turn < (TURNS_WITH_LOADERS if self._loaders else TURNS):
            loop.call_soon(self._count_turns, loop, turn + 1)
            return
        if self._deadline is not None and self._timer is None:
            # What goes out in the turn in which the time is over has to begin before it can end.
            self._timer = loop.call_at(self._deadline, loop.call_soon, self._expire)
        collected, self._collected = self._collected, {}
        for batch in collected.values():
            for work in (*self._ahead(batch), self._put(batch)):
                task = loop.create_task(work)
                self._running.add(task)
                task.add_done_callback(self._running.discard)

    def _expire(self) -> None:
        """The deadline is over: what is under way fails, and so does what is asked from now on."""
        self._late = True
        for task in tuple(self._running):
            task.cancel()

    def _ahead(self, batch: Batch) -> Iterator[Coroutine[Any, Any, None]]:
        """The reading of what will be asked about the answers to a batch."""
        model, attribute, *_ = batch.question
        if attribute is not None:
            for following in batch.following:
                yield self._source.read_ahead(model, attribute, list(batch.keys), following)

    async def _put(self, batch: Batch) -> None:
        """Put a question to the source or the files, and keep the answers; a failure is the answer for each key."""
        question, keys, answered = batch.question, list(batch.keys), batch.answered
        try:
            if self._late:
                raise TimeoutError  # noqa: TRY301  as where it is late while it is under way
            self._note(question, keys, await self._answer(question, keys))
        except TimeoutError:
            self._fail(question, keys, UpstreamUnavailable(LATE))
        except AtsError as error:
            self._fail(question, keys, error)
        except asyncio.CancelledError:
            self._fail(question, keys, UpstreamUnavailable(LATE if self._late else CANCELLED))
        except Exception as error:  # noqa: BLE001  the waiting plans and loaders raise it; the question may be put again
            answered.set_exception(error)
            answered.exception()  # marks it as seen: there may be no waiter left
        self._asked[question].remove(batch)
        if not answered.done():
            answered.set_result(None)

    async def _answer(self, question: Question, keys: list[str]) -> Mapping[str, Any]:
        model, attribute, limit, page = question
        if model == FILES:
            return await self._attachments(keys)
        if model == STATUS:
            return dict.fromkeys(keys, await self.status() if self.status else AccountStatus.OK)
        if page is not None:
            return {PAGE: await (self._source.page(model, page) if page.size else self._empty_page(model, page))}
        if model == DEFINITIONS:
            return {key: await self._source.custom_fields(key) for key in keys}
        if self.count:
            self.count(model, len(keys))
        if attribute is None:
            return await self._source.by_ids(model, keys)
        return await self._source.by_parents(model, attribute, keys, limit)

    async def _empty_page(self, model: str, question: PageQuestion) -> Page:
        """The page of no records at a place, from the page of one record there."""
        page = await self._source.page(model, replace(question, size=1))
        self.keep(model, page.records)
        found = bool(page.records)
        if question.backward:
            return Page([], [], has_next=page.has_next, has_previous=found or page.has_previous, total=page.total)
        return Page([], [], has_next=found or page.has_next, has_previous=page.has_previous, total=page.total)

    async def _attachments(self, keys: list[str]) -> Mapping[str, Any]:
        if self._files is None:
            raise Forbidden("Reading files needs a database: DATABASE_URL is off.")
        found = await self._files().attachments(keys)
        return {key: it if isinstance(it, AtsError) else Children(it) for key, it in found.items()}  # type: ignore[arg-type]  # attachments are no records, but belong to parents as these do

    def _note(self, question: Question, keys: list[str], found: Mapping[str, Any]) -> None:
        # What is asked about a key by name comes before what a list happened to bring of it.
        self.known[question].update(zip(keys, map(found.get, keys), strict=True))
        if question.model != FILES and (question.attribute or question.page):
            lists = [it.records for it in found.values() if isinstance(it, (Children, Page))]
            self.keep(question.model, chain.from_iterable(lists))

    def _fail(self, question: Question, keys: list[str], error: AtsError) -> None:
        self.known[question].update(dict.fromkeys(keys, error))
