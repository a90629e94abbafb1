"""A source whose look-ups are asked together with those of other requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.sharing.single_flight import SingleFlight
from resolvers.errors import AtsError
from resolvers.ports.source import LiveSource
from schema.record import Tracked

LookUps = SingleFlight[LiveSource, str, Tracked]
"""Look-ups by key of one account, by model."""


def look_ups() -> LookUps:
    """What joins the look-ups of one account.

    Those of several requests are answered by a source that has read nothing yet: what one of them has read before
    may be older than another request. What their records call others is all it knows of them.
    """
    return SingleFlight(
        lambda source, model, keys: source.by_ids(model, keys), lambda sources: sources[0].anew(sources)
    )


class SharingSource:
    """The source of one request: records it asks for by key go out with what others ask in the same turn of the loop.

    What is under way already is not waited for: it was asked before this request came, and may be answered as of then.
    Children and pages are asked for this request alone: what they take depends on all the parents that are asked about.

    Args:
        live: The ATS.
        flight: The account's look-ups.
    """

    def __init__(self, live: LiveSource, flight: LookUps) -> None:
        self._live = live
        self._flight = flight
        self.by_parents, self.read_ahead = live.by_parents, live.read_ahead
        self.page, self.custom_fields = live.page, live.custom_fields

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """The records under these keys."""
        found = await self._flight.request(self._live, model, keys, join=False)
        return {key: answer for key, answer in found.items() if answer is not None}
