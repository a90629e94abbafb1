"""The questions that are measured, and what is put into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

NESTED = """query Nested($first: Int!, $ids: [String!]!) {
  jobs(first: $first, filter: { remoteIds: $ids }) {
    nodes {
      name
      applications(first: 100) {
        nodes {
          candidate { firstName lastName emailAddresses { emailAddress } }
          currentStage { name }
          interviews { startingAt interviewingTeam { user { email } } }
        }
      }
      hiringTeam { user { email } }
    }
  }
}"""

FLAT = """query Flat($first: Int!, $ids: [String!]!) {
  jobs(first: $first, filter: { remoteIds: $ids }) {
    nodes { remoteId name jobCode description salaryAmount remoteUrl openedAt remoteUpdatedAt }
  }
}"""

ONE = """query One($id: ID!) {
  candidate(id: $id) {
    remoteId firstName lastName company title emailAddresses { emailAddress } remoteCreatedAt remoteUpdatedAt
  }
}"""

Variables = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Keys:
    """Remote ids of what the simulated account holds."""

    jobs: Sequence[str]
    candidates: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """A document whose variables differ from one request to the next.

    Attributes:
        name: What it is called in results.
        document: What is asked.
        variables: Of the request with this number.
        clients: Connections that ask at the same time.
        times: Requests in one round.
    """

    name: str
    document: str
    variables: Callable[[Keys, int], Variables]
    clients: int
    times: int


def _window(size: int) -> Callable[[Keys, int], Variables]:
    """So many jobs side by side, from another one on each time."""

    def variables(keys: Keys, number: int) -> Variables:
        start = number * 7 % (len(keys.jobs) - size + 1)
        return {"first": size, "ids": list(keys.jobs[start : start + size])}

    return variables


def _candidate(keys: Keys, number: int) -> Variables:
    return {"id": f"remote:{keys.candidates[number * 7 % len(keys.candidates)]}"}


QUESTIONS = (
    Question("nested", NESTED, _window(20), clients=4, times=16),
    Question("page", NESTED, _window(2), clients=8, times=64),
    Question("flat", FLAT, _window(40), clients=8, times=80),
    Question("one", ONE, _candidate, clients=8, times=400),
    Question("__typename", "{ __typename }", lambda _, __: {}, clients=8, times=800),
)
BY_NAME = {question.name: question for question in QUESTIONS}
