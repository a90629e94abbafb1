"""Rows that came before: the very same where not a byte differs, and never anything but what the answer says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from gateway.crelate.decoding import UNREADABLE, decode
from gateway.crelate.entities import (
    FORGOTTEN,
    PARTS,
    Contact,
    Job,
    Placed,
    Row,
    Untouched,
    fitted,
    part_of,
    whole,
)
from gateway.crelate.mapping import TABLES
from gateway.crelate.mapping.table import Facts
from gateway.crelate.reading.lists import CONTACTS
from gateway.crelate.row_cache import ALIKE, BEGINNING, PAGES, ROW_BYTES, RowCache
from resolvers.ports.source import PageQuestion
from tests.gateway.crelate.conftest import MakeWorld, World

IDS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(4)]
FILLING = "x" * BEGINNING

ROWS = st.fixed_dictionaries(
    {"Id": st.sampled_from(IDS), "Name": st.sampled_from(["Ada", "Grace", "],[{", '"Data":[', "ß", FILLING, None])}
)
ANSWERS = st.lists(st.lists(ROWS, max_size=4), min_size=1, max_size=5)


def body_of(rows: Any, **more: Any) -> bytes:
    """An answer with these rows."""
    return orjson.dumps({"Metadata": {"TotalRecords": len(rows)}, **more, "Data": rows, "Errors": None})


def row(number: int, **columns: Any) -> dict[str, Any]:
    """A row, longer than its beginning."""
    return {"Id": IDS[number], "Description": FILLING, **columns}


def held(cache: RowCache, body: bytes, entity: type[Struct] = Contact) -> list[Any]:
    """The rows of an answer that has come twice."""
    cache.decode(body, entity)
    rows: list[Any] = cache.decode(body, entity).Data
    return rows


@settings(max_examples=60, deadline=None)
@given(ANSWERS, st.sampled_from([300, 5_000, 1_000_000]))
def test_an_answer_is_what_it_is_without_a_cache(answers: list[list[dict[str, Any]]], limit: int) -> None:
    """Whatever came before, and however much of it is held."""
    cache = RowCache(limit)
    for rows in answers:
        body = body_of(rows)
        first, read, plain = cache.decode(body, Contact), cache.decode(body, Contact), decode(body, Contact)
        assert all(whole(each) == sent for each, sent in zip(read.Data, rows, strict=True) if each.untouched)
        assert limit < 1_000_000 or all(each.untouched for each in read.Data)
        assert [(each.Id, each.Name) for each in first.Data] == [(each.Id, each.Name) for each in plain.Data]
        assert [(each.Id, each.Name) for each in read.Data] == [(each.Id, each.Name) for each in plain.Data]
        assert (read.Metadata, read.Errors, read.body) == (plain.Metadata, plain.Errors, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b'{"Data":[]}',
        b'{"Data":null}',
        b'{"Data":"a"}',
        b'{"Data":{"Id":"a"}}',
        b'{"Data":[1]}',
        b'{"Data":[{"Id":"a"},2]}',
        b'{"Data":[{"Id":"\\u0000"}]}',
        b'{"Data":[{"Id":"\\ud83d"}]}',
        b'\xef\xbb\xbf{"Data":[{"Id":"a"}]}',
        b"[]",
        b"7",
    ],
)
def test_what_is_no_list_of_rows_is_read_as_ever(body: bytes) -> None:
    """Each time it comes."""
    cache, plain = RowCache(), decode(body, Contact)
    for _ in range(3):
        read = cache.decode(body, Contact)
        assert type(read) is type(plain)
        assert getattr(read, "Data", read) == getattr(plain, "Data", plain) or plain is UNREADABLE


def test_the_same_bytes_are_the_same_row() -> None:
    """In whatever order and company they come; with any other byte it is another row."""
    cache = RowCache()
    first, second = held(cache, body_of([row(0), row(1)]))
    assert cache.decode(body_of([row(0), row(1)]), Contact).Data == [first, second]
    again = cache.decode(body_of([row(1), row(2), row(0)]), Contact).Data
    assert (again[0] is second, again[2] is first) == (True, True)
    changed = cache.decode(body_of([row(0, Name="new"), row(1)]), Contact).Data
    assert (changed[0] is first, changed[0].Name, changed[1] is second) == (False, "new", True)


def test_rows_of_other_columns_are_others() -> None:
    """What one question looks at is not what another does."""
    cache, body = RowCache(), body_of([row(0, Name="Ada")])
    part = part_of(Contact, frozenset({"Id"}))
    assert held(cache, body)[0].__class__ is Contact
    assert held(cache, body, part)[0].__class__ is part
    assert cache.decode(body, part).Data[0].Name == "Ada"


@pytest.mark.parametrize(
    ("known", "broken"),
    [
        (body_of([row(0)]), body_of([row(0)]).replace(b"}],", b"},],")),
        (body_of([row(0)]), body_of([row(0)])[:-1]),
        (body_of([row(0)]), body_of([row(0)]).replace(b"}],", b"}} ],")),
    ],
)
def test_a_broken_answer_is_not_mended_by_what_is_known(known: bytes, broken: bytes) -> None:
    """A known row in it makes no difference."""
    cache = RowCache()
    held(cache, known)
    assert cache.decode(broken, Contact) is decode(broken, Contact) is UNREADABLE


def test_a_list_of_the_same_name_somewhere_else_is_no_rows() -> None:
    """Neither within the answer's other parts nor in a text."""
    cache = RowCache()
    held(cache, body_of([row(0)]))
    inside = b'{"Metadata":{"Data":[%b]},"Data":[%b]}' % (orjson.dumps(row(0)), orjson.dumps(row(1)))
    for _ in range(3):
        assert [each.Id for each in cache.decode(inside, Contact).Data] == [IDS[1]]


@pytest.mark.parametrize("rows", [b"[0]", b"[]", b"[null]", b"7"])
@pytest.mark.parametrize("name", [b"Metadata", b"Data", b'x\\"Data'])
def test_what_is_known_does_not_take_the_place_of_the_rows(name: bytes, rows: bytes) -> None:
    """Whatever these are, and wherever else a list of known rows stands."""
    cache = RowCache()
    held(cache, body_of([row(0)]))
    body = b'{"%b":{"Data":[%b]},"%b":[%b],"Data":%b}' % (
        name,
        *[orjson.dumps(row(0)), name, orjson.dumps(row(0))],
        rows,
    )
    for _ in range(3):
        read, plain = cache.decode(body, Contact), decode(body, Contact)
        assert getattr(read, "Data", read) == getattr(plain, "Data", plain)


@pytest.mark.parametrize("number", ["99999999999999999999999", "18446744073709551616", "1e999", "1.0", "-0", "true"])
def test_a_column_that_was_left_out_is_what_it_is_without_a_cache(number: str) -> None:
    """Beyond 64 bits as well, where not all that reads JSON agrees."""
    part, body = part_of(Job, frozenset({"Id"})), b'{"Data":[{"Id":"a","JobNum":%b}]}' % number.encode()
    cache = RowCache()
    (first,) = _placed(RowCache(0), body, part)
    (second,) = held(cache, body, part)
    assert repr(first.JobNum) == repr(second.JobNum) == repr(decode(body, Job).Data[0].JobNum)


def _placed(cache: RowCache, body: bytes, entity: type[Struct]) -> list[Any]:
    """The rows of an answer that is not held, as they come from a list."""
    rows: list[Any] = cache.decode(body, entity).Data
    for place, each in enumerate(rows):
        each.untouched, each.place = Untouched(body), place
    return rows


def test_no_more_types_are_held_than_are_made() -> None:
    """There is one for each set of columns that was ever asked for; those of long ago are never asked for again."""
    cache, columns = RowCache(), sorted(set(Contact.__struct_fields__) - set(Placed.__struct_fields__))
    (last,) = held(cache, body_of([row(0)]))
    parts = {part_of(Contact, frozenset(two)) for two in combinations(columns, 2)}
    assert len(parts) > PARTS
    for part in parts:
        held(cache, body_of([row(1)]), part)
    (again,) = cache.decode(body_of([row(0)]), Contact).Data
    assert (last.record, again is last) == (FORGOTTEN, False)
    assert cache.size <= PARTS * (len(orjson.dumps(row(1))) + ROW_BYTES)


def test_no_more_is_held_than_there_is_room_for() -> None:
    """The oldest go, and have no record any more; what is held is still the same."""
    cache = RowCache(20_000)
    table, facts = TABLES["Candidate"], Facts()
    (first,) = held(cache, body_of([row(0)]))
    table.read({IDS[0]: first}, facts)
    assert first.record is not FORGOTTEN
    for number in range(100):
        (last,) = held(cache, body_of([row(1, Name=str(number), Id=f"{number:08x}{IDS[1][8:]}")]))
    assert first.record is FORGOTTEN
    assert cache.decode(body_of([row(0)]), Contact).Data[0] is not first
    assert cache.decode(body_of([row(1, Name="99", Id=f"{99:08x}{IDS[1][8:]}")]), Contact).Data[0] is last


def test_rows_before_one_of_another_shape_have_room_as_well() -> None:
    """An account each of whose pages has such a row holds no more than any other."""
    cache = RowCache(20_000)
    for number in range(10):
        rows = [row(0, Id=f"{number:02x}{each:06x}{IDS[0][8:]}") for each in range(5)]
        for _ in range(2):
            assert [each["Id"] for each in cache.decode(body_of([*rows, "no row"]), Contact)["Data"][:-1]] == [
                each["Id"] for each in rows
            ]
        assert cache.size <= 20_000


def test_types_that_nobody_asks_for_any_more_go_first() -> None:
    """There are as many as there are sets of columns; what is asked for stays."""
    cache = RowCache(20_000)
    (last,) = held(cache, body_of([row(0)]))
    for number in range(30):
        part = part_of(Contact, frozenset(sorted(Contact.__struct_fields__)[: number + 1]))
        (other,) = held(cache, body_of([row(1)]), part)
        assert cache.decode(body_of([row(0)]), Contact).Data[0] is last
    assert cache.decode(body_of([row(1)]), part).Data[0] is other


def test_rows_that_begin_alike_are_told_apart() -> None:
    """As many as there may be: the newest of them are held."""
    cache = RowCache()
    rows = [row(0, Name=str(number)) for number in range(ALIKE + 2)]
    first = held(cache, body_of(rows))
    second = cache.decode(body_of(rows[::-1]), Contact).Data[::-1]
    assert [each.Name for each in second] == [each["Name"] for each in rows]
    assert first[-1] is second[-1]


def test_a_record_is_made_anew_for_other_facts() -> None:
    """And for another key; else the one there is is taken."""
    (kept,) = held(RowCache(), body_of([row(0)]))
    table, facts, others = TABLES["Candidate"], Facts(), Facts(web_url="https://eu.crelate.example")
    record = table.read({IDS[0]: kept}, facts)[IDS[0]]
    assert table.read({IDS[0]: kept}, facts)[IDS[0]] is record
    assert table.read({IDS[0]: kept}, others)[IDS[0]].remote_url.startswith(others.web_url)
    assert table.read({"other": kept}, facts)["other"].key == "other"
    assert table.read({IDS[0]: fitted(Contact, row(0))}, facts)[IDS[0]] is not record


def test_a_job_that_time_alone_closes_is_looked_at_each_time() -> None:
    """Its row stays the same, and its visibility does not."""
    at = datetime.now(UTC)
    sent = row(0, OnPortal=True, UserCloseDate=(at + timedelta(hours=1)).isoformat())
    (kept,) = held(RowCache(), body_of([sent]), Job)
    times = iter([at, at, at + timedelta(hours=2), at + timedelta(hours=2)])
    facts = Facts(now=lambda: next(times))
    seen = [TABLES["Job"].read({IDS[0]: kept}, facts)[IDS[0]].visibility for _ in range(2)]
    assert [each and each.name for each in seen] == ["PUBLIC", "INTERNAL"]


@pytest.mark.parametrize("row_bytes", [0, 1_000_000])
@pytest.mark.parametrize(
    ("model", "entity", "column"), [("Candidate", "contacts", "FirstName"), ("Job", "jobs", "Name")]
)
async def test_a_change_in_crelate_is_seen_by_the_next_request(
    make_world: MakeWorld, row_bytes: int, model: str, entity: str, column: str
) -> None:
    """With what is held as without, at the same number of requests; what did not change is the very same record."""
    world = await make_world(row_bytes=row_bytes).prepared()
    for _ in range(2):  # which leads are jobs is found out once, and what comes once is not held
        await _listed(world, model)
    world.simulator.reset_log()
    before = await _listed(world, model)
    counts = dict(world.counts)
    changed, same, *_ = before
    world.simulator.reset_log()
    world.simulator.state[entity][changed][column] = "Other"
    after = await _listed(world, model)
    attribute = {"FirstName": "first_name", "Name": "name"}[column]
    assert (getattr(before[changed], attribute) != "Other", getattr(after[changed], attribute)) == (True, "Other")
    assert (after[same] is before[same]) == bool(row_bytes)
    assert world.counts == counts


async def _listed(world: World, model: str) -> dict[str, Any]:
    records = (await world.session().page(model, PageQuestion(size=50))).records
    return {record.key: record for record in records}


def test_a_row_that_is_not_held_holds_no_record() -> None:
    """No collector would free the two."""
    assert Row().record is FORGOTTEN
    (plain,) = RowCache(0).decode(body_of([row(0)]), Contact).Data
    TABLES["Candidate"].read({IDS[0]: plain}, Facts())
    assert plain.record is FORGOTTEN


def test_what_comes_once_is_not_held() -> None:
    """However much of it there is: most of what is asked for never comes again."""
    cache = RowCache()
    (first,) = cache.decode(body_of([row(0)]), Contact).Data
    for number in range(1, PAGES + 1):
        (other,) = cache.decode(body_of([row(1, Id=f"{number:08x}{IDS[1][8:]}")]), Contact).Data
        assert other.untouched is None
    (again,) = cache.decode(body_of([row(0)]), Contact).Data
    assert (first.untouched, again.untouched) == (None, None)
    assert held(cache, body_of([row(0)])) == held(cache, body_of([row(0)]))


async def test_a_sync_holds_no_rows(make_world: MakeWorld) -> None:
    """It reads all there are, and next comes in hours: what it reads is made anew, at one request for each page."""
    world = await make_world(row_bytes=1_000_000).prepared()
    lists = world.connector.sync_source()
    pages = [await lists.read(CONTACTS, None, None, None) for _ in range(2)]
    first, second = (page.records["Candidate"][0] for page in pages)
    assert first.key == second.key
    assert first is not second
    assert world.counts == {"GET /contacts": 2}
