"""`ats-gateway explain`: the plan of an operation, without a gateway that runs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.commands import app
from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, gateway_over

NESTED = """query Nested($first: Int) {
  list: jobs(first: $first) { nodes { name
    applications { nodes { candidate { lastName attachments { name } } } }
    hiringTeam { user { lastName } }
  } }
  node(id: "x") { ... on Job { hiringTeam { id } } }
  coverage { models { name } }
}"""


def run(folder: Path, document: str, *options: str) -> tuple[int, str]:
    """Exit code, and everything that was printed, on lines of any width."""
    file = folder / "operation.graphql"
    file.write_text(document, "utf-8")
    result = CliRunner().invoke(app, ["explain", str(file), *options], env={"COLUMNS": "200"})
    return result.exit_code, " ".join(result.output.split())


def test_a_plan_is_shown_level_by_level(tmp_path: Path) -> None:
    """With what is asked at each step, and what graphql-core does and why."""
    code, output = run(tmp_path, NESTED, "--variables", '{"first": 20}')
    assert code == 0
    assert "list │ 1 │ Job page │ 20 │ 1 │" in output
    assert "list.nodes.applications │ 2 │ Application by job_key │ 20 │ 20 │" in output
    assert "list.nodes.applications.nodes.candidate │ 3 │ Candidate by id │ 500 │ 5 │" in output
    assert "nodes.candidate.attachments │ 4 │ Attachment by candidate_key │ 500 │ 10 │" in output
    assert "list.nodes.hiringTeam.user │ 3 │ User by id │ 40 │ 0.4 │" in output
    assert "node │ 1 │ records of any model by id │ 1 │ 1 │" in output
    assert "node.hiringTeam │ 2 │ JobHiringTeamMember by job_key │ 1 │ 0.01 │" in output
    assert "By graphql-core: coverage: Query.coverage has a resolver of its own" in output
    assert "20 for Application by job_key" in output


def test_on_a_narrow_terminal_no_name_is_cut(tmp_path: Path) -> None:
    """It goes on below."""
    file = tmp_path / "operation.graphql"
    file.write_text(NESTED, "utf-8")
    lines = CliRunner().invoke(app, ["explain", str(file)], env={"COLUMNS": "80"}).output.splitlines()
    assert "…" not in "".join(lines)
    assert all(len(line) <= 80 for line in lines if line.startswith("│"))
    steps = "".join(line.split("│")[1].strip() for line in lines if line.startswith("│"))
    assert "list.nodes.applications.nodes.candidate.attachments" in steps


async def test_the_cost_is_the_one_that_answers_show(tmp_path: Path) -> None:
    """Records and calls together: what a limit of the gateway goes by."""
    document = "query ($first: Int) { jobs(first: $first) { nodes { name hiringTeam { user { lastName } } } } }"
    _, output = run(tmp_path, document, "--variables", '{"first": 20}')
    async with gateway_over(create_simulator(SimulatorConfig(api_keys=(KEY,)))) as world:
        answer = await world.ask(document, first=20)
        assert world.calls.total() > 0
    cost = answer["extensions"]["cost"]["estimated"]
    assert f"Estimated cost: {cost}, records and calls together" in output
    assert "Estimated calls to Crelate, where nothing is held: 3" in output


def test_a_mutation_has_no_plan(tmp_path: Path) -> None:
    """Its root fields are carried out one after the other."""
    code, output = run(tmp_path, "mutation { sync(input: { mode: FULL }) { mode } }")
    assert (code, output) == (0, "This operation has no plan: graphql-core answers all its root fields.")


@pytest.mark.parametrize(
    ("document", "options", "message"),
    [
        ("{ jobs {", (), "Syntax Error: Expected Name, found <EOF> (line 1, column 9)."),
        ("{ nothing }", (), "Cannot query field 'nothing' on type 'Query' (line 1, column 3)."),
        ("{ __typename }", ("--variables", "{"), "The variables are not JSON"),
        ("{ __typename }", ("--variables", "[]"), "The variables must be a JSON object, such as '{\"first\": 10}'."),
        ("query ($id: ID!) { job(id: $id) { id } }", (), "Variable '$id' has invalid value"),
        ("query A { __typename } query B { __typename }", (), "Must provide operation name"),
        ("query A { __typename }", ("--operation", "C"), "Unknown operation named 'C'."),
    ],
)
def test_bad_input_is_told_in_a_sentence(tmp_path: Path, document: str, options: tuple[str, ...], message: str) -> None:
    """And the command fails."""
    code, output = run(tmp_path, document, *options)
    assert code == 1
    assert message in output
    assert "Traceback" not in output


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    """Likewise, and so is one that is not text."""
    missing, binary = tmp_path / "missing", tmp_path / "binary"
    binary.write_bytes(b"\xff")
    results = [CliRunner().invoke(app, ["explain", str(file)], env={"COLUMNS": "400"}) for file in (missing, binary)]
    assert [result.exit_code for result in results] == [1, 1]
    assert "missing cannot be read: No such file or directory." in results[0].output
    assert "binary is not text in UTF-8." in results[1].output
