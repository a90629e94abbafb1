"""How the reading of a list begins, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Start:
    """How the reading of a list begins.

    Attributes:
        at: Our clock.
        since: Where a delta starts; null to read everything.
        parents: Whose lists are read, for a list that each parent has.
    """

    at: datetime
    since: datetime | None
    parents: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a list.

    Attributes:
        ended: Whether it was read to its end.
        proved: Whether it is known to be complete; never of a list that does not say how long it is.
        watermark: The ATS's clock when it began.
        parents: Parents whose lists are known to be complete.
        error: Code of the last error of a parent's list, or null.
    """

    ended: bool
    proved: bool
    watermark: datetime | None = None
    parents: Sequence[str] = ()
    error: str | None = None


def is_complete(rows: int, totals: Sequence[int | None]) -> bool:
    """Whether so many different rows are all of a list that claimed, page by page, to have so many.

    A list that got shorter lost a row in front of the page being read, and the next row was skipped with it. One that
    got longer may have brought rows twice, which does no harm.
    """
    claimed = [total for total in totals if total is not None]
    return len(claimed) == len(totals) and claimed == sorted(claimed) and rows >= claimed[-1]
