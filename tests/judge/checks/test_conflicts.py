"""Sources that disagree about one cell."""

import pytest

from carecmon.judge.checks import check_conflicts
from carecmon.judge.corrections import apply
from carecmon.model import (
    Better,
    Cell,
    Check,
    Correction,
    CorrectionAction,
    Indicator,
    ObservationStatus,
    Period,
    Point,
    Series,
    SeriesBelief,
    Severity,
    Text,
)

SWD = Series.of("cpmm.swd", area="CAREC", mode="rail")
INDICATOR = Indicator(
    "cpmm.swd", Text("Speed with delay"), "transport", "Railways", "km/h", Better.HIGHER, "", ("cpmm", "progress")
)


def belief(**sources):
    return SeriesBelief(
        SWD,
        {
            source: tuple(
                Point(Period.parse(year), value, ObservationStatus.NORMAL, source, 1) for year, value in cells.items()
            )
            for source, cells in sources.items()
        },
    )


def test_a_difference_beyond_what_is_printed_is_a_conflict():
    both = belief(cpmm={"2021": 38.0, "2022": 12.4}, progress={"2021": 12.1, "2022": 11.9})
    first, second = check_conflicts(INDICATOR, both, ("progress", "cpmm"))
    assert (first.check, first.source, str(first.period)) == ("conflict", "cpmm", "2021")
    assert (first.found, first.expected) == ("38.0 km/h in cpmm", "12.1 km/h in progress")
    assert first.message == "Speed with delay, CAREC, rail: cpmm says 38.0 km/h for 2021, progress says 12.1 km/h."
    assert str(second.period) == "2022"


def test_one_source_that_prints_more_roughly_is_no_conflict():
    def cell(series, point):
        return Cell(point.source, raw={"cpmm": "12.38", "progress": "12.4"}[point.source])

    both = belief(cpmm={"2022": 12.38}, progress={"2022": 12.4})
    assert check_conflicts(INDICATOR, both, (), cell) == []


def test_a_difference_of_one_last_place_is_a_conflict():
    (finding,) = check_conflicts(INDICATOR, belief(cpmm={"2022": 11.9}, progress={"2022": 11.8}))
    assert (finding.found, finding.expected) == ("11.8 km/h in progress", "11.9 km/h in cpmm")


def test_the_preferred_source_is_the_one_to_differ_from_cell_by_cell():
    both = belief(cpmm={"2022": 12.4}, progress={"2021": 12.1, "2022": 11.9}, third={"2021": 40.0})
    found = check_conflicts(INDICATOR, both, ("cpmm", "progress"))
    assert [(str(f.period), f.source, f.expected) for f in found] == [
        ("2021", "third", "12.1 km/h in progress"),
        ("2022", "progress", "12.4 km/h in cpmm"),
    ]


@pytest.mark.parametrize(
    ("raw", "value", "said"),
    [
        ("57600000000 of 4000000000000 USD", 57_600.0, "USD 57,600 million"),
        ("57612345678 of 4000000000000 USD", 57_612.345678, "USD 57,612.345678 million"),
        ("57612345678.91 of 4000000000000 USD", 57_612.3456789, "USD 57,612.3456789 million"),
        ("57.60", 57.6, "USD 57.60 million"),
        ("30", 30.0, "USD 30 million"),
        ("57612345678.9123 of 4000000000000 USD", 57_612.3456789123, "USD 57,612.3456789 million"),
        ("not recorded", 0.000123456789, "USD 0.0001235 million"),
    ],
)
def test_a_number_is_said_with_the_digits_of_its_source_and_without_the_zeros_of_a_smaller_unit(raw, value, said):
    imports = Indicator("cpmm.swd", Text("Imports"), "trade", "Trade", "USD million", Better.HIGHER, "", precision=7)
    both = belief(cpmm={"2022": value}, progress={"2022": 9.0})
    (finding,) = check_conflicts(imports, both, ("progress",), lambda _, point: Cell(point.source, raw=raw))
    assert finding.found == f"{said} in cpmm"


def test_a_conflict_keeps_its_id_whichever_source_is_preferred():
    both = belief(cpmm={"2022": 12.4}, progress={"2022": 11.9})
    (one,), (other,) = (check_conflicts(INDICATOR, both, order) for order in (("cpmm",), ("progress",)))
    assert one.id == other.id and one.source != other.source


def test_a_conflict_that_a_correction_ends_is_listed_as_mended():
    both = belief(cpmm={"2021": 38.0, "2022": 12.4}, progress={"2021": 12.1, "2022": 11.9})
    fix = Correction(SWD, Period.parse("2021"), CorrectionAction.OVERRIDE, "slipped row", "me", 38.0, value=12.1)
    corrected, _ = apply(both, [fix])
    assert [f.mended_by for f in check_conflicts(INDICATOR, both, ("progress",), corrected=corrected)] == [
        "correction",
        None,
    ]


def test_a_missing_value_conflicts_with_nothing():
    points = Point(Period.parse("2021"), None, ObservationStatus.MISSING, "cpmm", 1)
    both = belief(progress={"2021": 12.1})
    assert check_conflicts(INDICATOR, SeriesBelief(SWD, {"cpmm": (points,), **both.by_source})) == []


def test_the_severity_is_the_declared_one():
    declared = Indicator(
        "cpmm.swd", Text("Speed"), "", "", "", Better.HIGHER, "", checks=(Check("conflict", severity=Severity.INFO),)
    )
    (finding,) = check_conflicts(declared, belief(cpmm={"2022": 12.4}, progress={"2022": 11.9}))
    assert finding.severity is Severity.INFO


def newest(shipped, series):
    """The belief about a series when every shipped edition is known, and the cells it stands in."""
    points, cells = {}, {}
    for source, edition, observation in sorted(shipped.printed[series], key=lambda printed: printed[1]):
        point = Point(observation.period, observation.value, observation.status, source, int(edition[:4]))
        points.setdefault(source, {})[observation.period] = point
        cells[source, observation.period] = observation.cell
    by_source = {source: tuple(by_period[p] for p in sorted(by_period)) for source, by_period in points.items()}
    return SeriesBelief(series, by_source), lambda _, point: cells.get((point.source, point.period))


def test_report_and_annex_disagree_about_rail_speeds_and_nothing_else(shipped):
    found = []
    for series in shipped.printed:
        believed, cell_of = newest(shipped, series)
        prefer = ("progress-report", "cpmm-report") if series.label("mode") == "rail" else ()
        found += check_conflicts(shipped.indicators[series.indicator], believed, prefer, cell_of)
    assert {(str(f.series), str(f.period), f.found, f.expected) for f in found} == {
        (str(SWD), "2021", "38.0 km/h in cpmm-report", "12.1 km/h in progress-report"),
        (str(SWD), "2022", "12.4 km/h in cpmm-report", "11.9 km/h in progress-report"),
        ("cpmm.swod{area=CAREC,mode=rail}", "2021", "41.6 km/h in cpmm-report", "38.0 km/h in progress-report"),
    }
    assert all(len(f.cells) == 2 and f.severity is Severity.WARNING for f in found)


@pytest.mark.parametrize("value", [0.0, 1e12])
def test_any_size_of_value_can_be_compared(value):
    assert check_conflicts(INDICATOR, belief(cpmm={"2022": value}, progress={"2022": value})) == []
