"""What is held in memory stays within its room."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.replica.copies import Copy
from gateway.replica.freshness import NEVER
from gateway.replica.hot import Budget, HotList, HotSet
from gateway.replica.touches import Touch
from tests.gateway.replica.records import application


@given(
    st.integers(0, 500),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(0, 120))),
)
def test_no_more_is_held_than_there_is_room_for(limit: int, entries: list[tuple[int, int, int]]) -> None:
    """Whatever is put where, the oldest of the largest part goes; the parts' bytes add up."""
    budget = Budget(limit)
    parts = [budget.part() for _ in range(3)]
    for number, key, size in entries:
        parts[number].put(key, key, size)
        assert budget.used <= limit
        assert budget.used == sum(part.bytes for part in parts)
    for part in parts:
        part.drop(list(part.held))
    assert budget.used == 0


def test_the_oldest_entries_go_first() -> None:
    """An entry that is put again is a new one."""
    part = (budget := Budget(40)).part()
    for key in "abcdab":
        part.put(key, key, 10)
    part.put("e", "e", 10)
    assert (list(part.held), budget.used) == (["d", "a", "b", "e"], 40)


def test_an_older_look_undoes_nothing() -> None:
    """Of two who looked at the same time, the one that looked first may come in last."""
    hot = HotSet(Budget())
    hot.take_in(None, [Touch(5, "Job", None)])
    hot.take_in(5, [Touch(5, "Job", None), Touch(6, "Job", ()), Touch(7, "Job", ())])
    hot.keep_list("Job", "x", "p", HotList((), 0, None))
    hot.take_in(5, [Touch(5, "Job", None), Touch(6, "Job", ())])
    assert (hot.number, set(hot.lists["Job", "x"].held)) == (7, {"p"})
    hot.take_in(7, [])
    assert (hot.number, set(hot.lists["Job", "x"].held)) == (None, set())


def test_children_are_held_no_longer_than_their_records() -> None:
    """Nothing that was forgotten to make room stays in memory because a list has it."""
    hot, records = HotSet(Budget(1_000)), [application("j1", f"c{number}") for number in range(2)]
    hot.keep_copies("Application", [Copy(record, NEVER, 300) for record in records])
    hot.keep_list("Application", "job_key", "j1", HotList(tuple(record.key for record in records), 2, None))
    found = hot.family("Application", "job_key", "j1")
    assert found is not None
    assert (found.children.records, found.covers(None)) == (records, True)
    hot.keep_copies("Application", [Copy(application("j2", "c1"), NEVER, 300)])
    assert hot.families["Application"] == {}
    assert hot.family("Application", "job_key", "j1") is None
