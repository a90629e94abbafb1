"""Pages of the store: complete, in order, and unmoved by what happens between them."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.replica.copies import CopyPage
from gateway.replica.store import Store
from resolvers.criteria import ordered
from resolvers.errors import BadUserInput
from resolvers.ports.source import PageQuestion
from schema.criterion import Order
from schema.job import Job
from tests.gateway.replica.records import INTEGRATION, START, Clock, job

_NAMES = st.sampled_from([None, "a", "B", "b", "ä", "z"])
_INSTANTS = st.sampled_from([None, START, START + timedelta(microseconds=1)])
_AMOUNTS = st.sampled_from([None, -1.5, 0.0, 3.25])
_JOBS = st.builds(
    lambda key, name, opened_at, amount: job(key, name=name, opened_at=opened_at, salary_amount=amount),
    st.text("abcxyz", min_size=1, max_size=3),
    _NAMES,
    _INSTANTS,
    _AMOUNTS,
)
_UNIQUE_JOBS = st.lists(_JOBS, max_size=12, unique_by=lambda made: made.key)
_ORDERS = st.lists(
    st.builds(Order, st.sampled_from(["name", "opened_at", "salary_amount"]), st.booleans()),
    max_size=3,
    unique_by=lambda order: order.attribute,
).map(tuple)
_RUNS = count()

on_both = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)


async def _all_pages(store: Store, integration: str, **question: Any) -> list[CopyPage]:
    pages: list[CopyPage] = []
    position = None
    while True:
        pages.append(await store.page(integration, "Job", PageQuestion(position=position, **question)))
        found = pages[-1]
        if not (found.has_previous if question.get("backward") else found.has_next):
            return pages
        position = found.positions[0] if question.get("backward") else found.positions[-1]


def _keys(pages: list[CopyPage]) -> list[str]:
    return [copy.record.key for page in pages for copy in page.copies]


@on_both
@given(jobs=_UNIQUE_JOBS, orders=_ORDERS, size=st.integers(1, 5))
async def test_pages_hold_everything_in_order_from_either_end(
    store: Store, clock: Clock, jobs: list[Job], orders: tuple[Order, ...], size: int
) -> None:
    """Forwards and backwards give the same list, sorted as asked, with the total on every page."""
    integration = f"run:{next(_RUNS)}"
    await store.write(integration, "Job", jobs, clock.now)
    question = {"orders": orders, "size": size, "counted": True}
    forward = await _all_pages(store, integration, **question)
    backward = await _all_pages(store, integration, backward=True, **question)
    values = [[_comparable(getattr(made, order.attribute)) for order in orders] for made in ordered(jobs, orders)]
    assert _keys(forward) == _keys(backward[::-1])
    by_key = {made.key: made for made in jobs}
    assert [[_comparable(getattr(by_key[key], o.attribute)) for o in orders] for key in _keys(forward)] == values
    assert {page.total for page in forward + backward} == {len(jobs)}
    assert [page.has_previous for page in forward] == [False] + [True] * (len(forward) - 1)
    assert [page.has_next for page in backward] == [False] + [True] * (len(backward) - 1)


@on_both
@given(jobs=_UNIQUE_JOBS, added=_UNIQUE_JOBS, orders=_ORDERS, size=st.integers(1, 4), data=st.data())
async def test_records_that_stay_are_met_once_whatever_comes_and_goes(
    store: Store,
    clock: Clock,
    jobs: list[Job],
    added: list[Job],
    orders: tuple[Order, ...],
    size: int,
    data: st.DataObject,
) -> None:
    """Between any two pages records are inserted and deleted; all that were there throughout appear exactly once."""
    integration = f"run:{next(_RUNS)}"
    await store.write(integration, "Job", jobs, clock.now)
    present = {made.key for made in jobs}
    coming = [made for made in added if made.key not in present]
    leaving = data.draw(st.lists(st.sampled_from(sorted(present)), unique=True)) if present else []
    stable = sorted(present - set(leaving))
    met: list[str] = []
    position = None
    while True:
        page = await store.page(integration, "Job", PageQuestion(size=size, orders=orders, position=position))
        met += [copy.record.key for copy in page.copies]
        if not page.has_next:
            break
        position = page.positions[-1]
        if coming:
            await store.write(integration, "Job", [coming.pop()], clock.now)
        if leaving:
            await store.delete(integration, "Job", [leaving.pop()], clock.tick())
    assert sorted(key for key in met if key in stable) == stable


@pytest.mark.parametrize("position", ["", "17", *(f"replica:{rest}" for rest in ("", "!", "bm90IGpzb24", "W10"))])
async def test_a_position_from_elsewhere_is_refused(store: Store, position: str) -> None:
    """Whatever is in it."""
    with pytest.raises(BadUserInput):
        await store.page(INTEGRATION, "Job", PageQuestion(size=1, position=position))


async def test_a_position_belongs_to_its_order(store: Store, clock: Clock) -> None:
    """Going on in another order would skip and repeat, so it is refused."""
    await store.write(INTEGRATION, "Job", [job("j1"), job("j2")], clock.now)
    page = await store.page(INTEGRATION, "Job", PageQuestion(size=1, orders=(Order("name", descending=False),)))
    with pytest.raises(BadUserInput):
        await store.page(INTEGRATION, "Job", PageQuestion(size=1, position=page.positions[0]))


async def test_without_an_order_the_ats_decides(store: Store, clock: Clock) -> None:
    """Ranked records first, in their rank, then the others by key; a copy read elsewhere keeps its rank."""
    await store.write(INTEGRATION, "Job", [job("a"), job("c"), job("b")], clock.now, {"c": 1, "b": 2})
    await store.write(INTEGRATION, "Job", [job("b", name="New")], clock.tick())
    assert _keys(await _all_pages(store, INTEGRATION, size=2)) == ["c", "b", "a"]


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
