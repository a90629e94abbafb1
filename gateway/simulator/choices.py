"""The values that knobs take where yes or no is not enough."""

from enum import StrEnum


class ArtifactRows(StrEnum):
    """Columns of a file's row (ASM-10)."""

    FULL = "full"
    BARE = "bare"
    """`Name` in place of `FileName`; neither the record it belongs to nor its type."""


class ColumnMode(StrEnum):
    """What happens to a column that a write sends."""

    ON = "on"
    OFF = "off"
    """Dropped, and the write succeeds without it."""
    REFUSE = "refuse"
    """400 for the whole record."""


class CountryIds(StrEnum):
    """Where the ids of countries can be learnt (ASM-30)."""

    BOTH = "both"
    RECORDS = "records"
    INFO = "info"
    NEITHER = "neither"


class DuplicateRule(StrEnum):
    """When a contact counts as one that is there already (ASM-11). Companies go by name unless it is `off`."""

    NAME_AND_EMAIL = "name-and-email"
    EMAIL = "email"
    NAME = "name"
    ANY = "any"
    """The name or an address."""
    OFF = "off"


class FilterMode(StrEnum):
    """How a list filter behaves."""

    ON = "on"
    OFF = "off"
    """Ignored, and the whole table comes back."""
    REFUSE = "refuse"
    """400."""
    SINGLE = "single"
    """Only its first value counts."""


class FirstVersionKey(StrEnum):
    """Where the API's first version looks for the key (ASM-32)."""

    ANYWHERE = "anywhere"
    QUERY = "query"
    NOWHERE = "nowhere"
    """The key is not known there: 401 always."""


class InfoProfile(StrEnum):
    """The shape of `/{entity}/info` (ASM-14)."""

    LABEL = "label"
    DISPLAY_NAME = "display-name"
    """`DisplayName` in place of `Label`."""
    BY_NAME = "by-name"
    """An object of columns by name in place of a list."""
    ABSENT = "absent"
    """404."""


class JobCode(StrEnum):
    """What `JobCode` of a job holds (ASM-36)."""

    DIGITS = "digits"
    """`JobNum`, with zeros in front."""
    OPAQUE = "opaque"
    """26 lower-case characters that mean nothing."""
    ABSENT = "absent"


class JobLocation(StrEnum):
    """The column that a job's place stands in (ASM-18)."""

    LOCATIONS = "Locations_Business"
    ADDRESSES = "Addresses_Business"
    PORTAL = "portal"
    """`PortalCity`, `PortalState`, `PortalZip` and `PortalCountryId`."""


class LargeLimit(StrEnum):
    """What happens to a `limit` over the largest page (ASM-01)."""

    CLAMP = "clamp"
    REFUSE = "refuse"


class ListOrder(StrEnum):
    """The order of lists (ASM-02)."""

    OLDEST_FIRST = "oldest-first"
    NEWEST_FIRST = "newest-first"
    """What is made while a list is paged shifts all rows."""
    LAST_CHANGED_FIRST = "last-changed-first"
    """What is changed while a list is paged comes to its front."""
    SHUFFLED = "shuffled"
    """Another order with every request."""


class LookupColumn(StrEnum):
    """The name of a user's lookup, such as the state (ASM-15)."""

    PLAIN = "plain"
    """`UserState`."""
    SUFFIXED = "suffixed"
    """`UserStateId`."""
    ABSENT = "absent"


class NoteRegarding(StrEnum):
    """The forms of `RegardingId` that a new note may have (ASM-28); any other is a 400."""

    BOTH = "both"
    BARE = "bare"
    """`{Id}`."""
    NAMED = "named"
    """`{Id, EntityName}`."""
    NEITHER = "neither"


class PipelineProfile(StrEnum):
    """The shapes a pipeline row may have, none of them proved (ASM-08)."""

    DEFAULT = "default"
    V1 = "v1"
    ITEM = "item"


class PortalVisibility(StrEnum):
    """How a job's `PortalVisibility` is written (ASM-17)."""

    NUMBER = "number"
    TEXT = "text"


class RecordTypeMatch(StrEnum):
    """Which contacts a value of `record_types` finds (ASM-34)."""

    ANY_BIT = "any-bit"
    ALL_BITS = "all-bits"
    EXACT = "exact"


class SecondPost(StrEnum):
    """What a POST does for a contact who is on the job already (ASM-25)."""

    MOVES = "moves"
    STAYS = "stays"
    """200, and the stage remains what it was."""
    REFUSED = "refused"
    """400."""


class StageOrder(StrEnum):
    """`SortOrder` of stages (ASM-24)."""

    FROM_ONE = "from-one"
    FROM_ZERO = "from-zero"
    ABSENT = "absent"


class UserEmail(StrEnum):
    """The column of a user's address (ASM-15)."""

    EMAIL = "Email"
    EMAIL_ADDRESS = "EmailAddress"
    USER_NAME = "UserName"
    ABSENT = "absent"
