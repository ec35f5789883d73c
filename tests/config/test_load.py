"""What a file says is what the program gets."""

import subprocess
import sys
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from carecmon import config
from carecmon.config import ChannelSettings, Smtp, SourceSettings, Watch
from carecmon.model import Condition, Hold, Period, Policy, Rule, Series, Severity, Target, TargetKind

BASE = Period.parse("2015")
WORKING = 'official = false\nrationale = "ours"'


def test_an_empty_file_has_sensible_defaults(read, tmp_path):
    settings = read("")
    assert settings.database == tmp_path / "db" / "carecmon.db"
    assert (settings.language, settings.time_zone, settings.plugin_dirs) == ("en", ZoneInfo("UTC"), ())
    assert (settings.watch, settings.targets, settings.rules, settings.smtp) == ({}, (), (), None)


def test_paths_are_relative_to_the_file_not_to_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "indicators.toml").write_text('database = "store/x.db"\nplugin_dirs = ["mine"]', encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    settings = config.load(Path("../indicators.toml"))
    assert settings.database.resolve() == tmp_path / "store" / "x.db"
    assert [folder.resolve() for folder in settings.plugin_dirs] == [tmp_path / "mine"]
    assert settings.database.is_absolute() and settings.path.is_absolute()


def test_a_mark_of_byte_order_that_an_editor_left_is_no_harm(tmp_path):
    (tmp_path / "indicators.toml").write_text('\ufefflanguage = "ru"', encoding="utf-8")
    assert config.load(tmp_path / "indicators.toml").language == "ru"


def test_an_absolute_path_stays(read, tmp_path):
    assert read(f'database = "{tmp_path}/other.db"').database == tmp_path / "other.db"


def test_indicators_and_sources_are_read(read):
    settings = read("""
        [indicators."cpmm.swd"]
        prefer = ["progress-report", "cpmm-report"]
        method = "linear"
        [indicators."lpi.score"]
        enabled = false
        [sources."comtrade"]
        enabled = false
        schedule = "every 6 hours"
        base_url = "https://example.org/api"
        key_env = "COMTRADE_KEY"
    """)
    assert settings.watch["cpmm.swd"] == Watch(True, ("progress-report", "cpmm-report"), "linear")
    assert settings.watched == ("cpmm.swd",)
    assert settings.source("comtrade") == SourceSettings(
        False, "every 6 hours", "https://example.org/api", "COMTRADE_KEY"
    )
    assert settings.source("never-mentioned") == SourceSettings()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param(
            "value = 7800\nyear = 2020",
            {"kind": TargetKind.VALUE, "value": 7800.0, "year": 2020},
            id="a number to reach",
        ),
        pytest.param(
            "value = 3\nyear = 2030\nbase_period = 2015\nbaseline = 5.5",
            {
                "kind": TargetKind.VALUE,
                "value": 3.0,
                "year": 2030,
                "baseline": 5.5,
                "base_period": Period.parse("2015"),
            },
            id="a number to reach from a baseline that is written",
        ),
        pytest.param(
            'change = "-50 %"\nbase_period = 2010\nyear = 2030',
            {"kind": TargetKind.RELATIVE, "change": -0.5, "base_period": Period.parse("2010"), "year": 2030},
            id="a change against a period",
        ),
        pytest.param(
            'improve = "1.5 % a year"\nbase_until = "2019-Q4"\nyear = 2030',
            {"kind": TargetKind.RELATIVE, "rate": 0.015, "base_until": Period.parse("2019-Q4"), "year": 2030},
            id="a yearly improvement",
        ),
        pytest.param(
            'state = "operational"\nyear = 2030',
            {"kind": TargetKind.MILESTONE, "state": "operational", "year": 2030},
            id="a state",
        ),
        pytest.param('direction = "better"', {"kind": TargetKind.DIRECTION}, id="a direction"),
        pytest.param(
            'direction = "better"\nbase_period = 2017',
            {"kind": TargetKind.DIRECTION, "base_period": Period.parse("2017")},
            id="a direction from a period on",
        ),
    ],
)
def test_every_form_of_target_arrives_whole(read, form, expected):
    select = {"area": "CAREC", "mode": "*"}
    (target,) = read(
        f'[[targets]]\nindicator = "x.y"\nselect = {{ area = "CAREC", mode = "*" }}\n{form}\n{WORKING}'
    ).targets
    assert target == Target(official=False, indicator="x.y", select=select, rationale="ours", **expected)


@pytest.mark.parametrize(("area", "chosen"), [("KAZ", True), ("UZB", True), ("DEU", False)])
def test_a_list_of_codes_chooses_the_series_of_each(read, area, chosen):
    (target,) = read(
        f'[[targets]]\nindicator = "x.y"\nselect = {{ area = ["KAZ", "UZB"] }}\ndirection = "better"\n{WORKING}'
    ).targets
    assert target.chooses(Series.of("x.y", area=area, mode="road")) is chosen


def test_an_official_target_keeps_its_citation(read):
    (target,) = read("""
        [[targets]]
        indicator = "road.fatalities"
        change = "-50 %"
        base_period = 2010
        year = 2030
        official = true
        citation = "table 1"
    """).targets
    assert (target.official, target.citation, target.rationale) == (True, "table 1", None)


def test_a_list_of_indicators_makes_one_target_each_in_file_order(read):
    targets = read(f'[[targets]]\nindicator = ["b.b", "a.a"]\ndirection = "better"\n{WORKING}').targets
    assert [target.indicator for target in targets] == ["b.b", "a.a"]


def test_a_rule_arrives_whole(read):
    (rule,) = read("""
        [[rules]]
        id = "slow-border"
        condition = "above"
        severity = "critical"
        indicator = "cpmm.*"
        sector = "transport"
        select = { mode = "road" }
        official = false
        value = 48
        clear = 40.5
        for = { observations = 2 }
        opt_in = true
    """).rules
    assert rule == Rule(
        "slow-border", Condition.ABOVE, Severity.CRITICAL, "cpmm.*", "transport", {"mode": "road"}, False, 48.0, 40.5,
        Hold(observations=2), True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "hold"),
    [
        ("{ observations = 2 }", Hold(observations=2)),
        ("{ evaluations = 3 }", Hold(evaluations=3)),
        ('{ time = "3 days" }', Hold(seconds=3 * 86400.0)),
        ('{ time = "90 minutes" }', Hold(seconds=5400.0)),
    ],
)
def test_a_rule_holds_for_observations_runs_or_time(read, written, hold):
    (rule,) = read(f'[[rules]]\nid = "r"\ncondition = "late"\nseverity = "info"\nfor = {written}').rules
    assert rule.hold == hold


def test_every_condition_of_the_model_can_be_written(read):
    for condition in Condition:
        value = "value = 1" if condition in (Condition.ABOVE, Condition.BELOW) else ""
        (rule,) = read(f'[[rules]]\nid = "r"\ncondition = "{condition.value}"\nseverity = "info"\n{value}').rules
        assert rule.condition is condition


def test_a_person_inherits_language_and_time_zone_of_the_file(read):
    person = read('language = "zh"\ntime_zone = "Asia/Almaty"\n[people.li]\nemail = "li@example.org"').people["li"]
    assert (person.language, person.time_zone, person.full_name) == ("zh", ZoneInfo("Asia/Almaty"), "li")
    assert (person.send, person.channels, person.ops) == ("immediately", ("email",), False)


def test_a_person_says_when_and_of_what_to_be_told(read):
    person = read("""
        [people.aigul]
        email = "aigul@example.org"
        language = "ru"
        sectors = ["transport"]
        severities = ["critical"]
        send = "weekly"
        day = "friday"
        hour = 08:30:00
        quiet_hours = "20:00-07:00"
        remind_after = "2 weeks"
    """).people["aigul"]
    assert (person.send, person.day, person.hour) == ("weekly", 4, time(8, 30))
    assert person.quiet_hours == (time(20), time(7))
    assert (person.severities, person.remind_after) == ((Severity.CRITICAL,), 14 * 86400.0)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_of_the_mail_server_follows_from_its_security(read, security, port):
    smtp = read(f'[smtp]\nhost = "mail.example.org"\nfrom = "a@example.org"\nsecurity = "{security}"').smtp
    assert smtp == Smtp("mail.example.org", "a@example.org", port, security)


def test_channels_name_their_secrets_and_find_their_files(read, tmp_path):
    settings = read("""
        [channels.chat]
        kind = "webhook"
        url_env = "CHAT_URL"
        options = { room = "alerts" }
        [channels.log]
        kind = "json-lines"
        path = "alerts.jsonl"
        [people.ops]
        channels = ["chat", "log", "console"]
    """)
    assert settings.channels["chat"] == ChannelSettings(
        "chat", "webhook", None, "CHAT_URL", None, None, {"room": "alerts"}
    )
    assert settings.channels["log"].path == tmp_path / "alerts.jsonl"


def test_the_policy_is_what_judging_depends_on(read):
    settings = read("""
        [indicators."b.b"]
        method = "linear"
        prefer = ["s"]
        [indicators."a.a"]
        [indicators."off.off"]
        enabled = false
        method = "linear"
        [[targets]]
        indicator = "a.a"
        direction = "better"
        official = false
        rationale = "ours"
        [[rules]]
        id = "late"
        condition = "late"
        severity = "info"
    """)
    assert config.policy(settings, {"a.a": "1.0", "off.off": "2.0"}) == Policy(
        settings.targets, settings.rules, {"b.b": "linear"}, {"b.b": ("s",)}, ("a.a", "b.b"), {"a.a": "1.0"}
    )


def test_importing_the_package_does_not_import_pydantic():
    code = "import carecmon.config, sys; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
