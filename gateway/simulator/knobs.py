"""What can be turned while the simulator runs. Every default is how it answered before the knob existed."""

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, TypeAdapter

from gateway.simulator.assumptions import MAX_PAGE, RECRUITING_NAME, RECRUITING_WORKFLOW
from gateway.simulator.choices import (
    ArtifactRows,
    ColumnMode,
    CountryIds,
    DuplicateRule,
    FilterMode,
    FirstVersionKey,
    InfoProfile,
    JobCode,
    JobLocation,
    LargeLimit,
    ListOrder,
    LookupColumn,
    NoteRegarding,
    PipelineProfile,
    PortalVisibility,
    RecordTypeMatch,
    SecondPost,
    StageOrder,
    UserEmail,
)
from gateway.simulator.columns import COLUMNS


@dataclass(slots=True)
class Knobs:
    """The behaviour that Crelate has not promised, one field per thing that an account may do otherwise."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    # the quota
    requests_per_minute: int | None = None
    """Calls one key may make in any sixty seconds; None for no limit."""
    retry_after: bool = True
    """Whether a 429 says when to come back."""
    shared_quota: bool = False
    """Whether all keys draw on one quota, as they would behind one address."""

    # lists
    max_page: int = MAX_PAGE
    large_limit: LargeLimit = LargeLimit.CLAMP
    list_order: ListOrder = ListOrder.OLDEST_FIRST
    total_records: bool = True
    """Whether lists say how many rows there are (`TotalRecords`)."""
    more_records: bool = True
    """Whether lists say that there are more (`MoreRecords`)."""
    filters: dict[str, FilterMode] = field(default_factory=dict)
    """Modes of the filters that are not on, by `entity.parameter`, such as `contacts.ids`."""
    modified_after_inclusive: bool = False
    """Whether `modified_after` also finds what was changed at that very moment."""
    record_types: RecordTypeMatch = RecordTypeMatch.ANY_BIT

    # the shape of records
    pipeline_profile: PipelineProfile = PipelineProfile.DEFAULT
    contact_jobs: bool = True
    """Whether `GET /contacts/{id}/jobs` exists in the third version."""
    artifact_rows: ArtifactRows = ArtifactRows.FULL
    info_profile: InfoProfile = InfoProfile.LABEL
    country_ids: CountryIds = CountryIds.BOTH
    list_disabled_users: bool = True
    """Whether `/users` lists users that may no longer sign in."""
    user_email: UserEmail = UserEmail.EMAIL
    user_state: LookupColumn = LookupColumn.PLAIN
    user_type: LookupColumn = LookupColumn.PLAIN
    recruiting_workflow: str = RECRUITING_WORKFLOW
    """The id of the recruiting workflow, on the wire only."""
    recruiting_name: str = RECRUITING_NAME
    """What that workflow is called, on the wire only."""
    stage_order: StageOrder = StageOrder.FROM_ONE
    stage_meaning: bool = False
    """Whether stages say of which kind they are, in `MeaningId`."""
    portal_visibility: PortalVisibility = PortalVisibility.NUMBER
    job_location: JobLocation = JobLocation.LOCATIONS
    job_code: JobCode = JobCode.DIGITS
    lead_flag: bool = True
    """Whether jobs carry `IsLead`."""
    position_lookup: bool = False
    """Whether the `JobTitle` of a position is `{Title}` and not text."""
    activity_owners: bool = True
    """Whether activities carry `Owners`."""
    interview_word: str = "Interview"
    """What stands in the names of activity types in place of this word."""
    guid_variants: bool = False
    """Whether new ids have any digit in place of the variant; set in the config it also holds for seeded records."""

    # writes
    duplicate_rule: DuplicateRule = DuplicateRule.NAME_AND_EMAIL
    columns: dict[str, ColumnMode] = field(default_factory=dict)
    """Modes of the columns that cannot be written, by `entity.Column` or `entity.Column.Part`, such as
    `contacts.Owners` or `contacts.CurrentPosition.CompanyId`."""
    warnings_in_success: bool = False
    """Whether a write that was carried out also lists something in `Errors`."""
    refusals_in_success: bool = False
    """Whether 400, 409 and 422 come as 200 with `Errors`."""
    deleted_status: int | None = None
    """The `EntityStatus` of a deleted record that stays where it was; None for one that is gone."""
    second_post: SecondPost = SecondPost.MOVES
    pipeline_put: bool = True
    """Whether a pipeline entry can be moved by PUT and PATCH."""
    status_required: bool = True
    """Whether a pipeline POST without a status is refused; else the first stage is taken."""
    note_regarding: NoteRegarding = NoteRegarding.BOTH
    artifact_upload: bool = True
    """Whether `POST /artifacts` exists."""
    document_delay_seconds: float = 0.0
    """How long a CV takes to be read; up to about thirty at Crelate (crelate-api 4.10)."""

    # the first version
    v1_key: FirstVersionKey = FirstVersionKey.ANYWHERE
    v1_same_ids: bool = True
    """Whether a record has the same id in both versions."""
    v1_new_sources: bool = False
    """Whether `PUT /contacts/{id}` exists and makes a source from a new `Source_Name`."""

    def __post_init__(self) -> None:
        """Refuses modes of columns that do not exist."""
        for path in self.columns:
            entity, _, column = path.partition(".")
            if column.partition(".")[0] not in COLUMNS.get(entity, {}):
                raise ValueError(f"there is no column {path}")

    def filter_mode(self, entity: str, parameter: str) -> FilterMode:
        """The mode of a filter: on unless it was switched."""
        return self.filters.get(f"{entity}.{parameter}", FilterMode.ON)

    def to_json(self) -> dict[str, Any]:
        """All of them, by name."""
        return asdict(self)

    def changed(self, changes: dict[str, Any]) -> Self:
        """A copy with the changes, as JSON names and spells them; raises ValueError for what does not exist."""
        return TypeAdapter(type(self)).validate_python({**self.to_json(), **changes})
