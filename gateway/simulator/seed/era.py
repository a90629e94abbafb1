"""The time that the seeded records come from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from gateway.simulator.table import Row
from gateway.simulator.timestamps import past_time


@dataclass(frozen=True, slots=True)
class Era:
    """The months before now, and the chance that everything is drawn from."""

    now: datetime
    random: Random

    def days_ago(self, most: float, least: float = 0.0) -> datetime:
        """Some moment between so many days ago and so many."""
        return self.now - timedelta(days=self.random.uniform(least, most))

    def between(self, first: datetime, last: datetime) -> datetime:
        """Some moment from the first to the last."""
        return first + (last - first) * self.random.random()

    def time(self, moment: datetime) -> str:
        """The moment as records write it."""
        return past_time(self.random, moment)

    def sparse(self, row: Row) -> Row:
        """The row with half of its nulls left out: absent values come both ways (crelate-api 2.2)."""
        return {name: value for name, value in row.items() if value is not None or self.random.random() < 0.5}  # noqa: PLR2004 - half
