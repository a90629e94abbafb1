"""What all requests to one account share."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.canary import Canary
from gateway.crelate.client import Client
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
    """

    client: Client
    canary: Canary
    tables: Tables
    assumptions: Assumptions
    web_url: str
