"""Turning the knobs of a simulator that runs in a process of its own, under `/_simulator/`."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from gateway.simulator.faults import FaultRule
from gateway.simulator.reply import Reply, json_reply
from gateway.simulator.request import Request

if TYPE_CHECKING:
    from gateway.simulator.app import Simulator

PREFIX = "/_simulator/"


def _get_knobs(simulator: "Simulator", _: Any) -> Any:
    return simulator.knobs.to_json()


def _patch_knobs(simulator: "Simulator", body: Any) -> Any:
    simulator.knobs = simulator.knobs.changed(body)
    return simulator.knobs.to_json()


def _get_faults(simulator: "Simulator", _: Any) -> Any:
    return [asdict(rule) for rule in simulator.faults.rules]


def _post_fault(simulator: "Simulator", body: Any) -> Any:
    rule = FaultRule.from_json(body)
    simulator.faults.rules.append(rule)
    return asdict(rule)


def _delete_faults(simulator: "Simulator", _: Any) -> Any:
    simulator.faults.clear()
    return []


def _get_log(simulator: "Simulator", _: Any) -> Any:
    return {"counts": simulator.counts, "entries": [entry.to_json() for entry in simulator.log]}


def _delete_log(simulator: "Simulator", _: Any) -> Any:
    simulator.reset_log()
    return {"counts": {}, "entries": []}


def _get_state(simulator: "Simulator", _: Any) -> Any:
    return [
        {**{entity: len(table) for entity, table in account.tables.items()}, "pipeline": len(account.pipeline)}
        for account in simulator.accounts.values()
    ]


def _get_awkward(simulator: "Simulator", _: Any) -> Any:
    return [account.awkward for account in simulator.accounts.values()]


def _get_hidden(simulator: "Simulator", _: Any) -> Any:
    return [sorted(account.hidden) for account in simulator.accounts.values()]


def _post_hidden(simulator: "Simulator", body: Any) -> Any:
    """Hides `{entity, id}` in every account that has it."""
    entity, record_id = str(body.get("entity")), str(body.get("id"))
    for account in simulator.accounts.values():
        if record_id in account.tables.get(entity, ()):
            account.hide(entity, record_id)
    return _get_hidden(simulator, body)


def _delete_hidden(simulator: "Simulator", _: Any) -> Any:
    for account in simulator.accounts.values():
        account.hidden.clear()
    return _get_hidden(simulator, _)


_ENDPOINTS: dict[tuple[str, str], Callable[["Simulator", Any], Any]] = {
    ("GET", "knobs"): _get_knobs,
    ("PATCH", "knobs"): _patch_knobs,
    ("GET", "faults"): _get_faults,
    ("POST", "faults"): _post_fault,
    ("DELETE", "faults"): _delete_faults,
    ("GET", "log"): _get_log,
    ("DELETE", "log"): _delete_log,
    ("GET", "state"): _get_state,
    ("GET", "awkward"): _get_awkward,
    ("GET", "hidden"): _get_hidden,
    ("POST", "hidden"): _post_hidden,
    ("DELETE", "hidden"): _delete_hidden,
}


def reply(simulator: "Simulator", request: Request) -> Reply:
    """Answers a control request: JSON, 404 for an unknown one, 400 with a sentence for what makes no sense."""
    endpoint = _ENDPOINTS.get((request.method, request.path.removeprefix(PREFIX)))
    if endpoint is None:
        return json_reply({"error": "no such control"}, 404)
    try:
        body = orjson.loads(request.body) if request.body else {}
        return json_reply(endpoint(simulator, body))
    except (ValueError, TypeError, AttributeError) as error:
        return json_reply({"error": str(error)}, 400)
