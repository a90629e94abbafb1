"""What is believed, as a settings file says it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.crelate.assumptions import Assumptions, read_assumptions


def test_what_is_not_said_is_the_default() -> None:
    """Lists become sets."""
    assert read_assumptions({}) == Assumptions()
    assert read_assumptions({"interview_types": ["a"]}) == Assumptions(interview_types=frozenset({"a"}))


@pytest.mark.parametrize("values", [{"intervew_types": []}, {"leads_are_jobs": "perhaps"}, {"deleted_statuses": ["x"]}])
def test_what_cannot_be_meant_is_refused(values: dict[str, object]) -> None:
    """A misspelt belief would otherwise be held silently."""
    with pytest.raises(ValidationError):
        read_assumptions(values)
