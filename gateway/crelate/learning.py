"""What is learnt about an account while it is asked and written to (crelate-api 4.14): the facts.

filter /contacts?ids        what the canary proved: `many`, `one` or `none`
page size /contacts         rows of a page of that list behind which more follow (ASM-01)
pipeline rows               whether rows name their stage and date: true, false or `some` (ASM-08)
key form /api3              how this version of the API took the key: `header` or `query` (ASM-32)
stages found by             how the recruiting stages were told from others, and their workflow type (ASM-16)
stage order                 their keys, in the pipeline's order (ASM-24)
stages in use               keys of stages that pipelines were seen to use (ASM-16)
note form                   how a note took its job (ASM-28)
document form, CV form      which upload took a file (ASM-29)
duplicate rule              what a contact had in common with the one it was refused for (ASM-11)
quota refused after         calls of a minute after which Crelate refused one (ASM-12)
quota limit                 what an answer's headers named as the limit (ASM-12)
"""

from __future__ import annotations

PIPELINE_ROWS = "pipeline rows"
STAGES_FOUND_BY = "stages found by"
STAGE_ORDER = "stage order"
NOTE_FORM = "note form"
DOCUMENT_FORM = "document form"
CV_FORM = "CV form"
QUOTA_LIMIT = "quota limit"

filter_fact = "filter {}".format
"""The fact about a filter, or anything else that the canary judges, by its name."""

page_size = "page size {}".format
"""The fact about the pages of a list, by its path."""

key_form = "key form {}".format
"""The fact about how a version of the API takes the key, by its path."""
