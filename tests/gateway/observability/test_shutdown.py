"""Stopping a real server: first it says so, then it finishes what it has begun."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.gateway.processes import KEY, PATIENCE, free_port, running, status, wait_until


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[str, str, subprocess.Popen[bytes]]]:
    """Addresses of a simulated Crelate and a gateway over it, and the gateway's process."""
    upstream, front = free_port(), free_port()
    crelate, gateway = f"http://127.0.0.1:{upstream}", f"http://127.0.0.1:{front}"
    with ExitStack() as stack:
        stack.enter_context(running("simulator", "--port", str(upstream), log=tmp_path / "simulator.log"))
        wait_until(f"{crelate}/_simulator/knobs", {200})
        process = stack.enter_context(
            running(
                *("serve", "--port", str(front)),
                log=tmp_path / "gateway.log",
                ATS_GATEWAY_CONFIG=str(tmp_path / "none.toml"),
                ATS_GATEWAY_CRELATE_API_KEY=KEY,
                ATS_GATEWAY_CRELATE_BASE_URL=f"{crelate}/api3",
                ATS_GATEWAY_DATABASE_URL="off",
                ATS_GATEWAY_SHUTDOWN_NOTICE="3",
            )
        )
        wait_until(f"{gateway}/health/ready", {200})
        yield crelate, gateway, process


def test_a_stopped_server_finishes_what_it_has_begun(
    servers: tuple[str, str, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """Readiness says no at once, the operation under way gets its answer, and then the process ends."""
    crelate, gateway, process = servers
    fault = {"kind": "slow", "path": "/users", "seconds": 2}
    httpx.post(f"{crelate}/_simulator/faults", json=fault).raise_for_status()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(
            httpx.post, f"{gateway}/graphql", json={"query": "query Slow { users { nodes { id } } }"}, timeout=PATIENCE
        )
        while httpx.get(f"{crelate}/_simulator/faults").json():
            time.sleep(0.02)  # until the request has met its fault in the other process
        process.send_signal(signal.SIGTERM)
        assert wait_until(f"{gateway}/health/ready", {503, None}) == 503
        assert answer.result().status_code == 200
        assert answer.result().json()["data"]["users"]["nodes"]
    assert process.wait(PATIENCE) in {0, -signal.SIGTERM}
    assert status(f"{gateway}/health/live") is None
    log = (tmp_path / "gateway.log").read_text()
    assert '"name":"Slow"' in log
    assert "Finished server process" in log
    (begun,) = [line for line in log.splitlines() if '"event":"serving"' in line]
    assert json.loads(begun).items() >= {"accounts": ["crelate:default"], "database": "off", "workers": 1}.items()
