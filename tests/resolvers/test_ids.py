"""Ids: opaque, unique across models, bound to one account."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.errors import BadUserInput
from resolvers.ids import Ids
from schema.model import MODELS
from tests.resolvers.conftest import Ask

IDS = Ids("crelate:default")
KEYS = st.text(min_size=1).filter(lambda text: text.isprintable())


@given(st.sampled_from(sorted(MODELS)), KEYS)
def test_an_id_leads_back_to_its_record(model: str, key: str) -> None:
    """Decoding gives the model and key that were encoded."""
    assert IDS.decode(IDS.encode(model, key), "id") == (model, key)


def test_ids_differ_between_models_and_accounts() -> None:
    """The same key gives another id in every model and account."""
    made = {ids.encode(model, "1") for ids in (IDS, Ids("crelate:other")) for model in MODELS}
    assert len(made) == 2 * len(MODELS)


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    """No text raises anything but a coded error."""
    with suppress(BadUserInput):
        assert IDS.encode(*IDS.decode(text, "id")) == text


def test_an_id_of_another_account_or_model_is_refused() -> None:
    """Ids do not cross accounts, and a job's id is no candidate's."""
    with pytest.raises(BadUserInput):
        IDS.decode(Ids("crelate:other").encode("Job", "j1"), "id")
    with pytest.raises(BadUserInput, match="another model than Candidate"):
        IDS.key("Candidate", IDS.encode("Job", "j1"), "id")


async def test_node_and_nodes_find_records_of_any_model(ask: Ask) -> None:
    """`node` and `nodes` work for every model; a bad id nulls only its slot, with a coded error."""
    job, user = IDS.encode("Job", "j1"), IDS.encode("User", "u1")
    result = await ask(
        """query ($job: ID!, $ids: [ID!]!) {
             node(id: $job) { __typename id ... on Job { name } }
             nodes(ids: $ids) { __typename }
           }""",
        job=job,
        ids=[user, "nonsense", job, IDS.encode("Job", "gone")],
    )
    assert result.data == {
        "node": {"__typename": "Job", "id": job, "name": "Job 1"},
        "nodes": [{"__typename": "User"}, None, {"__typename": "Job"}, None],
    }
    assert result.errors is not None
    (error,) = result.errors
    assert error.path == ["nodes", 1]
    assert (error.extensions or {})["code"] == "BAD_USER_INPUT"


async def test_a_reference_is_the_id_of_the_record_it_points_at(ask: Ask) -> None:
    """`jobId` is `job.id`."""
    result = await ask('{ application(id: "remote:j1:c2") { jobId job { id } candidateId candidate { id } } }')
    assert result.data is not None
    application = result.data["application"]
    assert application["jobId"] == application["job"]["id"]
    assert application["candidateId"] == application["candidate"]["id"]
