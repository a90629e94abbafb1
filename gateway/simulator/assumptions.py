"""What the simulator takes for granted about Crelate, each value under the number of its entry in the register.

The client has its own list; the two are written down apart so that neither can prove the other right.
"""

from typing import Final

DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 100
"""ASM-01: a larger `limit` is cut to this, a malformed one is refused."""

REQUESTS_PER_MINUTE: Final = 120
"""ASM-12: what one key may send in any sixty seconds."""

RECRUITING_WORKFLOW: Final = "F6EF012F-998D-4132-B38B-A17A00B2B958"
"""ASM-16: the workflow type of jobs, in the capitals it is seen with."""

RECRUITING_NAME: Final = "Recruiting"
"""ASM-16: what that type is called."""

ACTIVE: Final = 1
"""ASM-20: the `EntityStatus` of a record that is neither archived nor inactive."""

CANDIDATE: Final = 1
CLIENT: Final = 2
LEAD: Final = 4
"""ASM-34: the bits of a contact's `RecordType`; a filter value matches when it shares a bit."""

ON_PORTAL: Final = 0
BY_LINK: Final = 1
"""ASM-17: the two values of a job's `PortalVisibility`."""

UNREADABLE_MARK: Final = "unreadable"
"""A CV whose file name holds this word, or that is empty, is dropped in silence as an unreadable one is."""

NO_CATEGORY: Final = "00000000-0000-0000-0000-000000000000"
"""The key of tags that belong to no category."""
