"""What an action says about its input: errors that stopped it, and warnings that did not."""

from enum import Enum

import strawberry


@strawberry.enum(description="Why an action was not carried out.")
class UserErrorCode(Enum):
    """One code for each thing a caller may have to tell apart."""

    REQUIRED = strawberry.enum_value("REQUIRED", description="The value is missing or blank.")
    TOO_LONG = strawberry.enum_value("TOO_LONG", description="The text or list is longer than can be stored.")
    INVALID_TEXT = strawberry.enum_value(
        "INVALID_TEXT", description="The text has control characters, or nothing in it that can be seen."
    )
    INVALID_EMAIL = strawberry.enum_value("INVALID_EMAIL", description="This is not an e-mail address.")
    INVALID_COUNTRY = strawberry.enum_value("INVALID_COUNTRY", description="This is not an ISO 3166-1 alpha-2 code.")
    INVALID_URL = strawberry.enum_value("INVALID_URL", description="This is not an http or https address.")
    INVALID_AMOUNT = strawberry.enum_value("INVALID_AMOUNT", description="The amount is negative or not finite.")
    CUSTOM_FIELD_NOT_FOUND = strawberry.enum_value(
        "CUSTOM_FIELD_NOT_FOUND", description="There is no custom field of this name or label."
    )
    INVALID_CUSTOM_FIELD = strawberry.enum_value(
        "INVALID_CUSTOM_FIELD", description="The value is none of the custom field's type, or none of its options."
    )
    INVALID_ID = strawberry.enum_value("INVALID_ID", description="This is not an id of the right model.")
    INVALID_FILE_NAME = strawberry.enum_value(
        "INVALID_FILE_NAME", description="A file name with an extension is needed."
    )
    INVALID_CONTENT_TYPE = strawberry.enum_value(
        "INVALID_CONTENT_TYPE",
        description="This is not a media type.",
        deprecation_reason="It is the warning `CONTENT_TYPE_MISMATCH`.",
    )
    CONTENT_TYPE_MISMATCH = strawberry.enum_value(
        "CONTENT_TYPE_MISMATCH",
        description="The file is of another type than declared.",
        deprecation_reason="It is a warning.",
    )
    INVALID_BASE64 = strawberry.enum_value("INVALID_BASE64", description="The data is not base64.")
    DATA_OR_DATA_URL = strawberry.enum_value(
        "DATA_OR_DATA_URL", description="Exactly one of `data` and `dataUrl` is needed."
    )
    FILE_TOO_LARGE = strawberry.enum_value("FILE_TOO_LARGE", description="The file is larger than this gateway takes.")
    FILE_UNREACHABLE = strawberry.enum_value("FILE_UNREACHABLE", description="The file could not be fetched.")
    URL_NOT_ALLOWED = strawberry.enum_value(
        "URL_NOT_ALLOWED", description="The gateway does not fetch from this address."
    )
    JOB_NOT_FOUND = strawberry.enum_value("JOB_NOT_FOUND", description="There is no such job.")
    JOB_CLOSED = strawberry.enum_value("JOB_CLOSED", description="The job takes no more applications.")
    STAGE_NOT_FOUND = strawberry.enum_value("STAGE_NOT_FOUND", description="There is no such application stage.")
    USER_NOT_FOUND = strawberry.enum_value("USER_NOT_FOUND", description="There is no such user.")
    SOURCE_NOT_FOUND = strawberry.enum_value("SOURCE_NOT_FOUND", description="There is no source with this id.")
    APPLICATION_NOT_FOUND = strawberry.enum_value("APPLICATION_NOT_FOUND", description="There is no such application.")
    CANDIDATE_NOT_FOUND = strawberry.enum_value("CANDIDATE_NOT_FOUND", description="There is no such candidate.")
    APPLICATION_ALREADY_EXISTS = strawberry.enum_value(
        "APPLICATION_ALREADY_EXISTS", description="The candidate is on this job already; the application is returned."
    )
    CANDIDATE_ALREADY_EXISTS = strawberry.enum_value(
        "CANDIDATE_ALREADY_EXISTS", description="The candidate exists already and is returned."
    )
    CANDIDATE_NAMESAKE = strawberry.enum_value(
        "CANDIDATE_NAMESAKE",
        description="The ATS takes somebody of the same name and another address, who is returned, for the candidate.",
    )
    INVALID_IDEMPOTENCY_KEY = strawberry.enum_value(
        "INVALID_IDEMPOTENCY_KEY", description="A key is 1 to 200 printable ASCII characters."
    )
    IDEMPOTENCY_KEY_REUSED = strawberry.enum_value(
        "IDEMPOTENCY_KEY_REUSED", description="The key was used before with another input."
    )
    OUTCOME_UNKNOWN = strawberry.enum_value(
        "OUTCOME_UNKNOWN", description="The ATS's answer was lost, and it does not let the gateway look."
    )
    ACTION_NOT_SUPPORTED = strawberry.enum_value("ACTION_NOT_SUPPORTED", description="The ATS has no such action.")
    UPSTREAM_REJECTED = strawberry.enum_value("UPSTREAM_REJECTED", description="The ATS refused a request.")
    UPSTREAM_UNAUTHORIZED = strawberry.enum_value(
        "UPSTREAM_UNAUTHORIZED", description="The ATS refused the API key or its owner's rights."
    )
    UPSTREAM_UNAVAILABLE = strawberry.enum_value(
        "UPSTREAM_UNAVAILABLE", description="The ATS stayed out of reach for so long that the action was given up."
    )
    INTERNAL_ERROR = strawberry.enum_value("INTERNAL_ERROR", description="The gateway failed; its log says more.")


@strawberry.enum(description="What was dropped, changed or assumed while an action was carried out.")
class WarningCode(Enum):
    """One code for each thing that may differ from what the caller asked for."""

    PHONE_SKIPPED = strawberry.enum_value("PHONE_SKIPPED", description="The ATS cannot store this phone number.")
    EMAIL_SKIPPED = strawberry.enum_value("EMAIL_SKIPPED", description="No room for so many addresses, or a repeat.")
    COUNTRY_SKIPPED = strawberry.enum_value("COUNTRY_SKIPPED", description="The ATS's id of the country is not known.")
    COMPANY_SKIPPED = strawberry.enum_value("COMPANY_SKIPPED", description="The employer could not be written.")
    TITLE_SKIPPED = strawberry.enum_value("TITLE_SKIPPED", description="The job title could not be written.")
    LINK_SKIPPED = strawberry.enum_value("LINK_SKIPPED", description="No room for this link.")
    SALARY_CONVERTED = strawberry.enum_value(
        "SALARY_CONVERTED", description="The amount was converted to the period that the ATS stores."
    )
    TIME_DROPPED = strawberry.enum_value("TIME_DROPPED", description="Only the date could be stored.")
    AVAILABILITY_SKIPPED = strawberry.enum_value(
        "AVAILABILITY_SKIPPED", description="The ATS refused the availability date."
    )
    SALARY_SKIPPED = strawberry.enum_value("SALARY_SKIPPED", description="The ATS refused the salary expectations.")
    LOCATION_SKIPPED = strawberry.enum_value("LOCATION_SKIPPED", description="The ATS refused the location.")
    SOURCE_SKIPPED = strawberry.enum_value("SOURCE_SKIPPED", description="No source has exactly this name.")
    OWNER_SKIPPED = strawberry.enum_value("OWNER_SKIPPED", description="An existing candidate keeps the owner it has.")
    STAGE_DEFAULTED = strawberry.enum_value(
        "STAGE_DEFAULTED", description="No stage was given: the first one was used."
    )
    STAGE_UNCHANGED = strawberry.enum_value(
        "STAGE_UNCHANGED", description="The application is in this stage already; nothing was written."
    )
    CANDIDATE_MATCHED = strawberry.enum_value(
        "CANDIDATE_MATCHED", description="The candidate existed already and was used."
    )
    FIELD_KEPT = strawberry.enum_value(
        "FIELD_KEPT", description="The existing candidate's value was kept instead of this one."
    )
    DUPLICATE_CREATED = strawberry.enum_value(
        "DUPLICATE_CREATED", description="A candidate with this address existed, and another one was created."
    )
    DUPLICATES_UNCHECKED = strawberry.enum_value(
        "DUPLICATES_UNCHECKED",
        description="The ATS cannot be asked by address, and has more candidates than were looked through: there may "
        "be one with this address.",
    )
    UPDATE_REFUSED = strawberry.enum_value(
        "UPDATE_REFUSED", description="The ATS refused to fill in the existing candidate."
    )
    CV_REPLACED = strawberry.enum_value(
        "CV_REPLACED", description="The ATS keeps one CV: the last one took its place, the others became documents."
    )
    CV_LOST = strawberry.enum_value(
        "CV_LOST", description="The ATS took the CV and dropped it again; it probably cannot read the file."
    )
    ATTACHMENT_FAILED = strawberry.enum_value("ATTACHMENT_FAILED", description="The ATS refused the file.")
    CONTENT_TYPE_MISMATCH = strawberry.enum_value(
        "CONTENT_TYPE_MISMATCH",
        description="The file is of another type than declared, and sent as what it is.",
    )
    FILE_RENAMED = strawberry.enum_value("FILE_RENAMED", description="Unsafe characters were taken out of the name.")
    NOTE_DETACHED = strawberry.enum_value(
        "NOTE_DETACHED", description="The note is on the candidate: the ATS refused to tie it to the job."
    )


@strawberry.type(description="An error in an action's input, or the reason why it was not carried out.")
class UserError:
    """Data, not an exception: a caller can show it beside the field it is about."""

    code: UserErrorCode = strawberry.field(description="What is wrong, for programs.")
    message: str = strawberry.field(description="What is wrong, for people. Holds no values of the input.")
    field: list[str] | None = strawberry.field(
        default=None, description="Path of the input field, such as `candidate`, `emailAddress`; null for none."
    )


@strawberry.type(name="Warning", description="Something an action did otherwise than the input asked for.")
class ActionWarning:
    """Nothing is dropped or defaulted without one."""

    code: WarningCode = strawberry.field(description="What happened, for programs.")
    message: str = strawberry.field(description="What happened, for people. Holds no values of the input.")
    field: list[str] | None = strawberry.field(
        default=None, description="Path of the input field; null when no single one is concerned."
    )
