"""Ids and names that are other on the wire than in the tables: those of the recruiting workflow and of version one."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

import orjson

from gateway.simulator.assumptions import RECRUITING_NAME, RECRUITING_WORKFLOW
from gateway.simulator.knobs import Knobs
from gateway.simulator.reply import Reply

Rewrite: TypeAlias = Callable[[str], str]

_GUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_NAMED = re.compile(f'("(?:Title|Name|WorkflowTypeName)":)"{RECRUITING_NAME}"')


@dataclass(frozen=True, slots=True)
class Disguise:
    """Rewrites of what goes out, in order, and of what comes in, to be undone from the last to the first."""

    reads: tuple[Rewrite, ...] = ()
    writes: tuple[Rewrite, ...] = ()

    @classmethod
    def of(cls, knobs: Knobs, *, first_version: bool) -> Self:
        """The disguise that the knobs ask for."""
        reads: list[Rewrite] = []
        writes: list[Rewrite] = []
        if knobs.recruiting_workflow != RECRUITING_WORKFLOW:
            reads.append(_replacing(knobs.recruiting_workflow, RECRUITING_WORKFLOW))
            writes.append(_replacing(RECRUITING_WORKFLOW, knobs.recruiting_workflow))
        if knobs.recruiting_name != RECRUITING_NAME:
            name = orjson.dumps(knobs.recruiting_name).decode()
            writes.append(lambda text: _NAMED.sub(lambda found: found[1] + name, text))
        if first_version and not knobs.v1_same_ids:
            reads.append(_flipped)
            writes.append(_flipped)
        return cls(tuple(reads), tuple(writes))

    def read(self, text: str) -> str:
        """What comes in, in the words of the tables."""
        for rewrite in reversed(self.reads):
            text = rewrite(text)
        return text

    def read_body(self, body: bytes, content_type: str) -> bytes:
        """A body that comes in; only JSON is read."""
        if not self.reads or "json" not in content_type:
            return body
        return self.read(body.decode(errors="surrogateescape")).encode(errors="surrogateescape")

    def write(self, reply: Reply) -> Reply:
        """What goes out, in the words of the wire."""
        if not self.writes or "json" not in reply.media_type:
            return reply
        text = reply.body.decode()
        for rewrite in self.writes:
            text = rewrite(text)
        return replace(reply, body=text.encode())


def _replacing(old: str, new: str) -> Rewrite:
    pattern = re.compile(re.escape(old), re.IGNORECASE)
    return lambda text: pattern.sub(new, text)


def _flipped(text: str) -> str:
    """The text with all bits of each id's first digit turned over; twice is not at all."""
    return _GUID.sub(lambda found: f"{15 - int(found[0][0], 16):x}{found[0][1:]}", text)
