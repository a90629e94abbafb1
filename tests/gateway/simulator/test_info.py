import pytest

from tests.gateway.simulator.conftest import Crelate


@pytest.mark.parametrize("entity", ["contacts", "jobs", "activities", "applications"])
async def test_info_describes_columns(crelate: Crelate, entity: str) -> None:
    """Each with its name, label and type; a name comes once."""
    fields = await crelate.data(f"/{entity}/info")

    assert all(field.keys() == {"Name", "Label", "Type", "Options"} for field in fields)
    assert len({field["Name"] for field in fields}) == len(fields)


async def test_custom_columns_have_the_customers_labels(crelate: Crelate) -> None:
    """Those that are in use; the rest keep a plain one."""
    labels = {field["Name"]: field["Label"] for field in await crelate.data("/jobs/info")}

    assert labels["CustomField1"] == "Work Arrangement"
    assert labels["CustomField9"] == "Custom Field 9"
    assert labels["UserOpenDate"] == "User Open Date"


async def test_options_can_be_sent_back(crelate: Crelate) -> None:
    """Sources and countries list ids that a write accepts."""
    options = {field["Name"]: field["Options"] for field in await crelate.data("/contacts/info")}
    source, country = options["ContactSourceId"][0], options["Addresses_Home"][0]

    person = await crelate.data(
        "/contacts/"
        + await crelate.make("contacts", LastName="King", ContactSourceId=source, Addresses_Home={"CountryId": country})
    )

    assert person["ContactSourceId"] == source
    assert person["Addresses_Home"]["CountryId"] == country


async def test_stages_can_be_read_from_applications(crelate: Crelate) -> None:
    """The status column of applicants lists the stages."""
    options = {field["Name"]: field["Options"] for field in await crelate.data("/applications/info")}

    assert "Phone Screen" in {option["Title"] for option in options["StatusId"]}


async def test_columns_of_the_customers_own_may_list_options(crelate: Crelate) -> None:
    """A write takes one by its id, and no others."""
    (options,) = [
        field["Options"] for field in await crelate.data("/contacts/info") if field["Name"] == "CustomField31"
    ]
    sent = {"LastName": "King", "CustomField31": {"Id": options[1]["Id"]}}

    person = await crelate.data(f"/contacts/{await crelate.make('contacts', **sent)}")

    assert person["CustomField31"] == options[1]
    wrong = {"entity": {"LastName": "King", "CustomField31": {"Id": "x"}}}
    assert (await crelate.refusal("POST", "/contacts", json=wrong))[0] == 400
