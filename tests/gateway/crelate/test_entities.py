"""Rows as types: what they hold, and that nothing a row may be costs any of it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from msgspec import Struct, convert

from gateway.crelate import protocol
from gateway.crelate.decoding import Envelope, decode
from gateway.crelate.entities import (
    ENTITIES,
    Activity,
    Address,
    Contact,
    Entry,
    Job,
    Lookup,
    PipelineRow,
    Placed,
    Row,
    sent,
    whole,
)
from gateway.crelate.mapping import TABLES
from gateway.crelate.mapping.table import Field
from gateway.crelate.reading.listing import pages
from gateway.crelate.row_cache import RowCache
from gateway.crelate.vocabulary import CANDIDATE_ADDRESSES, EMAIL_TYPE, JOB_ADDRESSES, PHONE_TYPE
from tests.gateway.crelate.conftest import MakeWorld, World

ANY_JSON: tuple[Any, ...] = (
    *(None, True, 0, -1, 2.5, "", "text", [], [1], [{}], [{"Id": "a"}, 1, [2]]),
    *({}, {"Id": 1}, {"Id": {"Id": []}}, {"Value": [], "CountryId": 3}, {"City": {}, "CountryId": {"Title": "x"}}),
)


def body_of(*rows: Any) -> bytes:
    """A list of these rows, as an answer."""
    return orjson.dumps({"Data": rows, "Metadata": {"TotalRecords": len(rows)}, "Errors": []})


def rows_of(body: bytes, entity: type[Row]) -> list[Any]:
    """The rows of a list, as they are read."""
    read: Envelope[Any] = decode(body, entity)
    assert isinstance(read.Data, list)
    return read.Data


def names(entity: type[Struct]) -> set[str]:
    """Columns of an entity."""
    return set(entity.__struct_fields__)


@pytest.mark.parametrize("model", TABLES)
def test_every_place_a_table_names_is_a_column(model: str) -> None:
    """The tables say what a field is read from, and the entities hold it."""
    table = TABLES[model]
    places = [place for row in table.rows if isinstance(row, Field) for place in row.path.split(" ?? ")]
    assert {place.partition(".")[0] for place in places} <= names(table.entity)


def test_every_category_is_a_column() -> None:
    """Of phone numbers, addresses of mail and postal addresses."""
    assert {*PHONE_TYPE, *EMAIL_TYPE, *CANDIDATE_ADDRESSES} <= names(Contact)
    assert set(JOB_ADDRESSES) <= names(Job)


def test_objects_become_what_is_read_inside_of_them() -> None:
    """And all else is held as it is."""
    given = {"EmailAddresses_Work": {"Value": "a@b.example", "X": 1}, "AccountId": "plain", "CustomField1": "x"}
    (contact,) = rows_of(body_of(given), Contact)
    assert (contact.EmailAddresses_Work, contact.AccountId) == (Entry("a@b.example"), "plain")
    (job,) = rows_of(body_of({"Owners": [{"Id": "a"}, 3], "Locations_Business": {"City": "Waco"}}), Job)
    assert (job.Owners, job.Locations_Business) == ([Lookup("a"), 3], Address(City="Waco"))


@pytest.mark.parametrize("value", ANY_JSON)
@pytest.mark.parametrize("entity", [Contact, Job, Activity, PipelineRow])
def test_any_json_fits_any_column(entity: type[Row], value: Any) -> None:
    """And is the same whether it is decoded at once or was decoded before."""
    given = [{column: value, "Other": value} for column in sorted(names(entity) - names(Placed))]
    assert rows_of(body_of(*given), entity) == [convert(row, entity) for row in given]


@pytest.mark.parametrize(
    "awkward",
    [
        rb'"a\u0000b"',
        rb'"a\ud83db"',
        b'"a\xffb"',
        b'"a\x00b"',
        b"NaN",
        b"1e999",
        b"99999999999999999999999",
        b"[" * 200 + b"]" * 200,
    ],
)
@pytest.mark.parametrize("column", [b"Other", b"Name"])
def test_what_a_decoder_refuses_costs_no_row(column: bytes, awkward: bytes) -> None:
    """Wherever it stands, the row is there and all of it can be had."""
    body = b'{"Data": [{"Id": "a", "%b": %b, "Title": "T"}, {"Id": "b"}]}' % (column, awkward)
    one, other = rows_of(body, Contact)
    assert (one.Id, one.Title, other.Id) == ("a", "T", "b")
    assert orjson.loads(orjson.dumps(decode(body)))["Data"][1] == {"Id": "b"}


async def test_the_whole_row_is_there_when_it_is_asked_for(world: World) -> None:
    """Each with every column that came, from the answer it came in."""
    page = await pages(world.connector.account.client, "/contacts")(0)
    assert len(page.rows) > 1
    for name, row in page.rows.items():
        assert whole(row)["Id"].lower() == name
        assert whole(row).keys() - names(Contact)


@pytest.mark.parametrize("row_bytes", [0, 1_000_000])
async def test_the_bytes_of_a_row_are_known(make_world: MakeWorld, row_bytes: int) -> None:
    """What tells a changed record before it is read; each row has its own."""
    page = await pages(make_world(row_bytes=row_bytes).connector.account.client, "/contacts")(0)
    rows = {name: orjson.loads(sent(row) or b"null") for name, row in page.rows.items()}
    assert rows == {name: whole(row) for name, row in page.rows.items()}


async def test_the_bytes_of_a_row_are_no_longer_known_when_its_answer_was_decoded(make_world: MakeWorld) -> None:
    """Where rows are not held by themselves."""
    page = await pages(make_world(row_bytes=0).connector.account.client, "/contacts")(0)
    first = next(iter(page.rows.values()))
    assert whole(first)
    assert sent(first) is None


@pytest.mark.parametrize("cache", [RowCache(0), RowCache()])
def test_no_column_is_taken_for_what_we_keep_of_a_row(cache: RowCache) -> None:
    """Whatever Crelate calls it."""
    given = {"Id": "a", **dict.fromkeys(names(Placed), "theirs")}
    (row,) = cache.decode(body_of(given), Contact).Data
    assert {getattr(row, name) for name in names(Placed)} & {"theirs"} == set()


def test_a_row_made_here_has_nothing_more() -> None:
    """It came in no answer."""
    assert whole(Contact(Id="a")) == {}
    assert sent(Contact(Id="a")) is None


@pytest.mark.parametrize("rows", [[1], ["x"], [None], [[]], [{"Id": "a"}, 2]])
def test_rows_that_are_none_are_left_as_they_are(rows: list[Any]) -> None:
    """Whoever asked sees that they are no rows."""
    assert protocol.read(protocol.page("/contacts"), 200, {}, body_of(*rows)).data == rows


def test_every_list_has_an_entity() -> None:
    """Paths as they stand in requests."""
    assert all(path.startswith("/") and issubclass(entity, Row) for path, entity in ENTITIES.items())
