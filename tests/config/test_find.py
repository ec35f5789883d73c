"""Which file is read, and what a person gets to read about its keys."""

import json
import re

import pytest

from carecmon import config
from carecmon.config import find
from carecmon.errors import ConfigError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("option.toml", "variable.toml", "indicators.toml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def test_the_option_comes_first(folder):
    assert find("option.toml", {"CARECMON_CONFIG": "variable.toml"}).name == "option.toml"


def test_then_the_environment(folder):
    assert find(None, {"CARECMON_CONFIG": "variable.toml"}).name == "variable.toml"


@pytest.mark.parametrize("environ", [{}, {"CARECMON_CONFIG": ""}], ids=["unset", "empty"])
def test_then_the_working_folder(folder, environ):
    assert find(None, environ).name == "indicators.toml"


@pytest.mark.parametrize(
    ("option", "environ", "message"),
    [
        ("a.toml", {}, "a.toml does not exist (--config says so)"),
        (None, {"CARECMON_CONFIG": "b.toml"}, "b.toml does not exist (CARECMON_CONFIG says so)"),
        (None, {}, "indicators.toml does not exist (neither --config nor CARECMON_CONFIG names another)"),
        (".", {}, ". is a folder, not a file (--config says so)"),
    ],
    ids=["option", "environment", "nothing", "folder"],
)  # fmt: skip
def test_a_file_that_is_not_there_is_blamed_on_who_named_it(tmp_path, monkeypatch, option, environ, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        find(option, environ)
    assert str(caught.value) == f"{message}; write a new one with: carecmon init"
    assert caught.value.exit_code == 2


def _tables(schema):
    return [schema, *schema["$defs"].values()]


def test_the_schema_is_json_that_refuses_unknown_keys():
    schema = json.loads(json.dumps(config.schema()))
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert all(table["additionalProperties"] is False for table in _tables(schema))


def test_every_key_is_described_in_the_schema():
    for table in _tables(config.schema()):
        for name, key in table["properties"].items():
            assert key.get("description"), name


def test_the_schema_uses_the_words_of_the_file():
    tables = config.schema()["$defs"]
    assert "for" in tables["RuleTable"]["properties"] and "from" in tables["SmtpTable"]["properties"]
    assert tables["RuleTable"]["properties"]["severity"]["enum"] == ["info", "warning", "critical"]
    assert set(tables["TargetTable"]["required"]) == {"indicator", "official"}


def test_the_schema_takes_a_change_with_its_sign_and_nothing_else():
    found = json.dumps(config.schema())
    pattern = json.loads(found)["$defs"]["TargetTable"]["properties"]["change"]["anyOf"][0]["pattern"]
    assert all(re.match(pattern, change) for change in ("-50 %", "+20 %", "−1.5%"))
    assert not any(re.match(pattern, change) for change in ("50 %", ".50 %", "a50 %", "950 %"))
