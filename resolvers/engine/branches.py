"""A plan at work: frames of objects that are answered together, and the branches that lead to the next ones.

Branches are opened level by level from the root, each once its keys are answered. When nothing is left to open, the
frames are built from the leaves up: every object is made once, complete, however many others show it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch
from itertools import chain, islice
from operator import attrgetter
from typing import Any

from graphql.execution import Executor, get_argument_values
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments

from resolvers.connections import among, asked_of, limit_of
from resolvers.context import RequestContext
from resolvers.engine.answers import Answers, Question, Wanted
from resolvers.engine.failures import Failure
from resolvers.engine.selection import Asked, Follow, Inside, List, LookUp, Selection, Step
from resolvers.errors import AtsError
from resolvers.ports.source import Children, PageQuestion
from schema.connection import Connection, Window
from schema.model import MODELS
from schema.record import Tracked
from schema.relation import Kind

Shown = Callable[[Any], Any]
"""What a step shows of an object, given what the step is taken by: a key, keys, or the object."""


@dataclass(slots=True)
class Run:
    """One execution of a plan.

    Attributes:
        executor: The operation, with its variables.
        context: The request.
        answers: What the source has said.
        failed: Whether anything failed.
    """

    executor: Executor[Any]
    context: RequestContext
    answers: Answers
    failed: bool = False

    def arguments(self, asked: Asked) -> dict[str, Any]:
        """The arguments of a field, by their Python names."""
        executor = self.executor
        given = get_argument_values(
            asked.field, asked.nodes[0], executor.variable_values, hide_suggestions=executor.hide_suggestions
        )
        schema = executor.schema.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        registry = schema.schema_converter.scalar_registry
        return convert_arguments(given, asked.definition.arguments, registry, schema.config)

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
        self.branches = [branch(step, objects, run) for step in selection.steps] if objects else []

    def build(self) -> list[dict[str, Any]]:
        """The objects as clients see them, in order."""
        if not self._objects:
            return []
        shown = [branch.shown() for branch in self.branches]
        return self._selection.build(self._objects, self._run.context.ids.prefixes, *shown)


class Branch(ABC):
    """One step taken from all objects of a frame."""

    def wanted(self) -> Wanted:
        """What has to be known before it can be opened."""
        return {}

    async def fetch(self) -> None:  # noqa: B027  most have nothing to get
        """Get what is not asked by key."""

    @property
    def fetches(self) -> bool:
        """Whether it has something to get that is not asked by key, and has not yet."""
        return False

    @abstractmethod
    def open(self) -> Iterable["Branch"]:
        """Go on to the next frame: the branches that lead on from there."""

    @abstractmethod
    def shown(self) -> Shown:
        """What it shows of each object, once all is opened."""


@singledispatch
def branch(step: Step, objects: Sequence[Any], run: Run) -> Branch:
    """The branch for a step."""
    raise TypeError(type(step), objects, run)


@branch.register
def _(step: Follow, objects: Sequence[Any], run: Run) -> Branch:
    return FOLLOW[step.relation.kind](step, objects, run)


@branch.register
def _(step: Inside, objects: Sequence[Any], run: Run) -> Branch:
    return Within(step, objects, run)


@branch.register
def _(step: LookUp, _objects: Sequence[Any], run: Run) -> Branch:
    return Found(step, run)


@branch.register
def _(step: List, _objects: Sequence[Any], run: Run) -> Branch:
    return Listed(step, run)


class Within(Branch):
    """Objects inside the objects."""

    def __init__(self, step: Inside, objects: Sequence[Any], run: Run) -> None:
        held = map(attrgetter(step.attribute), objects)
        self._several = step.several
        self._inside = list(chain.from_iterable(held)) if step.several else list(held)
        self._attribute = step.attribute
        self._frame = Frame(step.selection, self._inside, run)

    def open(self) -> Iterable[Branch]:
        """Nothing has to be asked."""
        return self._frame.branches

    def shown(self) -> Shown:
        """The next ones each time: the builder goes through the objects in the same order."""
        built = iter(self._frame.build())
        if self._several:
            return lambda it: list(islice(built, len(getattr(it, self._attribute))))
        return lambda _: next(built)


class ByKey(Branch):
    """Records by their keys, whoever holds these."""

    def __init__(self, model: str, asked: Asked, selection: Selection, keys: Iterable[str | None], run: Run) -> None:
        self._question = Question(model)
        self._keys = [key for key in dict.fromkeys(keys) if key is not None]
        self._asked = asked
        self._selection = selection
        self._run = run

    def wanted(self) -> Wanted:
        """The records."""
        return {self._question: self._keys}

    def open(self) -> Iterable[Branch]:
        """Those that are there."""
        known = self._run.answers.to(self._question)
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

    def __init__(self, step: Follow, objects: Sequence[Any], run: Run) -> None:
        keys = map(attrgetter(step.relation.key), objects)
        super().__init__(step.relation.to, step.asked, step.selection, keys, run)


class Each(ByKey):
    """The records whose keys the object holds."""

    def __init__(self, step: Follow, objects: Sequence[Any], run: Run) -> None:
        lists = map(attrgetter(step.relation.key), objects)
        keys = chain.from_iterable(held for held in lists if held is not None)
        super().__init__(step.relation.to, step.asked, step.selection, keys, run)

    def shown(self) -> Shown:
        """By keys; one that failed takes the others with it."""
        by_key = super().shown()

        def of(keys: Sequence[str] | None) -> Any:
            if keys is None:
                return None
            records = [record for key in keys if (record := by_key(key)) is not None]
            return next((record for record in records if isinstance(record, Failure)), records)

        return of


class Found(ByKey):
    """One record, by the id in the arguments."""

    def __init__(self, step: LookUp, run: Run) -> None:
        self._failure: Failure | None = None
        self._key = ""
        keys = []
        try:
            self._key = run.context.ids.key(step.model.name, run.arguments(step.asked)["id"], "id")
            keys = [self._key]
        except AtsError as error:
            self._failure = run.failure(error, step.asked)
        super().__init__(step.model.name, step.asked, step.selection, keys, run)

    def shown(self) -> Shown:
        """The record."""
        by_key = super().shown()
        return lambda _: self._failure or by_key(self._key)


class Many(Branch):
    """The records that hold the object's key."""

    def __init__(self, step: Follow, objects: Sequence[Any], run: Run) -> None:
        self._question = Question(step.relation.to, step.relation.key)
        self._keys = list(dict.fromkeys(parent.key for parent in objects))
        self._step = step
        self._run = run

    def wanted(self) -> Wanted:
        """The records, by parent."""
        return {self._question: self._keys}

    def open(self) -> Iterable[Branch]:
        """All of them, one parent's after the other's."""
        known = self._run.answers.to(self._question)
        answers = [(key, known[key]) for key in self._keys]
        self._failed = {key: self._run.failure(it, self._step.asked) for key, it in answers if isinstance(it, AtsError)}
        self._lists = {
            key: it.records if isinstance(it, Children) else () for key, it in answers if key not in self._failed
        }
        self._frame = Frame(self._step.selection, list(chain.from_iterable(self._lists.values())), self._run)
        return self._frame.branches

    def shown(self) -> Shown:
        """By the parent's key."""
        built = iter(self._frame.build())
        shown: dict[str, Any] = {key: list(islice(built, len(records))) for key, records in self._lists.items()}
        return {**shown, **self._failed}.__getitem__


class Paged(Branch):
    """A page of the records that hold the object's key."""

    def __init__(self, step: Follow, objects: Sequence[Any], run: Run) -> None:
        self._step = step
        self._run = run
        self._pages: dict[str, PageQuestion] = {}
        self._failed: dict[str, Failure] = {}
        keys = list(dict.fromkeys(parent.key for parent in objects))
        window = Window(**run.arguments(step.asked))
        try:
            run.context.check_window(MODELS[step.relation.to], window)
        except AtsError as error:
            self._failed = dict.fromkeys(keys, run.failure(error, step.asked))
            return
        self._ask(keys, window)

    def _ask(self, keys: Sequence[str], window: Window) -> None:
        """The same question for all, unless a cursor says whose it is."""
        ids, relation = self._run.context.ids, self._step.relation
        same = window.after is None and window.before is None
        groups = [keys] if same else [[key] for key in keys]
        for group in groups:
            try:
                self._pages.update(dict.fromkeys(group, asked_of(ids, relation, group[0], window)))
            except AtsError as error:
                self._failed.update(dict.fromkeys(group, self._run.failure(error, self._step.asked)))

    def _question(self, page: PageQuestion) -> Question:
        return Question(self._step.relation.to, self._step.relation.key, limit_of(page))

    def wanted(self) -> Wanted:
        """The records, by parent; a position says how many are needed."""
        wanted: dict[Question, list[str]] = {}
        for key, page in self._pages.items():
            wanted.setdefault(self._question(page), []).append(key)
        return wanted

    def open(self) -> Iterable[Branch]:
        """The page of each parent."""
        self._connections = dict(self._answered())
        self._frame = Frame(self._step.selection, list(self._connections.values()), self._run)
        return self._frame.branches

    def _answered(self) -> Iterator[tuple[str, Connection[Tracked]]]:
        ids, relation = self._run.context.ids, self._step.relation
        for key, page in self._pages.items():
            answer = self._run.answers.to(self._question(page))[key]
            if isinstance(answer, AtsError):
                self._failed[key] = self._run.failure(answer, self._step.asked)
            else:
                yield key, among(ids, relation, key, page, answer or Children(()))

    def shown(self) -> Shown:
        """By the parent's key."""
        return {**dict(zip(self._connections, self._frame.build(), strict=True)), **self._failed}.__getitem__


class Listed(Branch):
    """A page of all records of a model."""

    def __init__(self, step: List, run: Run) -> None:
        self._step = step
        self._run = run
        self._answer: Connection[Tracked] | Failure | None = None

    @property
    def fetches(self) -> bool:
        """Once."""
        return self._answer is None

    async def fetch(self) -> None:
        """The page."""
        step, run = self._step, self._run
        try:
            window = Window(**run.arguments(step.asked))
            self._answer = await run.context.page(step.model, window, counted=step.counted)
            run.answers.keep(step.model.name, self._answer.nodes)
        except AtsError as error:
            self._answer = run.failure(error, step.asked)

    def open(self) -> Iterable[Branch]:
        """The page, if it is there."""
        there = [self._answer] if isinstance(self._answer, Connection) else []
        self._frame = Frame(self._step.selection, there, self._run)
        return self._frame.branches

    def shown(self) -> Shown:
        """The page."""
        built = self._frame.build()
        return lambda _: built[0] if built else self._answer


FOLLOW: dict[Kind, Callable[[Follow, Sequence[Any], Run], Branch]] = {
    Kind.ONE: One,
    Kind.EACH: Each,
    Kind.MANY: Many,
    Kind.CONNECTION: Paged,
}
"""Kind of relation -> the branch that follows it."""
