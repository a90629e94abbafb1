"""The command line: every command explains itself, a taken port costs one sentence, and shells can complete."""

import shlex
import socket
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from gateway.commands import app
from gateway.connectors import CONNECTORS
from tests.gateway.processes import KEY, free_port, running
from tests.test_docs import commands

GROUP: Any = typer.main.get_command(app)
SERVING = ("serve", "demo", "simulator")


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code, and everything that was printed, on lines of any width."""
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200", **environment}, prog_name="ats-gateway")
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize("name", sorted(commands()))
def test_help_ends_with_an_example_that_is_accepted(name: str) -> None:
    """Its options are there, and their values are of the right kind."""
    code, output = run(name, "--help")
    assert code == 0
    example = GROUP.commands[name].epilog.removeprefix("Example: ats-gateway ")
    assert f"Example: ats-gateway {example}" in output
    called, *arguments = shlex.split(example.partition(" > ")[0])
    assert called == name
    GROUP.commands[name].make_context(name, arguments)


@pytest.mark.parametrize("name", sorted(commands()))
def test_help_shows_the_default_of_every_option_that_takes_a_value(name: str) -> None:
    """Also of those that are decided elsewhere, such as by a setting."""
    options = [each for each in GROUP.commands[name].params if each.param_type_name == "option" and not each.is_flag]
    _, output = run(name, "--help")
    assert output.count("[default: ") >= len(options)
    assert all(each.help for each in options)


@pytest.mark.parametrize("name", SERVING)
def test_a_taken_port_is_said_in_one_sentence(name: str, tmp_path: Path) -> None:
    """With the flag that helps, at once, and without a traceback."""
    environment = {"ATS_GATEWAY_CRELATE_API_KEY": KEY, "ATS_GATEWAY_CONFIG": str(tmp_path / "none.toml")}
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        code, output = run(name, "--port", str(port), **environment)
    assert (code, output) == (
        1,
        f"Port {port} of 127.0.0.1 is taken: choose another with --port, or stop the program that has it.",
    )


def test_the_demo_listens_where_the_environment_says_and_then_says_so(tmp_path: Path) -> None:
    """Whoever reads the address is answered there at once; accounts of the settings file are left alone."""
    (tmp_path / "ats-gateway.toml").write_text("port = 1\n[integrations.real]\n", "utf-8")
    log, port = tmp_path / "demo.log", free_port()
    environment = {"ATS_GATEWAY_PORT": str(port), "ATS_GATEWAY_CONFIG": str(tmp_path / "ats-gateway.toml")}
    with running("demo", log=log, **environment) as process:
        while "curl" not in log.read_text("utf-8"):
            assert process.poll() is None, log.read_text("utf-8")
        with socket.create_connection(("127.0.0.1", port)):
            pass
    assert f"The explorer is at http://127.0.0.1:{port}/, the endpoint at" in log.read_text("utf-8")


def test_a_wrong_setting_of_the_demo_is_said_in_one_sentence() -> None:
    """As everywhere."""
    code, output = run("demo", ATS_GATEWAY_PORT="many")
    assert code == 1
    assert output.startswith("The settings cannot be used. port: ")


def test_an_ats_that_there_is_not_is_said_in_one_sentence(tmp_path: Path) -> None:
    """With those that there are, and before anything is asked."""
    environment = {"ATS_GATEWAY_CONFIG": str(tmp_path / "none.toml")}
    assert run("connect", "--tool", "other", **environment) == (
        1,
        f"There is no ATS other: it is one of {', '.join(CONNECTORS)}.",
    )


def test_a_guide_without_a_key_ends_before_anything_is_written(tmp_path: Path) -> None:
    """The first ATS is meant where no account says otherwise, settings that cannot be used included."""
    file = tmp_path / "ats-gateway.toml"
    file.write_text("port = 'many'\n", "utf-8")
    environment = {"ATS_GATEWAY_CONFIG": str(file), "XDG_CONFIG_HOME": str(tmp_path)}
    code, output = run("connect", "--yes", **environment)
    assert (code, "To connect Crelate" in output, file.read_text("utf-8")) == (3, True, "port = 'many'\n")


def test_a_shell_completes_commands_and_accounts(tmp_path: Path) -> None:
    """Accounts come from the settings; broken settings complete nothing."""
    file = tmp_path / "ats-gateway.toml"
    file.write_text("[integrations.acme]\n[integrations.apex]\n", "utf-8")
    environment = {"_ATS_GATEWAY_COMPLETE": "complete_bash", "ATS_GATEWAY_CONFIG": str(file)}

    def completed(line: str) -> list[str]:
        words = {"COMP_WORDS": f"ats-gateway {line}", "COMP_CWORD": str(len(line.split()))}
        return run(**environment, **words)[1].split()

    assert completed("de") == ["demo"]
    assert completed("sync --integration a") == ["acme", "apex"]
    file.write_text("port = 'many'\n", "utf-8")
    assert completed("sync --integration a") == []
