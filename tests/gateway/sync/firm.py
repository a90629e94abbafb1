"""A simulated Crelate, the connector to it, and a sync of it; time passes only when somebody waits."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson

from gateway.crelate.connector import Connector, connect
from gateway.crelate.reading.lists import CrelateLists
from gateway.crelate.settings import CrelateSettings
from gateway.crelate.transport.exchange import Timing
from gateway.replica.store import Store
from gateway.simulator import Simulator, SimulatorConfig, create_simulator
from gateway.simulator.seed.size import Size
from gateway.sync.account import Account
from gateway.sync.sync import Sync
from schema.sync_status import SyncMode
from tests.gateway.replica.records import INTEGRATION

SMALL = Size(jobs=12, contacts=150, activities=20, contacts_per_job=3)


class Time:
    """One clock for everybody: the simulator, the connector, the store.

    Attributes:
        now: The instant it shows.
    """

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The instant."""
        return self.now

    def seconds(self) -> float:
        """The same in seconds."""
        return self.now.timestamp()

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    async def sleep(self, seconds: float) -> None:
        """Wait without waiting."""
        self.pass_by(seconds=seconds)


class Firm:
    """A simulated account, connected.

    Attributes:
        simulator: The other side.
        connector: The way to it.
        account: What a sync of it needs.
        steps: Names of the steps that were run.
    """

    def __init__(self, store: Store, time: Time, size: Size = SMALL) -> None:
        self.time = time
        self.store = store
        self.steps: list[str] = []
        self.connect(create_simulator(SimulatorConfig(size=size, clock=time, sleep=time.sleep)))

    def connect(self, simulator: Simulator) -> None:
        """Connect to an account, as a process does that knows nothing of it yet."""
        self.simulator = simulator
        transport = httpx.ASGITransport(simulator)
        timing = Timing(clock=self.time.seconds, sleep=self.time.sleep)
        self.connector: Connector = connect(
            CrelateSettings(api_key="simulated-key"), transport=transport, timing=timing
        )
        self.account = Account(
            INTEGRATION, self.store, CrelateLists(self.connector.account), self.time, self.time.sleep
        )
        self.http = httpx.AsyncClient(
            transport=transport, base_url="https://sim/api3", headers={"X-Api-Key": "simulated-key"}
        )

    async def sync(self, mode: SyncMode) -> int:
        """Sync it; how many requests that took."""
        self.simulator.reset_log()
        self.time.pass_by(seconds=1)
        await Sync(self.account, mode, "sync-1", self.run).conduct()
        return sum(self.simulator.counts.values())

    async def run(self, name: str, do: Callable[[], Awaitable[Any]]) -> Any:
        """Run a step at once; its answer must survive as JSON."""
        self.steps.append(name)
        return orjson.loads(orjson.dumps(await do()))

    async def call(self, method: str, path: str, **options: Any) -> Any:
        """Do something in the account beside the gateway; it must succeed."""
        self.time.pass_by(seconds=1)
        response = await self.http.request(method, path, **options)
        assert response.is_success, response.text
        return response.json()["Data"]

    async def all_ids(self, path: str) -> set[str]:
        """Ids of all rows of a list."""
        found: set[str] = set()
        while True:
            response = await self.http.get(path, params={"limit": 100, "offset": len(found)})
            found |= {row["Id"].lower() for row in response.json()["Data"]}
            if not response.json()["Metadata"]["MoreRecords"]:
                return found
