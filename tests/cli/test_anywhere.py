"""The general options, before the name of a command and behind it."""

import click
import pytest

from carecmon.cli import cli, run


@pytest.fixture
def folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["init"]) == 0
    capsys.readouterr()
    return tmp_path


@pytest.mark.parametrize("words", [["-q", "indicators"], ["indicators", "-q"], ["indicators", "--quiet"]])
def test_quiet_is_heard_on_either_side(folder, capsys, words):
    assert run(words) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", [["-v", "check"], ["check", "-v"], ["-v", "check", "-v"]])
def test_verbose_is_heard_on_either_side(folder, capsys, words):
    assert run([*words, "program.projects", "--offline", "--dry-run", "--format", "json"]) == 0
    assert "carecmon: source program-page" in capsys.readouterr().err


def test_the_configuration_is_found_on_either_side(folder, tmp_path_factory, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    settings = str(folder / "indicators.toml")
    assert run(["--config", settings, "config", "check"]) == run(["config", "check", "--config", settings]) == 0
    assert run(["config", "check", "--config", "nope.toml"]) == 2
    assert "nope.toml does not exist (--config says so)" in capsys.readouterr().err


def commands(group):
    for one in group.commands.values():
        yield from commands(one) if isinstance(one, click.Group) else [one]


def test_every_command_takes_them():
    for command in commands(cli):
        flags = {flag for option in command.params for flag in option.opts}
        assert {"--config", "-v", "-q"} <= flags, command.name
