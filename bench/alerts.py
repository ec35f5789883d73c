"""How long it takes to judge series, let the shipped kinds of rule look at them, and move the alerts on.

    python bench/alerts.py [series, default 10,000] [--repeat 3]

Prints seconds of CPU, and microseconds a series, for a first evaluation, one in which nothing changed, and one in which
every series got a new period (each transition's cause is then found by judging again); then for what stands beside
the alerts (silences, acknowledgements, inhibitions) and for asking "tell this person now?" of each. Nothing is
stored, nothing sent. The series are the same in every run and CPU time leaves out what else the machine does, so the
figures can be had again.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from carecmon.judge.decision import decide
from carecmon.judge.evaluation import Before, Evaluation
from carecmon.judge.rules import Watched
from carecmon.judge.silence import about, beside
from carecmon.model import (
    Alert,
    Better,
    Condition,
    Indicator,
    ObservationStatus,
    Period,
    Point,
    Policy,
    Rule,
    Series,
    SeriesBelief,
    Severity,
    Target,
    TargetKind,
    Text,
)
from carecmon.model.person import Case, Recipient
from carecmon.model.silence import Acknowledgement, Silence

START = datetime(2024, 6, 1, 12, tzinfo=UTC)
INDICATOR = Indicator("bench.speed", Text("Speed"), "transport", "Roads", "km/h", Better.HIGHER, "", ("survey",))
WATCHED = Watched({"bench.speed": "transport"}, {"survey": ("bench.speed",)})
RULES = tuple(
    Rule(condition.value.replace("_", "-"), condition, Severity.WARNING, value=value)
    for condition, value in {
        Condition.OFF_TRACK: None, Condition.REVERSED: None, Condition.LATE: None, Condition.WITHDRAWN: None,
        Condition.BELOW: 1.0, Condition.CHANGED: 90.0, Condition.REVISED: 5.0, Condition.CONTRADICTION: None,
    }.items()
)  # fmt: skip
TARGET = Target(
    TargetKind.VALUE, True, "bench.*", year=2030, value=40.0, base_period=Period.parse("2015"), citation="a benchmark"
)
POLICY = Policy((TARGET,), RULES, watched=("bench.speed",))
YEARS = [Period.parse(str(year)) for year in range(2015, 2025)]


def beliefs(count: int, years: list[Period]) -> dict[Series, SeriesBelief]:
    """Return series that are on track until 2023, every other one of which reverses in 2024."""
    found = {}
    for number in range(count):
        series = Series.of("bench.speed", area=f"a{number:05}")
        values = [20.0 + 2 * position for position in range(len(years))]
        if len(years) == len(YEARS) and number % 2:
            values[-1] = 15.0
        points = tuple(
            Point(period, value, ObservationStatus.NORMAL, "survey", 1)
            for period, value in zip(years, values, strict=True)
        )
        found[series] = SeriesBelief(series, {"survey": points})
    return found


def evaluate(
    now: datetime, believed: dict[Series, SeriesBelief], before: Before | None, stored: dict[str, Alert]
) -> tuple[dict[str, Alert], int]:
    evaluation = Evaluation(POLICY, now, before)
    evaluation.judge(INDICATOR, believed.values())
    stepped = evaluation.step(stored, WATCHED)
    return stored | {alert.fingerprint: alert for alert in stepped.alerts}, len(stepped.transitions)


def timed(what: str, count: int, repeat: int, work: Callable[[], object]) -> None:
    spent = []
    for _ in range(repeat):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    middle = median(spent)
    print(f"{what:<52} {middle:7.2f} s   {middle / count * 1e6:7.1f} us each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", type=int, nargs="?", default=10_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    count, repeat = given.series, given.repeat
    old, new = beliefs(count, YEARS[:-1]), beliefs(count, YEARS)
    before, later = Before(START, POLICY, old), START + timedelta(days=300)
    print(f"{count:,} series, {len(RULES)} rules, median of {repeat}")
    timed("first evaluation", count, repeat, lambda: evaluate(START, old, None, {}))
    timed("nothing changed", count, repeat, lambda: evaluate(later, old, before, {}))
    timed("a new period for each", count, repeat, lambda: evaluate(later, new, before, {}))
    alerts, moved = evaluate(later, new, before, {})
    print(f"  of these, {moved:,} transitions with their cause")
    silences = [
        Silence(n, START, later + timedelta(1), "ops", "known", subject=f"*area=a{n:05}*") for n in range(1, 21)
    ]
    made = {mark: Acknowledgement(mark, START, "ops", "known") for mark in list(alerts)[: count // 4]}

    def standing() -> object:
        return beside(
            alerts.values(), now=later, watched=WATCHED, rules=RULES, silences=silences, acknowledgements=made
        )

    timed(f"beside {len(alerts):,} alerts: 20 silences", len(alerts), repeat, standing)
    person = Recipient("a", ZoneInfo("Asia/Almaty"), send="weekly")
    cases = [Case(person, alert, RULES[0], about(alert, WATCHED)) for alert in alerts.values()]
    timed("tell this person now?", len(cases), repeat, lambda: [decide(case, later) for case in cases])


if __name__ == "__main__":
    main()
