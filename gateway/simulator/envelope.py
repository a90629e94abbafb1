"""The frame around every JSON answer (crelate-api 2.1)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gateway.simulator.answers import Enveloped
from gateway.simulator.timestamps import server_time


def envelope(answer: Enveloped, *, url: str, verb: str, now: datetime, errors: Sequence[str] = ()) -> dict[str, Any]:
    """`{Data, Metadata, Errors}`. The address is echoed as it came, key included."""
    return {
        "Data": answer.data,
        "Metadata": {
            "CorrelationId": str(uuid.uuid4()),
            "TimeStamp": server_time(now),
            "Url": url,
            "Verb": verb,
            "TotalRecords": answer.total,
            "MoreRecords": answer.more,
            "Links": None,
        },
        "Errors": [{"Message": message} for message in errors],
    }
