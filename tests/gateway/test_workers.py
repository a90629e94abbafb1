"""Several server processes: one that dies is replaced, and costs the others nothing."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.processes import KEY, PATIENCE, free_port, running, status, wait_until

pytestmark = pytest.mark.long

SLOW = {"query": "{ users(first: 1) { nodes { id } } }"}
REQUESTS = 12

Servers = tuple[str, int, subprocess.Popen[bytes]]


@contextmanager
def gateway(port: int, folder: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A gateway of two processes."""
    settings = {
        "CONFIG": str(folder / "none.toml"),
        "CRELATE_API_KEY": KEY,
        "CRELATE_BASE_URL": "http://127.0.0.1:9/api3",
        "DATABASE_URL": f"sqlite:///{folder}/gateway.sqlite",
        "WORKERS": "2",
        **environment,
    }
    given = {f"ATS_GATEWAY_{name}": value for name, value in settings.items()}
    with running("serve", "--port", str(port), log=folder / "gateway.log", **given) as process:
        try:
            yield process
        finally:
            for worker in workers(process):  # if the test failed while they ran
                os.kill(worker, signal.SIGKILL)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    """A simulated Crelate's address, and a gateway of two processes over it: its port, its parent process."""
    upstream, port = free_port(), free_port()
    crelate = f"http://127.0.0.1:{upstream}"
    with ExitStack() as stack:
        stack.enter_context(running("simulator", "--port", str(upstream), log=tmp_path / "simulator.log"))
        wait_until(f"{crelate}/_simulator/knobs", {200})
        process = stack.enter_context(gateway(port, tmp_path, CRELATE_BASE_URL=f"{crelate}/api3"))
        until(lambda: len(listening(process, port)) == 2)
        yield crelate, port, process


def workers(process: subprocess.Popen[bytes]) -> set[int]:
    """The living children of a process."""
    command = ["ps", "-o", "pid=,stat=", "--ppid", str(process.pid)]
    listed = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - nothing of anybody else's in it
    rows = [line.split() for line in listed.stdout.decode().splitlines()]
    return {int(number) for number, state in rows if not state.startswith("Z")}


def sockets(worker: int) -> set[str]:
    """Inodes of the sockets a process holds; none of one that has ended."""
    try:
        links = [str(entry.readlink()) for entry in Path(f"/proc/{worker}/fd").iterdir()]
    except OSError:
        return set()
    return {link[8:-1] for link in links if link.startswith("socket:")}


def connections(port: int) -> Iterator[tuple[int, str, str]]:
    """The TCP sockets on a port: the port at the other end, the state, the inode."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *rest = line.split()
        if int(local.rpartition(":")[2], 16) == port:
            yield int(remote.rpartition(":")[2], 16), state, rest[5]


def listening(process: subprocess.Popen[bytes], port: int) -> set[int]:
    """The children that listen on a port."""
    listeners = {inode for _, state, inode in connections(port) if state == "0A"}
    return {worker for worker in workers(process) if sockets(worker) & listeners}


def until(holds: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Seconds until something holds."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() < begun + patience
        time.sleep(0.02)  # between two looks at another process
    return time.monotonic() - begun


def ask(port: int, ports: list[int]) -> int | None:
    """Post a query over a connection of its own, and note its port at this end; the status, null when it was cut."""

    def noted(name: str, info: dict[str, object]) -> None:
        if name == "connection.connect_tcp.complete":
            stream = info["return_value"]
            ports.append(stream.get_extra_info("client_addr")[1])  # type: ignore[attr-defined]  # httpcore's stream

    try:
        with httpx.Client(timeout=PATIENCE) as client:
            answer = client.post(f"http://127.0.0.1:{port}/graphql", json=SLOW, extensions={"trace": noted})
    except httpx.TransportError:
        return None
    return answer.status_code if answer.json()["data"]["users"]["nodes"] else 0


def test_a_killed_worker_is_replaced_and_no_request_of_the_others_is_lost(servers: Servers) -> None:
    """Requests are cut where the killed process held their connection, and nowhere else."""
    crelate, port, process = servers
    fault = {"kind": "slow", "path": "/users", "seconds": 3, "times": 2}
    httpx.post(f"{crelate}/_simulator/faults", json=fault).raise_for_status()
    victim = min(workers(process))
    seen: list[list[int]] = [[] for _ in range(REQUESTS)]
    with ThreadPoolExecutor(REQUESTS) as pool:
        asked = [pool.submit(ask, port, ports) for ports in seen]
        until(lambda: all(seen) and not httpx.get(f"{crelate}/_simulator/faults").json())
        owned = sockets(victim)
        doomed = {other for other, _, inode in connections(port) if inode in owned}
        os.kill(victim, signal.SIGKILL)
        assert until(lambda: len(workers(process) - {victim}) == 2, 1) < 1
        answers = {ports[0]: answer.result() for ports, answer in zip(seen, asked, strict=True)}
    assert {other for other, answer in answers.items() if answer is None} == doomed & set(answers)
    assert set(answers.values()) <= {200, None}
    assert 0 < len(doomed & set(answers)) < REQUESTS
    until(lambda: len(listening(process, port)) == 2)
    assert [ask(port, []) for _ in range(REQUESTS)] == [200] * REQUESTS


def test_a_signal_still_stops_all_of_them(servers: Servers, tmp_path: Path) -> None:
    """Operations under way are answered before the last process ends, also after one has been replaced.

    What the server runs on was said once, not by each process.
    """
    crelate, port, process = servers
    victim = min(workers(process))
    os.kill(victim, signal.SIGTERM)
    until(lambda: len(listening(process, port) - {victim}) == 2)
    fault = {"kind": "slow", "path": "/users", "seconds": 2}
    httpx.post(f"{crelate}/_simulator/faults", json=fault).raise_for_status()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask, port, [])
        until(lambda: not httpx.get(f"{crelate}/_simulator/faults").json())
        process.send_signal(signal.SIGTERM)
        assert answer.result() == 200
    assert process.wait(PATIENCE) == 0
    assert status(f"http://127.0.0.1:{port}/health/live") is None
    log = (tmp_path / "gateway.log").read_text()
    assert log.count("Finished server process") == 3
    (serving,) = (json.loads(line) for line in log.splitlines() if '"event":"serving"' in line)
    assert serving["profile"] == {"crelate:default": "nothing learnt yet"}
    assert (serving["accounts"], serving["drift"]) == (["crelate:default"], [])
    assert f"Server process {victim} ended" in log


def test_who_looks_after_the_others_holds_nothing_else(servers: Servers) -> None:
    """It gives back what it shared with them, names no secret, and no worker outlives it: they would hold the port."""
    _, port, process = servers
    own = Path(f"/proc/{process.pid}")
    until(lambda: "pydantic" not in (own / "maps").read_text())
    assert KEY not in (own / "cmdline").read_text()
    process.kill()
    process.wait()
    until(lambda: not [inode for _, state, inode in connections(port) if state == "0A"])


BROKEN = [
    ({"DOCUMENTS": "/nowhere/documents.json"}, "The file named by documents cannot be read"),
    ({"DATABASE_URL": "sqlite:////proc/nowhere/gateway.sqlite"}, "The database's folder cannot be made"),
    ({"DATABASE_URL": "postgresql://127.0.0.1:9/nowhere"}, "The database cannot be used: connection failed"),
]


@pytest.mark.parametrize(("settings", "sentence"), BROKEN)
@pytest.mark.parametrize("count", ["1", "2"])
def test_settings_that_cannot_work_end_the_server(
    tmp_path: Path, settings: dict[str, str], sentence: str, count: str
) -> None:
    """After a few tries it ends with a sentence and a code, and leaves no process behind."""
    with gateway(free_port(), tmp_path, WORKERS=count, **settings) as process:
        assert process.wait(PATIENCE) == 1
        assert workers(process) == set()
    log = (tmp_path / "gateway.log").read_text()
    assert sentence in re.sub(r"\s+", " ", log.strip()[-300:])


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """Two servers on one port would each get a share of the requests."""
    with socket.create_server(("127.0.0.1", 0)) as taken, gateway(taken.getsockname()[1], tmp_path) as process:
        assert process.wait(PATIENCE) == 1
    assert "is taken: choose another with --port" in (tmp_path / "gateway.log").read_text()


LIVE = {"Cache-Control": "no-cache"}
PIPELINES = "{ jobs(first: 10) { nodes { id applications(first: 50) { nodes { id candidate { lastName } } } } } }"
FULL_SYNC = "mutation { sync(input: { mode: FULL }) { mode } }"
SYNCS = "{ syncStatus { running models { model lastError } } }"


def data(port: int, document: str) -> Any:
    """The data of an answer that has no errors, over a connection of its own."""
    response = httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": document}, headers=LIVE, timeout=PATIENCE)
    answer = response.json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def test_live_reads_are_right_while_copies_are_written_and_a_sync_runs(fresh_address: str, tmp_path: Path) -> None:
    """By four processes that share a database: no answer fails, and none is another one."""
    upstream, port = free_port(), free_port()
    crelate = f"http://127.0.0.1:{upstream}"
    given = {"CRELATE_BASE_URL": f"{crelate}/api3", "CRELATE_REQUESTS_PER_MINUTE": "1000000"}
    with (
        running("simulator", "--port", str(upstream), log=tmp_path / "simulator.log"),
        gateway(port, tmp_path, WORKERS="4", DATABASE_URL=fresh_address, **given) as process,
        ThreadPoolExecutor(REQUESTS) as pool,
    ):
        wait_until(f"{crelate}/_simulator/knobs", {200})
        httpx.patch(f"{crelate}/_simulator/knobs", json={"requests_per_minute": None}).raise_for_status()
        until(lambda: len(listening(process, port)) == 4)
        expected = data(port, PIPELINES)
        data(port, FULL_SYNC)
        answers = [pool.submit(data, port, PIPELINES) for _ in range(5 * REQUESTS)]
        assert all(answer.result() == expected for answer in answers)
        until(lambda: data(port, SYNCS)["syncStatus"]["running"] is None)
        assert {model["lastError"] for model in data(port, SYNCS)["syncStatus"]["models"]} == {None}
