"""What all requests to one account share."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.canary import Canary
from gateway.crelate.client import Client
from gateway.crelate.mapping.custom_columns import NO_CUSTOM_COLUMNS, CustomColumns
from gateway.crelate.reading.tables import Tables


@dataclass(frozen=True, slots=True)
class Account:
    """One connected account.

    Attributes:
        client: The way to it.
        canary: What is known of its filters.
        tables: Its small tables.
        assumptions: What is believed about it.
        web_url: Root of its own pages.
        custom: Its custom fields that stand for fields of the model.
    """

    client: Client
    canary: Canary
    tables: Tables
    assumptions: Assumptions
    web_url: str
    custom: CustomColumns = NO_CUSTOM_COLUMNS
