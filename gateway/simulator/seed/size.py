"""How much data to invent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of records; the defaults are a small firm.

    Below 12 jobs, 150 contacts or 20 activities the odd cases of crelate-api 8.13 no longer all fit.
    """

    jobs: int = 48
    contacts: int = 300
    activities: int = 260
    contacts_per_job: int = 9
    """On the average job; one job has 120 whatever this says."""
    awkward: bool = False
    """Whether the records of `seed.awkward` come on top, some 260 of them; their ids are in `Account.awkward`."""
