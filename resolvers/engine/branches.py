"""A plan at work: frames of objects that are answered together, and the branches that lead to the next ones.

Branches are opened from the root, each as soon as its own keys are answered. When nothing is left to open, the frames
are built from the leaves up: every object is made once, complete, however many others show it.
"""

import asyncio
from abc import ABC, abstractmethod
from asyncio import Future
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from operator import attrgetter
from types import MappingProxyType, NoneType
from typing import Any, TypeVar

from resolvers.answers import DEFINITIONS, FILES, PAGE, STATUS, Question
from resolvers.connections import among, asked_of, limit_of, page_of
from resolvers.context import RequestContext
from resolvers.custom_fields import chosen, custom_fields_of
from resolvers.engine.call import Call
from resolvers.engine.failures import Failure
from resolvers.engine.lookups import (
    MISSING_CANDIDATE,
    NO_CHILDREN,
    account_of,
    check_number,
    chosen_accounts,
    page_question,
)
from resolvers.engine.selection import Asked, Selection, Step, Unplanned
from resolvers.errors import AtsError
from resolvers.ports.custom_fields import Definitions
from resolvers.ports.source import Following, PageQuestion
from resolvers.provenance import chosen_fields, provenance_of
from schema.connection import Window
from schema.custom_field import CustomField

T = TypeVar("T")

Shown = Callable[[Any], Any]
"""What a step shows of an object, given what the step is taken by: a key, keys, or the object."""

Wanted = Mapping[Question, Sequence[str]]
"""Question -> the keys it is about."""


@dataclass(slots=True)
class Run:
    """One execution of the plan of a root field.

    Attributes:
        call: The operation, with its variables.
        context: The request, or the one it is put to another account with.
        whole: The run of the whole root field; null for that one itself.
        failed: Whether anything failed.
    """

    call: Call
    context: RequestContext
    whole: "Run | None" = None
    failed: bool = False

    def under(self, context: RequestContext) -> "Run":
        """The run of a part that is asked of another account."""
        return self if context is self.context else Run(self.call, context, self.whole or self)

    def meaning(self, step: Step, read: Callable[[dict[str, Any]], T]) -> T:
        """What `read` makes of the arguments of a step; made once for each account where they are constant."""
        account = self.context.integration.name
        if account in step.meanings:
            return step.meanings[account]  # type: ignore[no-any-return]  # what `read` has made of them before
        arguments = step.asked.arguments
        meaning = read(arguments.read(self.call.schema, self.call.variable_values))
        if not arguments.varying and not step.asked.by_cursor:
            step.meanings[account] = meaning
        return meaning

    def failure(self, error: AtsError, asked: Asked) -> Failure:
        """What stands in place of a field that failed."""
        (self.whole or self).failed = True
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
        self.branches: list[Branch] = []
        if selection.steps and objects:
            self._objects = selection.ready(objects)
            self.branches = [step.branch(step, self._objects, run) for step in selection.steps]

    def build(self) -> list[dict[str, Any]]:
        """The objects as clients see them, in order."""
        if not self._objects:
            return []
        prefixes = self._run.context.ids.prefixes
        if not self.branches:
            return self._selection.shown(self._objects, prefixes)
        shown = [branch.shown() for branch in self.branches]
        return self._selection.build(self._objects, prefixes, *shown)


async def grow(branches: Iterable["Branch"]) -> None:
    """Open branches and all they lead to, each as soon as its own keys are answered.

    Raises:
        Exception: something else than an `AtsError` went wrong while its keys were asked about.
    """
    ready = deque(branches)
    waiting: list[tuple[Branch, set[Future[None]]]] = []
    while True:
        while ready:
            branch = ready.popleft()
            asked = branch.ask()
            if any(asked):
                waiting.append((branch, set().union(*asked)))
            else:
                ready.extend(branch.open())
        if not waiting:
            return
        late = set().union(*(asked for _, asked in waiting))
        await (asyncio.wait(late, return_when=asyncio.FIRST_COMPLETED) if len(late) > 1 else next(iter(late)))
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
        following: What will be asked about the children that are found, whatever else they are.
    """

    wanted: Wanted = MappingProxyType({})
    following: Sequence[Following] = ()
    _run: Run

    def ask(self) -> list[set[Future[None]]]:
        """Ask for what is wanted; what has to be done before it is known."""
        return [self._run.context.answers.ask(question, keys, self.following) for question, keys in self.wanted.items()]

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


class Origins(Branch):
    """Where the fields of each object come from."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        self._failure: Failure | None = None
        self._fields: Sequence[str] = ()
        try:
            self._fields = run.meaning(step, partial(chosen_fields, step.about))
        except AtsError as error:
            self._failure = run.failure(error, step.asked)
        told = partial(provenance_of, run.context.integration, step.about)
        sees = run.context.sees_personal_data
        found = [told(it, self._fields, sees_personal=sees) for it in objects] if self._fields else []
        self._frame = Frame(step.selection, list(chain.from_iterable(found)), run)

    def open(self) -> Sequence[Branch]:
        """Nothing has to be asked."""
        return self._frame.branches

    def shown(self) -> Shown:
        """The next ones each time, as `Within` does."""
        if self._failure:
            return lambda _: self._failure
        built, several = iter(self._frame.build()), len(self._fields)
        return lambda _: list(islice(built, several))


class CustomFields(Branch):
    """Custom fields of each object: the one that the arguments name, or several."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        self._step = step
        self._objects = objects
        self._run = run
        self._question = Question(DEFINITIONS)
        self.wanted = {self._question: [step.about.model]}

    def open(self) -> Sequence[Branch]:
        """Read the custom fields as the ATS defines them."""
        definitions, self._failure = self._run.context.answers.known[self._question][self._step.about.model], None
        found: list[list[CustomField]] = []
        try:
            found = self._found(definitions)
        except AtsError as error:
            self._failure = self._run.failure(error, self._step.asked)
        self._numbers = list(map(len, found))
        self._frame = Frame(self._step.selection, list(chain.from_iterable(found)), self._run)
        return self._frame.branches

    def _found(self, definitions: Definitions | AtsError) -> list[list[CustomField]]:
        if isinstance(definitions, AtsError):
            raise definitions
        wanted = self._run.meaning(self._step, lambda given: given)
        named = chosen(definitions, wanted)
        return [custom_fields_of(it, definitions, named) for it in self._objects]

    def shown(self) -> Shown:
        """The next ones each time, as `Within` does."""
        if self._failure:
            return lambda _: self._failure
        built, numbers = iter(self._frame.build()), iter(self._numbers)
        if self._step.about.several:
            return lambda _: list(islice(built, next(numbers)))
        return lambda _: next(built)


class ByKey(Branch):
    """The records found under keys.

    Args:
        asked: The field that leads to them.
        selection: What is asked of them.
        wanted: The keys.
        run: The execution.
    """

    def __init__(self, asked: Asked, selection: Selection, wanted: Wanted, run: Run) -> None:
        self.wanted = wanted
        self._asked = asked
        self._selection = selection
        self._run = run
        self._found: dict[str, Any] = {}
        self._failed: dict[str, Failure] = {}

    def open(self) -> Sequence[Branch]:
        """Open a frame over all that was found under the keys that did not fail."""
        known = self._run.context.answers.known
        for question, keys in self.wanted.items():
            self._found |= {key: known[question][key] for key in keys}
        self._set_failures_apart()
        self._frame = Frame(self._selection, self._objects(), self._run)
        return self._frame.branches

    def _set_failures_apart(self) -> None:
        if any(issubclass(kind, AtsError) for kind in set(map(type, self._found.values()))):
            errors = {key: answer for key, answer in self._found.items() if isinstance(answer, AtsError)}
            self._failed |= {key: self._run.failure(error, self._asked) for key, error in errors.items()}
            self._found = {key: answer for key, answer in self._found.items() if key not in errors}

    def _objects(self) -> Sequence[Any]:
        if NoneType in set(map(type, self._found.values())):
            self._found = {key: record for key, record in self._found.items() if record is not None}
        return list(self._found.values())

    def shown(self) -> Shown:
        """By key."""
        return {**dict(zip(self._found, self._frame.build(), strict=True)), **self._failed}.get


class One(ByKey):
    """The record whose key the object holds."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        keys = dict.fromkeys(map(attrgetter(step.about.key), objects))
        keys.pop(None, None)
        super().__init__(step.asked, step.selection, {Question(step.about.to): list(keys)}, run)


class Each(ByKey):
    """The records whose keys the object holds."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        lists = filter(None, map(attrgetter(step.about.key), objects))
        keys = dict.fromkeys(chain.from_iterable(lists))
        super().__init__(step.asked, step.selection, {Question(step.about.to): list(keys)}, run)

    def shown(self) -> Shown:
        """By keys; one that failed takes the others with it."""
        by_key = super().shown()

        def of(keys: Sequence[str] | None) -> Any:
            if keys is None:
                return None
            records = [record for key in keys if (record := by_key(key)) is not None]
            return next((record for record in records if isinstance(record, Failure)), records)

        return of


class Many(ByKey):
    """The objects that hold the record's key."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        keys = dict.fromkeys([parent.key for parent in objects])
        super().__init__(step.asked, step.selection, {Question(step.about.to, step.about.key): list(keys)}, run)
        self.following = step.following

    def _objects(self) -> Sequence[Any]:
        """One parent's after the other's."""
        self._found = {key: (answer or NO_CHILDREN).records for key, answer in self._found.items()}
        return list(chain.from_iterable(self._found.values()))

    def shown(self) -> Shown:
        """By the parent's key."""
        built, end = self._frame.build(), 0
        shown: dict[str, Any] = {}
        for key, records in self._found.items():
            start, end = end, end + len(records)
            shown[key] = built[start:end]
        return {**shown, **self._failed}.get


class Paged(ByKey):
    """A page of the records that hold the object's key."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        super().__init__(step.asked, step.selection, {}, run)
        self._step = step
        self._pages: dict[str, PageQuestion] = {}
        keys = list(dict.fromkeys([parent.key for parent in objects]))
        # The same question for all, unless a cursor says whose it is.
        wanted: dict[Question, list[str]] = {}
        self.wanted = wanted
        for group in [[key] for key in keys] if step.asked.by_cursor else [keys]:
            try:
                question, page = run.meaning(step, partial(self._question, group[0]))
            except AtsError as error:
                self._failed.update(dict.fromkeys(group, run.failure(error, step.asked)))
            else:
                wanted.setdefault(question, []).extend(group)
                if page.size and not page.criteria and not step.asked.by_cursor:
                    self.following = step.following
                self._pages.update(dict.fromkeys(group, page))

    def _question(self, key: str, given: dict[str, Any]) -> tuple[Question, PageQuestion]:
        context, relation = self._run.context, self._step.about
        page = asked_of(context.ids, relation, key, Window(**given), sees_personal=context.sees_personal_data)
        return Question(relation.to, relation.key, limit_of(page)), page

    def _objects(self) -> Sequence[Any]:
        """The page of each parent."""
        ids, relation = self._run.context.ids, self._step.about
        return [
            among(ids, relation, key, self._pages[key], answer or NO_CHILDREN) for key, answer in self._found.items()
        ]


class Argued(ByKey):
    """What the arguments of a field lead to, and they alone."""

    def __init__(self, step: Step, _: Sequence[Any], run: Run) -> None:
        super().__init__(step.asked, step.selection, {}, run)
        self._step = step
        self._key = ""
        try:
            question, self._key = run.meaning(step, self._question)
            self.wanted = {question: [self._key]}
        except AtsError as error:
            self._failed[self._key] = run.failure(error, step.asked)

    @abstractmethod
    def _question(self, given: dict[str, Any]) -> tuple[Question, str]:
        """The question that the arguments ask, and its key."""

    def shown(self) -> Shown:
        """Whatever the field is asked of."""
        shown = super().shown()(self._key)
        return lambda _: shown


class LookedUp(Argued):
    """One record of a model, by the id in the arguments."""

    def _question(self, given: dict[str, Any]) -> tuple[Question, str]:
        model = self._step.about.name
        return Question(model), self._run.context.ids.key(model, given["id"], "id")


class Listed(Argued):
    """A page of all records of a model."""

    def _question(self, given: dict[str, Any]) -> tuple[Question, str]:
        model = self._step.about
        page = page_question(self._run.context, model, Window(**given), counted=self._step.counted)
        return Question(model.name, page=page), PAGE

    def _objects(self) -> Sequence[Any]:
        ids, model = self._run.context.ids, self._step.about
        return [
            page_of(ids, model, question.page, self._found[PAGE])
            for question in self.wanted
            if question.page and PAGE in self._found
        ]


class Attachments(Argued):
    """The files of one candidate, by the candidate's id in the arguments."""

    def _question(self, given: dict[str, Any]) -> tuple[Question, str]:
        key = self._run.context.ids.key("Candidate", given["candidate_id"], "candidateId")
        return Question(FILES, "candidate_key"), key

    def _objects(self) -> Sequence[Any]:
        answer = self._found.get(self._key)
        if answer is None and not self._failed:
            self._failed[self._key] = self._run.failure(MISSING_CANDIDATE, self._asked)
        return answer.records if answer else ()

    def shown(self) -> Shown:
        """The files."""
        shown = self._failed.get(self._key) or self._frame.build()
        return lambda _: shown


class Nodes(Branch):
    """Records of any models, by the ids in the arguments."""

    def __init__(self, step: Step, _: Sequence[Any], run: Run) -> None:
        global_ids, argument = run.meaning(step, self._ids)
        self._places: list[tuple[RequestContext, str, str] | Failure] = []
        for global_id in global_ids:
            try:
                self._places.append(run.context.holding(global_id, argument))
            except AtsError as error:
                self._places.append(run.failure(error, step.asked))
        keys: dict[tuple[RequestContext, str], dict[str, None]] = {}
        for context, model, key in (place for place in self._places if not isinstance(place, Failure)):
            keys.setdefault((context, model), {})[key] = None
        self._branches = {
            (context, model): ByKey(step.asked, step.by_model[model], {Question(model): list(of)}, run.under(context))
            for (context, model), of in keys.items()
        }

    def _ids(self, given: dict[str, Any]) -> tuple[Sequence[str], str]:
        try:
            check_number(given["ids"])
        except AtsError as error:
            raise Unplanned("too many ids, and it cannot be null") from error
        return given["ids"], "ids"

    def ask(self) -> list[set[Future[None]]]:
        """Each model of each account."""
        return [asked for branch in self._branches.values() for asked in branch.ask()]

    def open(self) -> Sequence[Branch]:
        """Open a frame for each model."""
        return [further for branch in self._branches.values() for further in branch.open()]

    def shown(self) -> Shown:
        """The records, in order."""
        by_key = {place: branch.shown() for place, branch in self._branches.items()}
        shown = [place if isinstance(place, Failure) else by_key[place[:2]](place[2]) for place in self._places]
        return lambda _: shown


class Node(Nodes):
    """One record of any model, by the id in the arguments."""

    def _ids(self, given: dict[str, Any]) -> tuple[Sequence[str], str]:
        return [given["id"]], "id"

    def shown(self) -> Shown:
        """The record."""
        shown = super().shown()
        return lambda it: shown(it)[0]


class Accounts(Branch):
    """The same of several accounts, each in a request of its own."""

    def __init__(self, step: Step, _: Sequence[Any], run: Run) -> None:
        self._slots: list[str | Failure] = []
        self._frames: dict[str, Frame] = {}
        self._failure: Failure | None = None
        try:
            names = run.meaning(step, chosen_accounts)
        except AtsError as error:
            self._failure, names = run.failure(error, step.asked), ()
        for name in run.context.accounts if names is None else names:
            self._slots.append(self._slot(name, step, run))

    def _slot(self, name: str, step: Step, run: Run) -> str | Failure:
        try:
            context = run.context.of(name)
        except AtsError as error:
            return run.failure(error, step.asked)
        if name not in self._frames:
            self._frames[name] = Frame(step.selection, [account_of(context)], run.under(context))
        return name

    def open(self) -> Sequence[Branch]:
        """Nothing has to be asked: what is under the accounts is asked side by side."""
        return [branch for frame in self._frames.values() for branch in frame.branches]

    def shown(self) -> Shown:
        """The accounts, in order."""
        built = {name: frame.build()[0] for name, frame in self._frames.items()}
        shown: Any = self._failure or [slot if isinstance(slot, Failure) else built[slot] for slot in self._slots]
        return lambda _: shown


class Status(ByKey):
    """Whether the account answers."""

    def __init__(self, step: Step, objects: Sequence[Any], run: Run) -> None:
        super().__init__(step.asked, step.selection, {Question(STATUS): [it.name for it in objects]}, run)

    def _objects(self) -> Sequence[Any]:
        return ()

    def shown(self) -> Shown:
        """By the account."""
        return lambda it: self._failed.get(it.name) or self._found[it.name].name
