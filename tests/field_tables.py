"""The connector page's tables, typed once more: what the schema and the mapping are held against.

Plain data on purpose, written from the page and the unified model alone: it imports nothing of ours, so it cannot agree
with the code by accident. Names are spelled as on the page. Types are GraphQL's.
"""

OBSERVED = {
    "id": "ID!",
    "changed_at": "DateTime",  # the model promises one; here it is null until the record has been synced: never guessed
    "remote_deleted_at": "DateTime",
}
"""What every model has."""

MODELS: dict[str, dict[str, str]] = {
    "User": OBSERVED
    | {
        "remote_id": "String",
        "first_name": "String",
        "last_name": "String",
        "email": "String",
        "status": "UserStatus",
        "remote_data": "JSON",
    },
    "Job": OBSERVED
    | {
        "remote_id": "String!",
        "name": "String",
        "job_code": "String",
        "description": "String",
        "visibility": "JobVisibility",
        "salary_amount": "Float",
        "salary_currency": "String",
        "location": "Location",
        "custom_fields": "JSON",
        "integration_fields": "[IntegrationField!]!",
        "remote_url": "String",
        "opened_at": "DateTime",
        "closed_at": "DateTime",
        "remote_updated_at": "DateTime",
    },
    "Candidate": OBSERVED
    | {
        "remote_id": "String!",
        "first_name": "String",
        "last_name": "String",
        "company": "String",
        "title": "String",
        "phone_numbers": "[PhoneNumber!]",
        "email_addresses": "[EmailAddress!]",
        "location": "Location",
        "custom_fields": "JSON",
        "integration_fields": "[IntegrationField!]!",
        "remote_url": "String",
        "remote_created_at": "DateTime",
        "remote_updated_at": "DateTime",
        "remote_data": "JSON",
    },
    "ApplicationStage": OBSERVED
    | {
        "remote_id": "String",
        "name": "String",
        "remote_data": "JSON",
    },
    "Application": OBSERVED
    | {
        "remote_id": "String",
        "current_stage_id": "ID",
        "job_id": "ID",
        "candidate_id": "ID",
        "remote_updated_at": "DateTime",
        "remote_data": "JSON",
    },
    "Interview": OBSERVED
    | {
        "remote_id": "String",
        "title": "String",
        "starting_at": "DateTime",
        "ending_at": "DateTime",
        "application_id": "ID",
        "remote_created_at": "DateTime",
        "remote_updated_at": "DateTime",
        "remote_data": "JSON",
    },
    "Role": OBSERVED
    | {
        "remote_id": "String",
        "remote_label": "String",
        "scope": "RoleScope",
        "unified_type": "UnifiedRoleType",
    },
    "JobUserRoleAssignment": OBSERVED
    | {
        "job_user_id": "ID!",
        "role_id": "ID!",
    },
    "JobHiringTeamMember": OBSERVED
    | {
        "roles": "[Role!]",  # the page leaves open what stands in it; here the roles themselves
        "job_id": "ID!",
        "user_id": "ID!",
    },
    "UserRole": OBSERVED
    | {
        "user_id": "ID!",
        "role_id": "ID!",
    },
    "InterviewingTeamMember": OBSERVED
    | {
        "interview_id": "ID!",
        "user_id": "ID!",
    },
}
"""Model -> its fields, as the page lists them."""

BESIDE = {"provenance": "[Provenance!]"}
"""What every model has beside its data."""

CUSTOM = {"custom_field": "CustomField", "typed_custom_fields": "[CustomField!]"}
"""What every model with custom fields has beside them."""

TARGETS = {
    "current_stage_id": "ApplicationStage",
    "job_id": "Job",
    "candidate_id": "Candidate",
    "application_id": "Application",
    "job_user_id": "JobHiringTeamMember",
    "role_id": "Role",
    "user_id": "User",
    "interview_id": "Interview",
}
"""Field that holds an id -> the model it is of, whichever model the field is on."""

RELATIONS: dict[str, dict[str, str]] = {
    "User": {
        "user_roles": "[UserRole!]",
        "hiring_team_memberships": "[JobHiringTeamMember!]",
        "interviewing_team_memberships": "[InterviewingTeamMember!]",
    },
    "Job": {"applications": "ApplicationConnection", "hiring_team": "[JobHiringTeamMember!]"},
    "Candidate": {"applications": "ApplicationConnection", "attachments": "[Attachment!]"},
    "ApplicationStage": {"applications": "ApplicationConnection"},
    "Application": {
        "job": "Job",
        "candidate": "Candidate",
        "current_stage": "ApplicationStage",
        "interviews": "[Interview!]",
    },
    "Interview": {"application": "Application", "interviewing_team": "[InterviewingTeamMember!]"},
    "Role": {},
    "JobUserRoleAssignment": {"job_user": "JobHiringTeamMember", "role": "Role"},
    "JobHiringTeamMember": {"job": "Job", "user": "User"},
    "UserRole": {"user": "User", "role": "Role"},
    "InterviewingTeamMember": {"interview": "Interview", "user": "User"},
}
"""Model -> the ways on from it, which the page's rows only hint at. Null, never absent, when a branch fails."""

VALUES: dict[str, dict[str, str]] = {
    "Location": dict.fromkeys(("city", "country", "raw", "state", "street_1", "street_2", "zip_code"), "String"),
    "PhoneNumber": {"phone_number": "String!", "type": "String"},
    "EmailAddress": {"email_address": "String", "type": "String"},
    "IntegrationField": {
        "id": "ID!",
        "key": "String!",
        "type": "IntegrationFieldType!",
        "value": "JSON",
        "label": "String",
    },
    "CustomField": {
        "key": "String!",
        "label": "String",
        "type": "CustomFieldType!",
        "options": "[CustomFieldOption!]",
        "value": "JSON",
        "text": "String",
        "number": "Float",
        "date": "DateTime",
        "boolean": "Boolean",
        "option": "CustomFieldOption",
    },
    "CustomFieldOption": {"key": "String", "label": "String!"},
    "Provenance": {
        "field": "String!",
        "source": "String",
        "column": "String",
        "rule": "String",
        "raw": "JSON",
        "basis": "Basis",
        "assumption": "String",
    },
}
"""Sub-object -> its fields."""

ENUMS: dict[str, set[str]] = {
    "UserStatus": {"ACTIVE", "INACTIVE"},
    "JobVisibility": {"PUBLIC", "INTERNAL", "UNLISTED", "CONFIDENTIAL"},
    "RoleScope": {"SYSTEM", "JOB"},
    "UnifiedRoleType": {"HIRING_MANAGER", "RECRUITER", "COORDINATOR", "SOURCER", "INTERVIEWER", "ADMIN"},
    "IntegrationFieldType": {"DEFAULT", "CUSTOM"},
    "AttachmentType": {"CV", "COVER_LETTER", "OTHER"},
    "EmailAddressType": {"PERSONAL", "WORK", "OTHER"},
    "SalaryPeriod": {"MONTH", "YEAR"} | {"WEEK", "DAY", "HOUR"},  # the latter beyond the model's
    "CustomFieldType": {"TEXT", "NUMBER", "DATE", "BOOLEAN", "OPTION"},
    "Basis": {"LEARNT", "DOCUMENTED", "ASSUMED"},
    "HttpMethod": {"GET", "POST", "PUT", "PATCH", "DELETE"},
}
"""Closed lists of words."""

CREATE_CANDIDATE = {
    "candidate.first_name": "String!",
    "candidate.last_name": "String!",
    "candidate.email_address": "String!",
    "candidate.additional_email_addresses.email_address": "String!",
    "candidate.company": "String",
    "candidate.title": "String",
    "candidate.phone_number": "String",
    "candidate.location.city": "String",
    "candidate.location.country": "String",  # the model wants one in every location; here a city alone is taken too
    "candidate.location.state": "String",
    "candidate.location.zip_code": "String",
    "candidate.availability_date": "DateTime",
    "candidate.salary_expectations.period": "SalaryPeriod!",
    "candidate.salary_expectations.amount": "Float!",
    "candidate.social_links.url": "String!",
    "application.job_id": "ID!",
    "application.stage_id": "ID",
    "attachments.name": "String!",
    "attachments.content_type": "String",
    "attachments.data_url": "String",
    "attachments.data": "String",
    "attachments.type": "AttachmentType!",
    "source.name": "String",
    "source.unified_key": "String",
    "source.id": "String",
    "sourced_by.user_id": "ID!",
}
"""Create application has the same."""

ACTIONS: dict[str, dict[str, str]] = {
    "create_candidate": CREATE_CANDIDATE,
    "create_application": CREATE_CANDIDATE,
    "add_attachment_to_application": {
        "application_id": "ID!",
        "attachment.name": "String!",
        "attachment.content_type": "String",
        "attachment.data_url": "String",
        "attachment.data": "String",
    },
    "add_note_to_application": {"application_id": "ID!", "content": "String!"},
}
"""Mutation -> its inputs by path, as the page lists them."""

ACTIONS_BEYOND: dict[str, dict[str, str]] = {"move_application": {"application_id": "ID!", "stage_id": "ID!"}}
"""The same of mutations that the page does not list for this ATS."""

READING_ACTIONS: dict[str, dict[str, str]] = {"candidate_attachments": {"candidate_id": "ID!"}}
"""Query for an action that only reads -> its arguments."""

PASSTHROUGH = {
    "method": "HttpMethod!",
    "path": "String!",
    "params": "JSON",
    "headers": "JSON",
    "data": "JSON",
    "multipart_form_data.name": "String!",
    "multipart_form_data.value": "String",
    "response_as_base64": "Boolean!",
}
"""Input of the passthrough, from the unified model."""

FEATURES = (
    "Source Writing",
    "Connection Guide",
    "Roles",
    "System roles",
    "Job roles",
    "API Passthrough",
    "Delta Syncs",
)
"""The page's features, without the examples it gives in brackets."""
