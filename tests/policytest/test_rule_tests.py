"""rules test: what passes, what fails with which diff, what is refused with which words."""

import re
from pathlib import Path

import pytest

from carecmon.cli import run
from carecmon.errors import ConfigError
from carecmon.model import ObservationStatus, Period
from carecmon.policytest import load, play
from carecmon.policytest.shorthand import periods, values

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
EXAMPLE = re.search(r"<!-- example: rule-tests.toml -->\n```toml\n(.*?)```", PAGE, re.S)[1]

HEAD = """
[[rules]]
id = "{rule}"
condition = "{condition}"
severity = "warning"
{more}
[indicators.speed]
lag = "90 days"
grace = "30 days"
[[tests]]
name = "a test"
every = "{every}"
"""
SERIES = 'series = "speed{area=CAREC}"'


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "rule-tests.toml"
        path.write_text(text, "utf-8")
        return path

    return written


@pytest.fixture
def outcome(write):
    """Return the differences of one scenario for one rule."""

    def played(condition, body, *, rule="the-rule", every="1 week", more=""):
        tests = load(write(HEAD.format(rule=rule, condition=condition, more=more, every=every) + body))
        return play(tests.scenarios[0], tests.settings, tests.indicators)

    return played


def vintage(on, first, said):
    return f'[[tests.vintages]]\non = {on}\n{SERIES}\nfrom = "{first}"\nvalues = "{said}"\n'


def at(day, *alerts):
    return f"[[tests.at]]\non = {day}\nalerts = [{', '.join(alerts)}]\n"


def firing(state="firing", cause=None, subject=SERIES):
    why = f', cause = "{cause}"' if cause else ""
    return f'{{ rule = "the-rule", {subject}, state = "{state}"{why} }}'


def test_the_example_of_the_documentation_passes(write, capsys):
    assert run(["rules", "test", str(write(EXAMPLE))]) == 0
    done = capsys.readouterr()
    assert "ok     rule-tests.toml: a revision takes the alert back" in done.out
    assert "1 passed, 0 failed" in done.err


def test_a_failing_test_prints_what_is_missing_and_what_was_not_expected_and_exits_with_1(write, capsys):
    path = write(EXAMPLE.replace('cause = "new_period"', 'cause = "clock"'))
    assert run(["rules", "test", str(path)]) == 1
    done = capsys.readouterr()
    assert "FAILED rule-tests.toml: a revision takes the alert back" in done.out
    assert "on 2025-03-01 23:59 UTC" in done.out
    assert "- off-track about speed{area=CAREC}: firing, cause clock" in done.out
    assert "+ off-track about speed{area=CAREC}: firing, warning, cause new_period" in done.out


def test_an_alert_that_nobody_expected_is_a_difference(outcome):
    (difference,) = outcome("below", vintage("2024-06-01", "2023", "5") + at("2024-06-01"), more="value = 10")
    assert [one.rule for one in difference.unexpected] == ["the-rule"] and not difference.missing


def test_a_rule_waits_for_runs_in_a_row(outcome):
    body = vintage("2024-06-01", "2023", "5") + at("2024-06-02", firing("pending")) + at("2024-06-03", firing())
    assert outcome("below", body, every="1 day", more="value = 10\nfor = { evaluations = 3 }") == []


def test_lateness_needs_only_the_clock(outcome):
    body = vintage("2024-06-01", "2023", "5") + at("2025-04-01") + at("2025-05-08", firing(cause="clock"))
    assert outcome("late", body) == []


def test_a_source_fails_for_as_long_as_the_test_says(outcome):
    failing = '[[tests.failing]]\nsource = "source"\nfrom = 2024-06-02\nuntil = 2024-06-06\nerror = "HTTP 500"\n'
    about = 'source = "source"'
    body = vintage("2024-06-01", "2023", "5") + failing + at("2024-06-04", firing("pending", subject=about))
    body += at("2024-06-05", firing(subject=about)) + at("2024-06-07", firing("resolved", subject=about))
    assert outcome("source_failing", body, every="1 day", more='for = { time = "3 days" }') == []


def test_a_period_can_be_withdrawn_and_come_back(outcome):
    body = vintage("2024-06-01", "2022", "5 6") + vintage("2024-07-01", "2022", "withdrawn _")
    body += vintage("2024-08-01", "2022", "5")
    body += at("2024-07-01", firing(cause="withdrawal")) + at("2024-08-01", firing("resolved", "late_arrival"))
    assert outcome("withdrawn", body, every="9 weeks") == []


def test_what_resolved_in_an_earlier_run_is_not_listed_any_more(outcome):
    body = vintage("2024-06-01", "2022", "5") + vintage("2024-07-01", "2023", "50")
    body += at("2024-07-01", firing("resolved", "new_period")) + at("2024-07-02")
    assert outcome("below", body, every="9 weeks", more="value = 10") == []


def test_installed_indicators_and_the_shipped_rules_can_be_tested(write, capsys):
    (write("").parent / "indicators.toml").write_text((ROOT / "indicators.toml").read_text("utf-8"), "utf-8")
    body = """
policy = "indicators.toml"
[[tests]]
name = "road fatalities that fall too slowly are off track against the official target"
[[tests.vintages]]
on = 2024-05-30
series = "road.fatalities{area=CAREC}"
source = "progress-report"
from = 2010
values = "82000 missingx9"
[[tests.vintages]]
on = 2025-05-30
series = "road.fatalities{area=CAREC}"
source = "progress-report"
from = 2023
values = "80000"
[[tests.at]]
on = 2025-05-30
alerts = [{ rule = "off-track", series = "road.fatalities{area=CAREC}", severity = "warning" }]
"""
    assert run(["rules", "test", str(write(body.replace("missingx9", "missing")))]) == 0, capsys.readouterr()


MISTAKES = {
    "no tests": ("", "tests no rules"),
    "an unknown key": (EXAMPLE.replace("on = 2025-03-01\nseries", "onn = 1\nseries"), "did you mean on?"),
    "a rule that is not there": (EXAMPLE.replace('rule = "off-track", series', 'rule = "of", series'), "no rule 'of'"),
    "a value that is none": (EXAMPLE.replace('"_ 21"', '"_ abc"'), "'abc' is no value"),
    "a series that is none": (EXAMPLE.replace('"speed{area=CAREC}"', '"speed{"', 1), "is not a series"),
    "a day in quotes": (EXAMPLE.replace("on = 2024-06-01\nalerts", 'on = "June"\nalerts'), "without quotes"),
    "an indicator nobody declares": (EXAMPLE.replace("[indicators.speed]", "[indicators.s]"), "nothing declares"),
    "a cause that is none": (EXAMPLE.replace("new_period", "bad_luck"), "write one of first_assessment"),
    "a state nobody sees": (EXAMPLE.replace('"resolved"', '"inactive"'), "leave the alert out"),
    "a broken rule": (EXAMPLE.replace('"off_track"', '"of_track"'), "of_track"),
    "no TOML": ("[[", "is not TOML"),
    "nothing expected": (EXAMPLE.split("[[tests.at]]")[0], "expects nothing"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_file_says_where_and_exits_with_2(write, capsys, text, said):
    assert run(["rules", "test", str(write(text))]) == 2
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error


def test_a_file_that_is_not_there_is_a_mistake(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml")


def said(text):
    return [None if one is None else one.value if one.value is not None else one.status for one in values(text)]


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("1 2.5 -3", [1, 2.5, -3]),
        ("20+0.5x3", [20, 20.5, 21, 21.5]),
        ("0.1+0.1x2", [0.1, 0.2, 0.3]),
        ("5-2x2", [5, 3, 1]),
        ("7x2", [7, 7, 7]),
        ("1 _ missing withdrawn", [1, None, ObservationStatus.MISSING, ObservationStatus.WITHDRAWN]),
        ("1e3", [1000]),
    ],
)
def test_the_shorthand_of_values(text, expanded):
    assert said(text) == expanded


@pytest.mark.parametrize("text", ["", "x", "1x", "1+x2", "nan1", "1+1x99999", "1..2"])
def test_a_shorthand_that_means_nothing_is_refused(text):
    with pytest.raises(ValueError, match=r"value"):
        values(text)


@pytest.mark.parametrize(
    ("first", "following"),
    [
        ("2022", "2023"),
        ("2023-Q4", "2024-Q1"),
        ("2023-S2", "2024-S1"),
        ("2023-12", "2024-01"),
        ("2023-12-31", "2024-01-01"),
    ],
)
def test_periods_follow_each_other(first, following):
    both = periods(Period.parse(first))
    assert [str(next(both)), str(next(both))] == [first, following]
