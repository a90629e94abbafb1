"""Values of custom fields in the form Crelate takes."""

import pytest

from gateway.crelate.reading.description import described
from gateway.crelate.writing.custom_fields import FORMS, Unfit
from schema.custom_field import CustomFieldType


def test_a_yes_or_no_is_written_where_a_list_of_fields_says_so() -> None:
    """Its type comes before what the number of the field tells (ASM-14)."""
    found = described({"Fields": [{"Name": "CustomField1", "Label": "Remote", "Type": "Boolean"}]})
    (field,) = [field for field in found.fields if field.label == "Remote"]
    assert field.type is CustomFieldType.BOOLEAN
    yes: object = True
    assert FORMS[field.type](yes, field) == {"value": True}
    with pytest.raises(Unfit):
        FORMS[field.type]("yes", field)
