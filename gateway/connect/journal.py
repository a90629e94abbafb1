"""Where `doctor --write` notes what it makes: a file in the user's data folder that only its owner can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_data_path
from pydantic import BaseModel, ValidationError

from gateway.connect.exits import Exit, Stop
from gateway.connect.place import OWNER_ONLY, put_in_place
from resolvers.ports.trial import Trace


class Kept(BaseModel):
    """What stands in the file.

    Attributes:
        address: Where the API is that the traces are of.
        traces: The traces.
    """

    address: str
    traces: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class TrialJournal:
    """The journal of one account; there is no file while nothing is left. Fills `resolvers.ports.trial.Journal`.

    Attributes:
        path: Of the file.
        address: Where the account's API is.
    """

    path: Path
    address: str

    @classmethod
    def of(cls, account: str, address: str) -> TrialJournal:
        """The journal of the account of this name."""
        return cls(user_data_path("ats-gateway") / f"trial-{account}.json", address)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other runs off the account while the block lasts; the lock goes with the process, however that ends.

        Raises:
            Stop: another run has it, or it cannot be taken.
        """
        lock = FileLock(self.path.with_suffix(".lock"), mode=OWNER_ONLY, thread_local=False)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire(blocking=False)
        except Timeout as error:
            sentence = "Another `ats-gateway doctor --write` is under way on this account; nothing has been written."
            raise Stop(Exit.TRY_AGAIN, sentence) from error
        except OSError as error:
            raise Stop(Exit.NOT_WRITTEN, f"{self.path.parent} cannot be written: {error.strerror}.") from error
        try:
            yield
        finally:
            lock.release()

    def read(self) -> Sequence[Trace]:
        """The traces an earlier trial left.

        Raises:
            Stop: the file cannot be read, or is of another address.
        """
        try:
            kept = Kept.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, ValidationError) as error:
            raise Stop(
                Exit.SETTINGS, f"{self.path} cannot be read: look at what it names, and delete the file."
            ) from error
        if kept.address != self.address:
            raise Stop(
                Exit.SETTINGS, f"{self.path} is of {kept.address}: it has to be cleared there before a trial elsewhere."
            )
        return kept.traces

    def write(self, traces: Sequence[Trace]) -> None:
        """Keep these traces, on disk when this returns.

        Raises:
            Stop: the file cannot be written.
        """
        kept = {"address": self.address, "traces": list(traces)}
        try:
            if traces:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                put_in_place(self.path, json.dumps(kept, indent=1), OWNER_ONLY)
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise Stop(Exit.NOT_WRITTEN, f"{self.path} cannot be written: {error.strerror}.") from error
