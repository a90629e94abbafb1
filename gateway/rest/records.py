"""What the records look like (model 4): one table for each, in the order of the API that callers were written for.

Records inside a record are abbreviated, differently from place to place; what the graph does not have is empty or null,
never left out.
"""

from gateway.rest.shapes import Shape, absent, all_of, changed, instants, many, media_type, no, one, placed, plain

ROLE_VIEW = Shape(*plain("remote_id", "remote_label", "unified_type", "scope"))

LOCATION = Shape(*plain("city", "country", "raw", "state", "street_1", "street_2", "zip_code"))
EMAIL = Shape(*plain("email_address", "type"))
PHONE = Shape(*plain("phone_number", "type"))
INTEGRATION_FIELD = Shape(*plain("id", "key", "type", "value", "label"))

NAMED = Shape(*plain("id", "remote_id", "name"))
"""A job inside another record."""

STAGE = Shape(*plain("id", "remote_id", "name"), *absent("index"))
WHOLE_STAGE = Shape(*plain("id", "remote_id", "name"), *absent("index", "status", "custom_fields"))

USER = Shape(
    *plain("id", "remote_id", "first_name", "last_name", "email", "status", "remote_data"),
    changed(),
    *instants("remote_deleted_at"),
    many("system_roles", ROLE_VIEW, "user_roles.role"),
)

HIRING_TEAM_MEMBER = Shape(
    placed("id", "user_id"),
    placed("remote_id", "user.remote_id"),
    placed("first_name", "user.first_name"),
    placed("last_name", "user.last_name"),
    placed("email", "user.email"),
    all_of("hiring_team_roles", "roles.unified_type"),
    many("job_roles", ROLE_VIEW, "roles"),
)

JOB = Shape(
    *plain("id", "remote_id", "name", "job_code", "description"),
    *absent("confidential", "weekly_hours", "employment_type", "status"),
    *plain("visibility"),
    *absent("category", "department", "post_url", "experience_level", "remote_work_status"),
    *plain("salary_amount"),
    *absent("salary_amount_from", "salary_amount_to"),
    *plain("salary_currency"),
    *absent("salary_period"),
    one("location", LOCATION),
    *plain("custom_fields"),
    many("integration_fields", INTEGRATION_FIELD),
    *plain("remote_url"),
    *instants("opened_at", "closed_at"),
    *absent("remote_created_at"),
    *instants("remote_updated_at"),
    *absent("contact_id", "remote_data"),
    changed("remote_updated_at"),
    *instants("remote_deleted_at"),
    *no("stages", "screening_questions", "job_postings"),
    many("hiring_team", HIRING_TEAM_MEMBER),
)

PERSON = (
    *plain("id", "remote_id", "first_name", "last_name", "company", "title"),
    *absent("confidential", "source"),
    many("phone_numbers", PHONE),
    many("email_addresses", EMAIL),
    *no("social_media"),
    one("location", LOCATION),
    *plain("custom_fields"),
    many("integration_fields", INTEGRATION_FIELD),
    *plain("remote_url"),
    *instants("remote_created_at", "remote_updated_at"),
    *plain("remote_data"),
    changed("remote_updated_at"),
    *instants("remote_deleted_at"),
    *no("tags"),
)
"""A candidate without applications."""

APPLICATION_OF_CANDIDATE = Shape(
    *plain("id", "remote_id"),
    *absent("outcome", "rejection_reason_name", "rejected_at", "remote_url"),
    changed("remote_updated_at"),
    *absent("remote_created_at"),
    *instants("remote_updated_at"),
    one("current_stage", STAGE),
    one("job", NAMED),
)

CANDIDATE = Shape(*PERSON, many("applications", APPLICATION_OF_CANDIDATE, "applications.nodes"))

APPLICATION_STAGE = Shape(
    *plain("id", "remote_id", "name"),
    *absent("status", "custom_fields"),
    *plain("remote_data"),
    changed(),
    *instants("remote_deleted_at"),
)

CANDIDATE_OF_APPLICATION = Shape(
    *plain("id", "remote_id", "first_name", "last_name"),
    many("email_addresses", EMAIL),
    many("phone_numbers", PHONE),
    *no("social_media"),
    *absent("source"),
    *plain("remote_url"),
    *no("tags"),
)

INTERVIEW_OF_APPLICATION = Shape(
    *plain("id", "remote_id", "title"),
    *instants("starting_at", "ending_at"),
    *absent("location", "canceled"),
)

BARE_APPLICATION = (
    *plain("id", "remote_id"),
    *absent("outcome", "rejection_reason_name", "rejected_at"),
    *plain("current_stage_id", "job_id", "candidate_id"),
    *no("screening_question_answers"),
    *absent("custom_fields"),
    *no("integration_fields"),
    *absent("remote_url", "remote_created_at"),
    *instants("remote_updated_at"),
    *plain("remote_data"),
    changed("remote_updated_at"),
    *instants("remote_deleted_at"),
    one("job", NAMED),
)
"""An application without candidate, stage and interviews, which differ from place to place."""

APPLICATION = Shape(
    *BARE_APPLICATION,
    one("candidate", CANDIDATE_OF_APPLICATION),
    one("current_stage", WHOLE_STAGE),
    many("interviews", INTERVIEW_OF_APPLICATION),
    *no("offers"),
)

CREATED_APPLICATION = Shape(*BARE_APPLICATION, one("candidate", Shape(*PERSON)), one("current_stage", STAGE))

INTERVIEWER = Shape(
    placed("id", "user_id"),
    placed("remote_id", "user.remote_id"),
    placed("first_name", "user.first_name"),
    placed("last_name", "user.last_name"),
    placed("email", "user.email"),
)

CANDIDATE_OF_INTERVIEW = Shape(*plain("id", "remote_id", "first_name", "last_name"), many("email_addresses", EMAIL))

APPLICATION_OF_INTERVIEW = Shape(
    *plain("id", "remote_id"),
    *absent("outcome", "rejection_reason_name"),
    one("candidate", CANDIDATE_OF_INTERVIEW),
    one("job", NAMED),
)

INTERVIEW = Shape(
    *plain("id", "remote_id", "title"),
    *instants("starting_at", "ending_at"),
    *absent("location", "video_conferencing_url"),
    *plain("application_id"),
    *absent("stage_id", "canceled"),
    *instants("remote_created_at", "remote_updated_at"),
    *plain("remote_data"),
    changed("remote_updated_at"),
    *instants("remote_deleted_at"),
    many("users", INTERVIEWER, "interviewing_team"),
    one("application", APPLICATION_OF_INTERVIEW),
)

ROLE = Shape(
    *plain("id", "remote_id", "remote_label", "scope", "unified_type"),
    *absent("remote_data"),
    changed(),
    *instants("remote_deleted_at"),
)

ATTACHMENT = Shape(
    placed("id", "remote_id"),
    *absent("application_id", "candidate_id"),
    *plain("type", "remote_id"),
    placed("file_name", "name"),
    media_type("content_type"),
    *plain("data_url"),
    *instants("remote_created_at"),
    *absent("remote_updated_at"),
)
