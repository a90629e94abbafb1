"""Every ATS that the gateway can connect: the one table of them. Only this module knows which there are."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.ats import Ats
from gateway.crelate.ats import CRELATE

CONNECTORS: Mapping[str, Ats] = {CRELATE.tool: CRELATE}
"""Slug -> ATS; the first one is meant where nothing says which."""
