"""Rows as Crelate sends them, every field of the mapping filled (crelate-api 8)."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

USER_ID = "11111111-0000-4000-8000-000000000001"
JOB_ID = "22222222-0000-4000-8000-000000000002"
CONTACT_ID = "33333333-0000-4000-8000-000000000003"
STAGE_ID = "44444444-0000-4000-8000-000000000004"
ACTIVITY_ID = "55555555-0000-4000-8000-000000000005"
TYPE_ID = "66666666-0000-4000-8000-000000000006"

OWNER: Row = {"Id": USER_ID.upper(), "Title": "Sam Reyes", "IsPrimary": True}

USER: Row = {
    "Id": USER_ID.upper(),
    "FirstName": "Sam",
    "LastName": "Reyes",
    "Email": "Sam@Example.com",
    "UserType": {"Id": TYPE_ID, "Title": "Standard"},
    "UserState": {"Id": "us", "Title": "Active"},
    "EntityStatus": 1,
}

JOB: Row = {
    "Id": JOB_ID.upper(),
    "Name": "Backend Engineer",
    "JobCode": "00042",
    "Description": "<p>Text</p>",
    "IsLead": False,
    "IsOnHold": False,
    "IsHidden": False,
    "OnPortal": True,
    "PortalVisibility": 0,
    "Salary": 120000,
    "Locations_Business": {
        "Line1": "1 Main St",
        "City": "Austin",
        "State": "TX",
        "ZipCode": "78701",
        "CountryId": {"Id": "c", "Title": "United States"},
        "IsPrimary": True,
    },
    "UserOpenDate": "2025-01-02T00:00:00",
    "UserCloseDate": "2125-06-01T00:00:00",
    "ClosedOn": None,
    "Owners": [OWNER],
    "CustomField1": "Hybrid",
    "CustomField31": {"Id": "l", "Title": "Gold"},
    "CreatedOn": "2025-01-02T09:00:00Z",
    "ModifiedOn": "2025-02-01T09:00:00.123Z",
}

CONTACT: Row = {
    "Id": CONTACT_ID.upper(),
    "RecordType": 3,
    "Name": "Okafor, Ada",
    "FirstName": "Ada",
    "LastName": "Okafor",
    "AccountId": {"Id": "a", "Title": "Old Corp"},
    "CurrentPosition": {"JobTitle": "Engineer", "CompanyId": {"Id": "b", "Title": "New Corp"}},
    "EmailAddresses_Work": {"Value": "ada@work.example.com", "IsPrimary": False},
    "EmailAddresses_Personal": {"Value": "ada@example.com", "IsPrimary": True},
    "EmailAddresses_Other": {"Value": "not an address", "IsPrimary": False},
    "EmailAddresses_Potential": {"Value": "maybe@example.com", "IsPrimary": False},
    "PhoneNumbers_Mobile": {"Value": "+12065550142", "IsPrimary": False},
    "PhoneNumbers_Work_Main": {"Value": "+12065550143", "IsPrimary": True},
    "PhoneNumbers_Home": {"Value": "+12065550144", "IsPrimary": False},
    "PhoneNumbers_Fax": {"Value": "+12065550145", "IsPrimary": False},
    "Addresses_Home": {"City": "Seattle", "IsPrimary": False},
    "Addresses_Business": {"City": "Tacoma", "State": "WA", "IsPrimary": True},
    "CustomField2": "1 month",
    "CustomField11": 0,
    "CreatedOn": "2025-02-03T09:15:02.1Z",
    "ModifiedOn": "2025-02-10T18:44:10.2371234Z",
}

STAGE: Row = {"Id": STAGE_ID.upper(), "Name": "New Candidate", "SortOrder": 1}

PIPELINE_ROWS: dict[str, Row] = {
    "default": {
        "ContactId": {"Id": CONTACT_ID.upper(), "Title": "Okafor, Ada", "EntityName": "Contacts"},
        "JobId": {"Id": JOB_ID, "Title": "Backend Engineer", "EntityName": "Jobs"},
        "Stage": {"Id": STAGE_ID.upper(), "Title": "New Candidate"},
        "Date": "2025-02-10T18:44:10.2371234Z",
    },
    "v1": {"Id": CONTACT_ID.upper(), "Name": "Okafor, Ada", "StageId": STAGE_ID.upper(), "StageName": "New Candidate"},
    "item": {
        "Id": "77777777-0000-4000-8000-000000000007",
        "ContactId": CONTACT_ID.upper(),
        "JobId": JOB_ID,
        "WorkflowItemStatusId": STAGE_ID.upper(),
        "CreatedOn": "2025-02-01T00:00:00Z",
        "ModifiedOn": "2025-02-10T18:44:10.2371234Z",
    },
}

ACTIVITY: Row = {
    "Id": ACTIVITY_ID.upper(),
    "VerbId": {"Id": "v", "Title": "Interview"},
    "Subject": "Technical interview",
    "When": "2025-02-14T15:00:00Z",
    "WhenEnd": "2025-02-14T16:00:00Z",
    "ParentId": {"Id": CONTACT_ID.upper(), "Title": "Okafor, Ada", "EntityName": "Contacts"},
    "RegardingId": {"Id": JOB_ID.upper(), "Title": "Backend Engineer", "EntityName": "Jobs"},
    "Owners": [OWNER],
    "CreatedById": {"Id": "99999999-0000-4000-8000-000000000009", "Title": "Kim Lee"},
    "CreatedOn": "2025-02-11T08:00:00Z",
    "ModifiedOn": "2025-02-12T08:00:00Z",
}
