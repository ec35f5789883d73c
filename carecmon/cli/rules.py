"""``carecmon rules test``: do the rules raise what they should, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from carecmon.cli.output import say, show
from carecmon.cli.session import Session
from carecmon.errors import ExitCode

if TYPE_CHECKING:
    from carecmon.model import Alert, Indicator
    from carecmon.policytest import Difference, Expected
    from carecmon.policytest.file import Tests


@click.group()
def rules() -> None:
    """Try the rules of indicators.toml."""


@rules.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_obj
def test(session: Session, files: Sequence[Path]) -> None:
    """Run the tests of rules in FILES.

    Series with vintages go in, expected alerts come out. Prints each test, and for one that fails which alerts are
    missing (-) and which were not expected (+). Exits with 1 when one fails. docs/rules.md describes the files.
    """
    from carecmon import policytest

    failed = passed = 0
    for path in files:
        tests = policytest.load(path)
        indicators = _indicators(session, tests)
        for scenario in tests.scenarios:
            differences = policytest.play(scenario, tests.settings, indicators)
            show(f"{'FAILED' if differences else 'ok    '} {path.name}: {scenario.name}")
            show(*(line for one in differences for line in _difference(one)))
            failed += bool(differences)
            passed += not differences
    say(f"carecmon: {passed} passed, {failed} failed", quiet=session.quiet)
    if failed:
        raise SystemExit(ExitCode.PARTIAL)


def _indicators(session: Session, tests: Tests) -> Mapping[str, Indicator]:
    """Return the indicators of the file, and, where it uses others, the installed ones."""
    used = {vintage.series.indicator for scenario in tests.scenarios for vintage in scenario.vintages}
    if used <= tests.indicators.keys():
        return tests.indicators
    from carecmon import registry

    folders = tests.settings.plugin_dirs
    return {**registry.load(folders).indicators, **tests.indicators}


def _difference(one: Difference) -> Iterator[str]:
    yield f"    on {one.at:%Y-%m-%d %H:%M} UTC"
    yield from (f"      - {_expected(expected)}" for expected in one.missing)
    yield from (f"      + {_found(alert)}" for alert in one.unexpected)


def _expected(one: Expected) -> str:
    said = [one.severity.value] if one.severity else []
    said += [f"cause {one.cause.value}"] if one.cause else []
    return f"{one.rule} about {one.subject}: {', '.join([one.state.value, *said])}"


def _found(alert: Alert) -> str:
    return (
        f"{alert.rule} about {alert.subject}: {alert.state}, {alert.severity}, cause {alert.cause}"
        f"\n          {alert.message}"
    )
