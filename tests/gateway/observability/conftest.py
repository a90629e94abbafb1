"""A gateway over the simulator, with its logs caught as text."""

import io
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from gateway.observability.logs import ROUTED, configure_logs
from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A gateway that keeps nothing."""
    async with gateway_over(create_simulator(SimulatorConfig(api_keys=(KEY,)))) as world:
        yield world


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything this process logs while the test runs."""
    loggers = [logging.getLogger(name) for name in ROUTED]
    before = [(logger.handlers, logger.propagate, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.NOTSET)  # a gateway that ran in this process before may have silenced one
    stream = io.StringIO()
    configure_logs("info", stream)
    yield stream
    structlog.reset_defaults()
    for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)
