"""Lists narrowed by filters, every row looked at again (crelate-api 2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.crelate.canary import Filter, FilterViolation
from gateway.crelate.client import Client
from gateway.crelate.reading.listing import ReadPage, RowPage, pages

Asked = Mapping[Filter, Sequence[str]]
"""Filters of one list with the values asked for, in lower case."""


def filtered(client: Client, template: str, asked: Asked) -> ReadPage:
    """How to read the pages of a list under these filters.

    Reading raises `FilterViolation` when a row comes back that one of the filters should have held back.
    """
    read = pages(client, template, {by.param: ",".join(values) for by, values in asked.items()})

    async def read_checked(offset: int) -> RowPage:
        page = await read(offset)
        for by, values in asked.items():
            if not all(by.allows(row, values) for row in page.rows.values()):
                raise FilterViolation(by)
        return page

    return read_checked
