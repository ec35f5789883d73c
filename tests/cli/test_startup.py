"""What starting costs, and what every command says about itself."""

import subprocess
import sys

import click
import pytest

from carecmon.cli import cli, run

HEAVY = {"apscheduler", "httpx", "pydantic", "rich", "sqlite_utils", "carecmon.run", "carecmon.store.store"}


def loaded_by(code):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["export", "--help"]], ids=" ".join)
def test_help_loads_nothing_heavy(words):
    assert loaded_by(f"from carecmon.cli import run\nassert run({words}) == 0").isdisjoint(HEAVY)


def commands(group, before=()):
    for name, command in group.commands.items():
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))


@pytest.mark.parametrize(("names", "command"), list(commands(cli)), ids=lambda value: str(value))
def test_every_command_and_option_has_a_help_text(names, command):
    assert command.help, names
    assert len(command.get_short_help_str(200)) <= 64, "too long for the list of commands on a narrow terminal"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{' '.join(names)} {parameter.opts}"


def test_a_mistyped_command_is_named_with_what_is_near_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["chek"]) == 2
    assert "check" in capsys.readouterr().err


def test_no_command_at_all_shows_the_help(capsys):
    assert run([]) in (0, 2)
    said = capsys.readouterr()
    assert "Commands:" in said.out + said.err


def test_the_version_is_printed(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("carecmon, version ")


def test_commands_of_plugins_are_asked_for_only_when_no_built_in_one_has_the_name(workspace):
    source = (
        "import click\n"
        "from carecmon import hookimpl\n"
        "open('imported', 'w').close()\n"
        "@hookimpl\n"
        "def register_commands(cli):\n"
        "    @cli.command('hello')\n"
        "    def hello():\n"
        "        'Greet.'\n"
        "        click.echo('hello from a plugin')\n"
    )
    workspace.plugin("greeter", source=source)
    assert workspace.run("--help").returncode == 0
    assert not (workspace.folder / "imported").exists()
    done = workspace.run("hello")
    assert (done.returncode, done.stdout) == (0, "hello from a plugin\n"), done.stderr


def test_a_bug_shows_a_traceback(workspace):
    source = (
        "from carecmon import hookimpl\n"
        "@hookimpl\n"
        "def register_commands(cli):\n"
        "    @cli.command('buggy')\n"
        "    def buggy():\n"
        "        return 1 / 0\n"
    )
    workspace.plugin("buggy", source=source)
    done = workspace.run("buggy")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr and "Traceback" in done.stderr


def test_a_refusal_that_names_no_file_is_a_bug_and_shows_where(monkeypatch):
    @click.command
    def refused():
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setitem(cli.commands, "refused", refused)
    with pytest.raises(PermissionError):
        run(["refused"])
