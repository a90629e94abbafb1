"""Following the arrows of the graph."""

from graphql import GraphQLError

from resolvers.errors import UpstreamRateLimited, UpstreamUnavailable
from tests.resolvers.conftest import Ask
from tests.resolvers.memory_source import MemorySource

NESTED = """{
  jobs { nodes { name
    applications { totalCount nodes {
      candidate { firstName }
      currentStage { name }
      interviews { title interviewingTeam { user { firstName } } }
    } }
    hiringTeam { user { firstName } roles { unifiedType } }
  } }
}"""

EVERY_RELATION = """{
  users { nodes {
    userRoles { user { remoteId } role { remoteLabel } }
    hiringTeamMemberships { job { remoteId } user { remoteId } roles { remoteId } }
    interviewingTeamMemberships { interview { remoteId } user { remoteId } }
  } }
  candidates { nodes { applications { nodes { remoteId job { remoteId } } } } }
  applicationStages { nodes { applications { nodes { remoteId } } } }
  interviews { nodes { application { remoteId } } }
  jobUserRoleAssignments { nodes { jobUser { job { remoteId } } role { remoteId } } }
}"""


async def test_a_level_costs_one_question(ask: Ask, source: MemorySource) -> None:
    """Five jobs with twenty applications cost as many questions as one job with one."""
    result = await ask(NESTED)
    assert result.errors is None
    assert result.data is not None
    job = result.data["jobs"]["nodes"][0]
    assert job["applications"]["totalCount"] == 4
    assert job["applications"]["nodes"][1] == {
        "candidate": {"firstName": "Person 1"},
        "currentStage": {"name": "Stage 1"},
        "interviews": [{"title": "Talk 1", "interviewingTeam": [{"user": {"firstName": "User 1"}}]}],
    }
    assert job["hiringTeam"] == [{"user": {"firstName": "User 0"}, "roles": [{"unifiedType": "HIRING_MANAGER"}]}]
    assert source.questions == {
        "Job page": 1,
        "Application by job_key": 1,
        "JobHiringTeamMember by job_key": 1,
        "Candidate by id": 1,
        "ApplicationStage by id": 1,
        "Interview by application_key": 1,
        "InterviewingTeamMember by interview_key": 1,
        "User by id": 2,
        "Role by id": 1,
    }


async def test_every_relation_leads_somewhere(ask: Ask) -> None:
    """No relation of the table answers null or an error over a complete firm."""
    result = await ask(EVERY_RELATION)
    assert result.errors is None
    assert "None" not in str(result.data)


async def test_a_list_primes_look_ups(ask: Ask, source: MemorySource) -> None:
    """Going back to a record that came in a list asks nothing."""
    await ask("{ jobs { nodes { applications { nodes { job { name } } } } } }")
    assert source.questions == {"Job page": 1, "Application by job_key": 1}


async def test_windows_of_nearly_the_same_size_share_a_question(ask: Ask, source: MemorySource) -> None:
    """Two aliases of one connection do not ask twice."""
    await ask(
        "{ jobs { nodes { a: applications(first: 1) { totalCount } b: applications(first: 3) { totalCount } } } }"
    )
    assert source.questions["Application by job_key"] == 1


async def test_a_failed_branch_leaves_the_rest(ask: Ask, source: MemorySource) -> None:
    """A relation that cannot be answered is null with a coded error at each path; its siblings stand."""
    source.failures["Interview"] = UpstreamRateLimited(retry_after=3)
    result = await ask("{ jobs(first: 1) { nodes { applications { nodes { remoteId interviews { title } } } } } }")
    assert result.data is not None
    rows = result.data["jobs"]["nodes"][0]["applications"]["nodes"]
    assert [row["interviews"] for row in rows] == [None] * 4
    assert result.errors is not None
    assert [error.path for error in result.errors] == [
        ["jobs", "nodes", 0, "applications", "nodes", index, "interviews"] for index in range(4)
    ]
    assert {_code(error) for error in result.errors} == {"UPSTREAM_RATE_LIMITED"}


async def test_one_key_may_fail_alone(ask: Ask, source: MemorySource) -> None:
    """An error of one parent is that parent's only."""
    source.failures["Application", "j3"] = UpstreamUnavailable()
    result = await ask("{ jobs { nodes { applications { totalCount } } } }")
    assert result.data is not None
    assert [job["applications"] for job in result.data["jobs"]["nodes"]] == [
        None if number == 3 else {"totalCount": 4} for number in range(5)
    ]
    assert result.errors is not None
    assert [error.path for error in result.errors] == [["jobs", "nodes", 3, "applications"]]


def _code(error: GraphQLError) -> object:
    return (error.extensions or {}).get("code")
