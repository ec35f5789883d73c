"""The exit code of a run that finished: 3 before 1 before 4."""

import pytest

from carecmon.errors import ExitCode
from carecmon.model import (
    AlertState,
    IndicatorReport,
    Outcome,
    PluginReport,
    PluginState,
    Severity,
    SourceOutcome,
    SourceReport,
)
from carecmon.report import exit_code, nagios_line

BROKEN = [PluginReport("water", PluginState.BROKEN, "SyntaxError", "correct it")]
FAILED = [IndicatorReport("a", "transport", "", Outcome.FAILED, error="nothing to fall back on")]
NO_DATA = [IndicatorReport("a", "transport", "", Outcome.NO_DATA)]


def failing(newest):
    return [SourceReport("feed", "p", SourceOutcome.FAILED, error="no answer", newest=newest)]


@pytest.mark.parametrize(
    ("parts", "fail_on", "code"),
    [
        pytest.param({}, None, ExitCode.OK, id="nothing to say"),
        pytest.param({"firing": Severity.CRITICAL}, None, ExitCode.OK, id="alerts alone are no failure"),
        pytest.param({"firing": Severity.CRITICAL}, Severity.CRITICAL, ExitCode.ALERTS, id="as loud as asked"),
        pytest.param({"firing": Severity.CRITICAL}, Severity.WARNING, ExitCode.ALERTS, id="louder than asked"),
        pytest.param({"firing": Severity.WARNING}, Severity.CRITICAL, ExitCode.OK, id="quieter than asked"),
        pytest.param({"pending": Severity.CRITICAL}, Severity.WARNING, ExitCode.OK, id="pending does not count"),
        pytest.param({"resolved": Severity.CRITICAL}, Severity.WARNING, ExitCode.OK, id="resolved does not count"),
        pytest.param({"plugins": BROKEN}, None, ExitCode.PARTIAL, id="a broken plugin"),
        pytest.param({"indicators": FAILED}, None, ExitCode.PARTIAL, id="an indicator that failed"),
        pytest.param({"indicators": NO_DATA}, None, ExitCode.OK, id="no data is an answer"),
        pytest.param({"sources": failing(None)}, None, ExitCode.PARTIAL, id="a failing source with nothing older"),
        pytest.param({"sources": "older"}, None, ExitCode.OK, id="a failing source with an older vintage"),
        pytest.param({"delivery": "dead"}, None, ExitCode.UNDELIVERED, id="a dead message"),
        pytest.param({"delivery": "queued"}, None, ExitCode.UNDELIVERED, id="a message that did not go out"),
        pytest.param({"delivery": "waiting"}, None, ExitCode.OK, id="a message that waits for its hour"),
        pytest.param({"delivery": "sent"}, None, ExitCode.OK, id="a message that was sent"),
        pytest.param({"delivery": "queued", "offline": True}, None, ExitCode.OK, id="offline nothing is sent"),
        pytest.param(
            {"firing": Severity.WARNING, "plugins": BROKEN, "delivery": "dead"},
            Severity.WARNING,
            ExitCode.ALERTS,
            id="alerts before all",
        ),
        pytest.param({"plugins": BROKEN, "delivery": "dead"}, None, ExitCode.PARTIAL, id="not judged before unsent"),
    ],
)
def test_a_finished_run_earns_one_exit_code(parts, fail_on, code, report, alert, delivery):
    parts = dict(parts)
    for state in (AlertState.FIRING, AlertState.PENDING, AlertState.RESOLVED):
        if severity := parts.pop(state.value, None):
            parts["alerts"] = [alert(severity, state)]
    if state := parts.pop("delivery", None):
        parts["deliveries"] = [delivery(state)]
    if parts.get("sources") == "older":
        parts["sources"] = failing(report().started)
    assert exit_code(report(**parts), fail_on) is code


@pytest.mark.parametrize(
    ("parts", "word", "state"),
    [
        pytest.param({}, "OK", 0, id="nothing to say"),
        pytest.param({"firing": Severity.INFO}, "OK", 0, id="info is not the business of Nagios"),
        pytest.param({"firing": Severity.WARNING}, "WARNING", 1, id="a warning"),
        pytest.param({"firing": Severity.CRITICAL}, "CRITICAL", 2, id="critical"),
        pytest.param({"firing": Severity.CRITICAL, "plugins": BROKEN}, "CRITICAL", 2, id="known bad before unknown"),
        pytest.param({"plugins": BROKEN}, "UNKNOWN", 3, id="a broken plugin"),
        pytest.param({"delivery": "dead"}, "WARNING", 1, id="an undelivered message"),
    ],
)
def test_nagios_gets_one_line_and_its_own_states(parts, word, state, report, alert, delivery):
    parts = dict(parts)
    if severity := parts.pop("firing", None):
        parts["alerts"] = [alert(severity)]
    if of := parts.pop("delivery", None):
        parts["deliveries"] = [delivery(of)]
    line, code = nagios_line(report(**parts))
    assert line.startswith(f"CARECMON {word} - ")
    assert code == state


def test_the_nagios_line_says_what_it_counts(report):
    line, _ = nagios_line(report(indicators=[*NO_DATA, *FAILED]))
    assert "2 indicators, 0 with figures, 0 with a verdict, failed: indicator a | " in line
    assert line.endswith(
        "| indicators=2 with_figures=0 with_verdict=0 critical=0 warning=0 failed=1 undelivered=0 failed_sources=0"
    )


def test_the_nagios_line_stays_one_line_whatever_a_name_holds(report):
    broken = [PluginReport("a|b\nc", PluginState.BROKEN)]
    line, _ = nagios_line(report(plugins=broken))
    assert "\n" not in line
    assert line.count("|") == 1
    assert "plugin a/b c" in line
