"""A plan at work: frames of objects that are answered together, and the branches that lead to the next ones.

Branches are opened from the root, each as soon as its own keys are answered. When nothing is left to open, the frames
are built from the leaves up: every object is made once, complete, however many others show it.
"""

import asyncio
from abc import ABC, abstractmethod
from asyncio import Future
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from graphql.execution import Executor, get_argument_values

from resolvers.answers import PAGE, Answers, Question
from resolvers.connections import among, asked_of, limit_of, page_of
from resolvers.context import RequestContext
from resolvers.engine.failures import Failure
from resolvers.engine.lookups import MISSING_CANDIDATE, check_number, children, page_question
from resolvers.engine.selection import Asked, Selection, Step, Unplanned
from resolvers.errors import AtsError
from resolvers.ports.source import PageQuestion
from schema.connection import Connection, Window
from schema.record import Tracked
from schema.strawberry_bridge import arguments_of

Shown = Callable[[Any], Any]
"""What a step shows of an object, given what the step is taken by: a key, keys, or the object."""

Wanted = Mapping[Question, Sequence[str]]
"""Question -> the keys it is about."""


@dataclass(slots=True)
class Run:
    """One execution of the plan of a root field.

    Attributes:
        executor: The operation, with its variables.
        context: The request.
        failed: Whether anything failed.
    """

    executor: Executor[Any]
    context: RequestContext
    failed: bool = False

    def arguments(self, asked: Asked) -> dict[str, Any]:
        """The arguments of a field, by their Python names."""
        executor = self.executor
        given = get_argument_values(
            asked.field, asked.nodes[0], executor.variable_values, hide_suggestions=executor.hide_suggestions
        )
        return arguments_of(executor.schema, asked.definition, given)

    def failure(self, error: AtsError, asked: Asked) -> Failure:
        """What stands in place of a field that failed."""
        self.failed = True
        return Failure(error, asked.nodes)


class Frame:
    """Objects of one type of which the same is asked.

    Attributes:
        branches: Where its steps lead.
    """

    def __init__(self, selection: Selection, objects: Sequence[Any], run: Run) -> None:
        self._selection = selection
        self._objects = objects
        self._run = run
        self.branches: list[Branch] = [step.branch(step, objects, run) for step in selection.steps] if objects else []

    def build(self) -> list[dict[str, Any]]:
        """The objects as clients see them, in order."""
        if not self._objects:
            return []
        shown = [branch.shown() for branch in self.branches]
        return self._selection.build(self._objects, self._run.context.ids.prefixes, *shown)


async def grow(branches: Iterable["Branch"], answers: Answers) -> None:
    """Open branches and all they lead to, each as soon as its own keys are answered.

    Raises:
        Exception: something else than an `AtsError` went wrong while its keys were asked about.
    """
    ready = deque(branches)
    waiting: list[tuple[Branch, set[Future[None]]]] = []
    while True:
        while ready:
            branch = ready.popleft()
            asked = {each for question, keys in branch.wanted.items() for each in answers.ask(question, keys)}
            if asked:
                waiting.append((branch, asked))
            else:
                ready.extend(branch.open())
        if not waiting:
            return
        await asyncio.wait(set().union(*(asked for _, asked in waiting)), return_when=asyncio.FIRST_COMPLETED)
        ready.extend(branch for branch, asked in waiting if _answered(asked))
        waiting = [(branch, asked) for branch, asked in waiting if branch not in ready]


def _answered(asked: Collection[Future[None]]) -> bool:
    """Whether all of these are done.

    Raises:
        Exception: one of them went wrong.
    """
    done = [each for each in asked if each.done()]
    for each in done:
        each.result()
    return len(done) == len(asked)


class Branch(ABC):
    """One step taken from all objects of a frame.

    Attributes:
        wanted: What has to be known before it can be opened.
    """

    wanted: Wanted = MappingProxyType({})

    @abstractmethod
    def open(self) -> Sequence["Branch"]:
        """Go on to the next frame: the branches that lead on from there."""

    @abstractmethod
    def shown(self) -> Shown:
        """What it shows of each object, once all is opened."""


class Within(Branch):
    """Objects inside the objects."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        held = map(attrgetter(step.about), objects)
        self._several = step.several
        self._inside = list(chain.from_iterable(held)) if step.several else list(held)
        self._attribute = step.about
        self._frame = Frame(step.selection, self._inside, run)

    def open(self) -> Sequence[Branch]:
        """Nothing has to be asked."""
        return self._frame.branches

    def shown(self) -> Shown:
        """The next ones each time: the builder goes through the objects in the same order."""
        built = iter(self._frame.build())
        if self._several:
            return lambda it: list(islice(built, len(getattr(it, self._attribute))))
        return lambda _: next(built)


class ByKey(Branch):
    """Records of one model by their keys."""

    def __init__(self, model: str, asked: Asked, selection: Selection, keys: Iterable[str | None], run: Run) -> None:
        self._question = Question(model)
        self._keys = [key for key in dict.fromkeys(keys) if key is not None]
        self.wanted = {self._question: self._keys}
        self._asked = asked
        self._selection = selection
        self._run = run

    def open(self) -> Sequence[Branch]:
        """Open a frame over the records found; missing and failed keys are left out."""
        known = self._run.context.answers.to(self._question)
        answers = [(key, known[key]) for key in self._keys]
        self._failed = {key: self._run.failure(it, self._asked) for key, it in answers if isinstance(it, AtsError)}
        self._there = {key: it for key, it in answers if isinstance(it, Tracked)}
        self._frame = Frame(self._selection, list(self._there.values()), self._run)
        return self._frame.branches

    def shown(self) -> Shown:
        """By key."""
        return {**dict(zip(self._there, self._frame.build(), strict=True)), **self._failed}.get


class One(ByKey):
    """The record whose key the object holds."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        keys = map(attrgetter(step.about.key), objects)
        super().__init__(step.about.to, step.asked, step.selection, keys, run)


class Each(ByKey):
    """The records whose keys the object holds."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        lists = map(attrgetter(step.about.key), objects)
        keys = chain.from_iterable(held for held in lists if held is not None)
        super().__init__(step.about.to, step.asked, step.selection, keys, run)

    def shown(self) -> Shown:
        """By keys; one that failed takes the others with it."""
        by_key = super().shown()

        def of(keys: Sequence[str] | None) -> Any:
            if keys is None:
                return None
            records = [record for key in keys if (record := by_key(key)) is not None]
            return next((record for record in records if isinstance(record, Failure)), records)

        return of


class LookedUp(ByKey):
    """One record of a model, by the id in the arguments."""

    def __init__(self, step: Step, _: Sequence[Any], run: Run) -> None:
        self._key, self._failure = _key(
            step, run, lambda given: run.context.ids.key(step.about.name, given["id"], "id")
        )
        super().__init__(step.about.name, step.asked, step.selection, [self._key], run)

    def shown(self) -> Shown:
        """The record."""
        by_key = super().shown()
        return lambda _: self._failure or by_key(self._key)


class Nodes(Branch):
    """Records of any models, by the ids in the arguments."""

    def __init__(self, step: Step, _: Sequence[Any], run: Run) -> None:
        global_ids = run.arguments(step.asked)["ids"]
        try:
            check_number(global_ids)
        except AtsError as error:
            raise Unplanned("too many ids, and it cannot be null") from error
        self._look_up(step, global_ids, "ids", run)

    def _look_up(self, step: Step, global_ids: Sequence[str], argument: str, run: Run) -> None:
        self._places: list[tuple[str, str] | Failure] = []
        for global_id in global_ids:
            try:
                self._places.append(run.context.ids.decode(global_id, argument))
            except AtsError as error:
                self._places.append(run.failure(error, step.asked))
        keys: dict[str, list[str]] = {}
        for model, key in (place for place in self._places if not isinstance(place, Failure)):
            keys.setdefault(model, []).append(key)
        self._branches = {model: ByKey(model, step.asked, step.by_model[model], of, run) for model, of in keys.items()}
        self.wanted = {question: of for branch in self._branches.values() for question, of in branch.wanted.items()}

    def open(self) -> Sequence[Branch]:
        """Open a frame for each model."""
        return [further for branch in self._branches.values() for further in branch.open()]

    def shown(self) -> Shown:
        """The records, in order."""
        by_key = {model: branch.shown() for model, branch in self._branches.items()}
        shown = [place if isinstance(place, Failure) else by_key[place[0]](place[1]) for place in self._places]
        return lambda _: shown


class Node(Nodes):
    """One record of any model, by the id in the arguments."""

    def __init__(self, step: Step, _: Sequence[Any], run: Run) -> None:
        self._look_up(step, [run.arguments(step.asked)["id"]], "id", run)

    def shown(self) -> Shown:
        """The record."""
        shown = super().shown()
        return lambda it: shown(it)[0]


class Many(Branch):
    """The objects that hold the record's key."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        self._question = Question(step.about.to, step.about.key)
        self._keys = list(dict.fromkeys(parent.key for parent in objects))
        self.wanted = {self._question: self._keys}
        self._step = step
        self._run = run

    def open(self) -> Sequence[Branch]:
        """Open a frame over all of them, one parent's after the other's."""
        known = self._run.context.answers.to(self._question)
        answers = [(key, known[key]) for key in self._keys]
        self._failed = {key: self._run.failure(it, self._step.asked) for key, it in answers if isinstance(it, AtsError)}
        self._lists = {key: children(it).records for key, it in answers if key not in self._failed}
        self._frame = Frame(self._step.selection, list(chain.from_iterable(self._lists.values())), self._run)
        return self._frame.branches

    def shown(self) -> Shown:
        """By the parent's key."""
        built = iter(self._frame.build())
        shown: dict[str, Any] = {key: list(islice(built, len(records))) for key, records in self._lists.items()}
        return {**shown, **self._failed}.__getitem__


class Attachments(Branch):
    """The files of one candidate, by the candidate's id in the arguments."""

    def __init__(self, step: Step, _: Sequence[Any], run: Run) -> None:
        self._step = step
        self._run = run
        self._question = Question("Attachment", "candidate_key")
        ids = run.context.ids
        self._key, self._failure = _key(step, run, lambda it: ids.key("Candidate", it["candidate_id"], "candidateId"))
        if self._key is not None:
            self.wanted = {self._question: [self._key]}

    def open(self) -> Sequence[Branch]:
        """Open a frame over the files."""
        self._frame = Frame(self._step.selection, self._files(), self._run)
        return self._frame.branches

    def _files(self) -> Sequence[Any]:
        if self._key is None:
            return ()
        answer = self._run.context.answers.to(self._question)[self._key]
        if answer is None or isinstance(answer, AtsError):
            self._failure = self._run.failure(answer or MISSING_CANDIDATE, self._step.asked)
            return ()
        return answer.records  # type: ignore[no-any-return]  # `Children` of files

    def shown(self) -> Shown:
        """The files."""
        shown = self._failure or self._frame.build()
        return lambda _: shown


class Paged(Branch):
    """A page of the records that hold the object's key."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        self._step = step
        self._run = run
        self._pages: dict[str, tuple[PageQuestion, Question]] = {}
        self._failed: dict[str, Failure] = {}
        self.wanted: dict[Question, list[str]] = {}
        keys = list(dict.fromkeys(parent.key for parent in objects))
        self._ask(keys, Window(**run.arguments(step.asked)))

    def _ask(self, keys: Sequence[str], window: Window) -> None:
        """The same question for all, unless a cursor says whose it is."""
        context, relation = self._run.context, self._step.about
        sees = context.sees_personal_data
        same = window.after is None and window.before is None
        groups = [keys] if same else [[key] for key in keys]
        for group in groups:
            try:
                asked = asked_of(context.ids, relation, group[0], window, sees_personal=sees)
            except AtsError as error:
                self._failed.update(dict.fromkeys(group, self._run.failure(error, self._step.asked)))
            else:
                question = Question(relation.to, relation.key, limit_of(asked))
                self._pages.update(dict.fromkeys(group, (asked, question)))
                self.wanted.setdefault(question, []).extend(group)

    def open(self) -> Sequence[Branch]:
        """Open a frame over the page of each parent."""
        self._connections = dict(self._answered())
        self._frame = Frame(self._step.selection, list(self._connections.values()), self._run)
        return self._frame.branches

    def _answered(self) -> Iterator[tuple[str, Connection[Tracked]]]:
        ids, relation = self._run.context.ids, self._step.about
        for key, (page, question) in self._pages.items():
            answer = self._run.context.answers.to(question)[key]
            if isinstance(answer, AtsError):
                self._failed[key] = self._run.failure(answer, self._step.asked)
            else:
                yield key, among(ids, relation, key, page, children(answer))

    def shown(self) -> Shown:
        """By the parent's key."""
        return {**dict(zip(self._connections, self._frame.build(), strict=True)), **self._failed}.__getitem__


class Listed(Branch):
    """A page of all records of a model."""

    def __init__(self, step: Step, _: Sequence[Any], run: Run) -> None:
        self._step = step
        self._run = run
        self._failure: Failure | None = None
        try:
            window = Window(**run.arguments(step.asked))
            self._asked = page_question(run.context, step.about, window, counted=step.counted)
            self._question = Question(step.about.name, page=self._asked)
            self.wanted = {self._question: [PAGE]}
        except AtsError as error:
            self._failure = run.failure(error, step.asked)

    def open(self) -> Sequence[Branch]:
        """Open a frame over the page, if it is there."""
        self._frame = Frame(self._step.selection, list(self._connections()), self._run)
        return self._frame.branches

    def _connections(self) -> Iterator[Connection[Tracked]]:
        if self._failure is None:
            answer = self._run.context.answers.to(self._question)[PAGE]
            if isinstance(answer, AtsError):
                self._failure = self._run.failure(answer, self._step.asked)
            else:
                yield page_of(self._run.context.ids, self._step.about, self._asked, answer)

    def shown(self) -> Shown:
        """The page."""
        built = self._frame.build()
        return lambda _: built[0] if built else self._failure


def _key(step: Step, run: Run, read: Callable[[dict[str, Any]], str]) -> tuple[str | None, Failure | None]:
    """The key in the arguments of a look-up, or why there is none."""
    try:
        return read(run.arguments(step.asked)), None
    except AtsError as error:
        return None, run.failure(error, step.asked)
