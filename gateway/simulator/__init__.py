"""A Crelate to work against without an account: stateful, seeded, and as awkward as the real one is known to be.

It answers at the HTTP boundary, for tests through `httpx.ASGITransport`, for the demo through uvicorn. It knows
nothing of the client: what it takes for granted stands in `assumptions`, and what makes each of it false, as a set of
`knobs`, in `falsehoods`.
The data behind a key is an `Account`, seeded by `seed`; what an endpoint does stands in the module of its family
(`listing`, `writes`, `pipelines`, `artifacts`, `applications`, `first_version`); `knobs` and `faults` make it misbehave
on demand, also at run time under `/_simulator/` (`control`).
"""

from gateway.simulator.account import Account
from gateway.simulator.app import Simulator, create_simulator
from gateway.simulator.assumptions import REQUESTS_PER_MINUTE
from gateway.simulator.choices import (
    ArtifactRows,
    ColumnMode,
    CountryIds,
    DuplicateRule,
    FilterMode,
    FirstVersionKey,
    InfoProfile,
    JobCode,
    JobLocation,
    LargeLimit,
    ListOrder,
    LookupColumn,
    NoteRegarding,
    PipelineProfile,
    PortalVisibility,
    RecordTypeMatch,
    SecondPost,
    StageOrder,
    UserEmail,
)
from gateway.simulator.config import SimulatorConfig
from gateway.simulator.faults import FaultKind, FaultRule
from gateway.simulator.knobs import Knobs
from gateway.simulator.seed.size import Size

__all__ = [
    "REQUESTS_PER_MINUTE",
    "Account",
    "ArtifactRows",
    "ColumnMode",
    "CountryIds",
    "DuplicateRule",
    "FaultKind",
    "FaultRule",
    "FilterMode",
    "FirstVersionKey",
    "InfoProfile",
    "JobCode",
    "JobLocation",
    "Knobs",
    "LargeLimit",
    "ListOrder",
    "LookupColumn",
    "NoteRegarding",
    "PipelineProfile",
    "PortalVisibility",
    "RecordTypeMatch",
    "SecondPost",
    "Simulator",
    "SimulatorConfig",
    "Size",
    "StageOrder",
    "UserEmail",
    "create_simulator",
]
