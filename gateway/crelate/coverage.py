"""What of the unified model Crelate supports, worked out from the tables that do the work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as dataclass_fields
from functools import cache, partial

from gateway.crelate.mapping.custom_columns import NO_CUSTOM_COLUMNS, CustomColumns
from gateway.crelate.mapping.table import Absent
from gateway.crelate.reading.questions import WALKED, WHOLE
from gateway.crelate.reading.source import takes
from resolvers.criteria import visible
from schema.actions.add_attachment_to_application import AddAttachmentToApplicationInput
from schema.actions.add_note_to_application import AddNoteToApplicationInput
from schema.actions.create_application import CreateApplicationInput
from schema.actions.create_candidate import CreateCandidateInput
from schema.actions.move_application import MoveApplicationInput
from schema.coverage import ActionCoverage, Coverage, CoverageItem, ModelCoverage
from schema.criterion import Criterion, Meaning, meanings
from schema.model import MODELS, Model
from schema.strawberry_bridge import fields_of, object_of, to_camel_case
from schema.unified_fields import OWN, unified_fields

OWN_INPUTS = {"idempotencyKey", "onDuplicate", "dryRun"}
"""Inputs that say how the gateway carries out an action, not what reaches the ATS."""

LIVE = "Works live and on synced records."
SYNCED = "Works on synced records; live it is refused with FILTER_NEEDS_SYNC."
PROVEN = "Works on synced records, and live where the account's filter proves to work."

ACTIONS: dict[str, type] = {
    "createCandidate": CreateCandidateInput,
    "createApplication": CreateApplicationInput,
    "addAttachmentToApplication": AddAttachmentToApplicationInput,
    "addNoteToApplication": AddNoteToApplicationInput,
    "moveApplication": MoveApplicationInput,
}
"""Mutation -> its input."""

INPUT_NOTES = {
    "application.stageId": "Without it the first application stage of the account is used.",
    "attachment.type": "The file is stored as a general one, whatever the type.",
    "attachments.type": "The last CV becomes the primary document; other types are stored as general files.",
    "candidate.availabilityDate": "Stored as a date, without the time of day (ASM-23).",
    "candidate.customFields.key": "By name or label, as the account's list of fields has it (ASM-14).",
    "candidate.customFields.value": "In the form of the field's type; of a date without the time of day.",
    "candidate.company": "An employer of exactly this name is used, or made (ASM-21).",
    "candidate.location.country": "Stored where the ATS's id of the country can be found (ASM-30).",
    "candidate.phoneNumber": "US numbers only; others are skipped with a warning.",
    "candidate.salaryExpectations.period": "Stored as a year's amount (ASM-22).",
    "source.name": "Sources cannot be made: one of exactly this name has to be there.",
    "source.unifiedKey": "Turned into a name; sources cannot be made.",
    "stageId": "Moving is beyond the connector page: a second entry on the pipeline, and a look at it (ASM-25).",
    "sourcedBy.userId": "Becomes the owner of a new candidate (ASM-31).",
}
"""Input -> what should be known before relying on it."""

FEATURES = (
    CoverageItem(name="Provenance", supported=True, reason="Beyond the connector page; what is assumed says so."),
    CoverageItem(
        name="Custom fields",
        supported=True,
        reason="Of jobs and candidates, with the labels, types and options that the account's lists of fields give.",
    ),
    CoverageItem(name="Stages", supported=True, reason="Beyond the connector page: `moveApplication` (ASM-25)."),
    CoverageItem(name="Several Accounts", supported=True, reason="Beyond the connector page: `accounts`."),
    CoverageItem(name="Agents", supported=True, reason="Beyond the connector page: `ats-gateway mcp`, and `/mcp`."),
    CoverageItem(name="Unified REST", supported=True, reason="Beyond the connector page: `/v1/ats`, as Kombo has it."),
    CoverageItem(name="Source Writing", supported=True, reason="Sources that exist in the account."),
    CoverageItem(name="Connection Guide", supported=True, reason="`ats-gateway connect`."),
    CoverageItem(name="Roles", supported=True),
    CoverageItem(name="System roles", supported=True, reason="`UserType.Title` of each user; no unified type."),
    CoverageItem(name="Job roles", supported=True, reason="Each entry of a job's `Owners` is a HIRING_MANAGER."),
    CoverageItem(name="API Passthrough", supported=True),
    CoverageItem(name="Delta Syncs", supported=True, reason="By modification date where that filter proves to work."),
)


def coverage(custom: CustomColumns = NO_CUSTOM_COLUMNS) -> Coverage:
    """The coverage report of all models, actions and features, and what an account's settings make of it."""
    if not custom.by_model:
        return _USUAL()
    return _coverage(custom)


def _coverage(custom: CustomColumns) -> Coverage:
    return Coverage(
        models=[
            ModelCoverage(name=model.name, fields=list(_fields(model, custom)), filters=list(_filters(model)))
            for model in MODELS.values()
        ],
        actions=[
            *(ActionCoverage(name=name, inputs=list(_inputs(input_type))) for name, input_type in ACTIONS.items()),
            ActionCoverage(
                name="candidateAttachments",
                inputs=[CoverageItem(name="candidateId", supported=True, reason="Only the CV can be read back.")],
            ),
        ],
        features=list(FEATURES),
    )


_USUAL = cache(partial(_coverage, NO_CUSTOM_COLUMNS))
"""The report of every account whose settings say nothing of custom fields."""


def _fields(model: Model, custom: CustomColumns) -> Iterator[CoverageItem]:
    rows, columns = {row.name: row for row in custom.tables[model.name].rows}, custom.by_model.get(model.name, {})
    for name, attribute in unified_fields(model.name).items():
        row = rows.get(attribute)
        if name in OWN:
            yield CoverageItem(name=name, supported=True, reason=OWN[name])
        elif row is None or isinstance(row, Absent):
            yield CoverageItem(name=name, supported=False, reason=row.why if row else "Not mapped.")
        else:
            reason = f"Read from {columns[attribute]}, by the setting custom_fields." if attribute in columns else None
            yield CoverageItem(name=name, supported=True, reason=reason)


def _filters(model: Model) -> Iterator[CoverageItem]:
    known = meanings(model.filter)
    for field in dataclass_fields(model.filter):
        reason = _how(model, known[field.name]) if field.name in known else SYNCED
        yield CoverageItem(name=to_camel_case(field.name), supported=True, reason=reason)


def _how(model: Model, meaning: Meaning) -> str:
    criterion = Criterion(meaning.attribute, meaning.operator, (), "")
    if model.name in WHOLE:
        return LIVE if visible(model.record, criterion) else SYNCED
    if (model.name, meaning.attribute) in PROVABLE:
        return PROVEN
    return LIVE if takes(model.name, criterion) else SYNCED


PROVABLE = {
    ("Candidate", "email_addresses.email_address"),
    *(place for place, by in WALKED.items() if by is not None),
}
"""Model and attribute of conditions that depend on a filter with no other way round."""


def _inputs(input_type: type, prefix: str = "") -> Iterator[CoverageItem]:
    """The inputs of an action that hold values, by path."""
    for field in fields_of(input_type):
        path = f"{prefix}{to_camel_case(field.python_name)}"
        inner = object_of(field)
        if inner is not None:
            yield from _inputs(inner, f"{path}.")
        elif path not in OWN_INPUTS:
            yield CoverageItem(name=path, supported=True, reason=INPUT_NOTES.get(path))
