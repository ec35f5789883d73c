"""Corrections: what they lay over a belief, and how they say that they are out of date."""

import tomllib
from pathlib import Path

import pytest

from carecmon.judge.corrections import CorrectionState, apply, corrected, words
from carecmon.model import (
    Better,
    Cell,
    Code,
    CodeList,
    Correction,
    CorrectionAction,
    Indicator,
    Observation,
    ObservationStatus,
    Period,
    Point,
    Scale,
    Series,
    SeriesBelief,
    Text,
)

SWD = Series.of("cpmm.swd", area="CAREC", mode="rail")
Y2021, Y2022 = Period.parse("2021"), Period.parse("2022")
TABLE = {
    "series": str(SWD),
    "period": "2021",
    "action": "override",
    "expect": 38.0,
    "value": 12.1,
    "reason": "the row slipped",
    "who": "the transport desk",
}


def without(*keys, **more):
    return {key: value for key, value in TABLE.items() if key not in keys} | more


def correction(*gone, **more):
    return Correction.read(without(*gone, **more))


def belief(**sources):
    return SeriesBelief(
        SWD,
        {
            source: (
                Point(Y2021, value, ObservationStatus.NORMAL, source, 1),
                Point(Y2022, 12.4, ObservationStatus.NORMAL, source, 1),
            )
            for source, value in sources.items()
        },
    )


def first(believed, source="cpmm"):
    return believed.by_source[source][0]


def test_an_override_stands_in_for_the_value_and_says_so():
    said = belief(cpmm=38.0)
    judged, (note,) = apply(said, [correction()])
    assert first(judged).value == 12.1
    assert first(judged).note == "the printed 38.0 is judged as 12.1 (the row slipped; the transport desk)"
    assert note.state is CorrectionState.APPLIED
    assert [point.value for point in note.before] == [38.0] and [point.value for point in note.after] == [12.1]


def test_what_the_source_says_stays_readable():
    said = belief(cpmm=38.0)
    apply(said, [correction()])
    assert first(said).value == 38.0 and first(said).note is None


def test_a_dropped_cell_has_no_value_so_that_another_source_can_stand_in():
    judged, (note,) = apply(belief(cpmm=38.0, progress=12.1), [correction("value", action="drop")])
    assert (first(judged).value, first(judged).status) == (None, ObservationStatus.MISSING)
    assert not first(judged).usable and first(judged, "progress").value == 12.1
    assert note.state is CorrectionState.APPLIED


def test_a_scaled_cell_is_multiplied_and_rounded():
    judged, _ = apply(belief(cpmm=38.0), [correction("value", action="scale", factor=0.001)])
    assert first(judged).value == 0.038


def test_a_flag_changes_nothing_but_the_note():
    judged, (note,) = apply(belief(cpmm=38.0), [correction("value", action="flag")])
    assert first(judged).value == 38.0
    assert first(judged).note == "the printed 38.0 is doubtful (the row slipped; the transport desk)"
    assert note.state is CorrectionState.APPLIED


def test_a_correction_whose_error_is_gone_does_nothing_and_says_that_it_is_out_of_date():
    said = belief(cpmm=12.1)
    judged, (note,) = apply(said, [correction()])
    assert judged == said
    assert note.state is CorrectionState.OUT_OF_DATE
    assert note.message == (
        "The correction of cpmm.swd{area=CAREC,mode=rail} 2021 is out of date: it expects 38, but there is 12.1 in"
        " cpmm. Remove it from corrections.toml."
    )


STATES = CodeList("states", [Code(name, Text(name.replace("_", " "))) for name in ("none", "under_way", "done")])
LINK = Indicator(
    "cpmm.swd", Text("Link"), "energy", "", "state", Better.HIGHER, "A test.", ("cpmm",), scale=Scale.STATE,
    states=STATES, precision=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("table", "said"),
    [
        pytest.param({"expect": 0, "value": 1}, 'the printed "none" is judged as "under way"', id="by their names"),
        pytest.param({"expect": 7, "value": 2}, 'the printed 7.0 is judged as "done"', id="what is no state as it is"),
    ],
)
def test_a_correction_of_a_state_calls_the_states_by_their_names(table, said):
    fix = correction(**table)
    assert words(fix, LINK) == f"{said} (the row slipped; the transport desk)"
    judged, (note,) = apply(belief(cpmm=float(table["expect"])), [fix], LINK)
    assert said in note.message and first(judged).note == words(fix, LINK)


def test_a_correction_of_a_state_that_is_out_of_date_calls_them_by_their_names_too():
    _, (note,) = apply(belief(cpmm=2.0), [correction(expect=0, value=1)], LINK)
    assert 'it expects "none", but there is "done" in cpmm.' in note.message


def test_a_correction_of_a_cell_that_nobody_states_waits():
    judged, (note,) = apply(belief(cpmm=38.0), [correction(period="2019")])
    assert note.state is CorrectionState.NO_CELL
    assert judged == belief(cpmm=38.0)


def test_a_correction_for_one_source_leaves_the_others_alone():
    judged, _ = apply(belief(cpmm=38.0, other=38.0), [correction(source="cpmm")])
    assert first(judged).value == 12.1 and first(judged, "other").value == 38.0


def test_a_correction_for_no_source_in_particular_is_for_all_that_have_the_error():
    judged, (note,) = apply(belief(cpmm=38.0, other=38.0, progress=12.1), [correction()])
    assert first(judged).value == first(judged, "other").value == 12.1
    assert [point.source for point in note.before] == ["cpmm", "other"]


def test_corrections_of_other_series_are_passed_over():
    other = correction(series="cpmm.swod{area=CAREC,mode=rail}")
    assert apply(belief(cpmm=38.0), [other]) == (belief(cpmm=38.0), [])


def test_the_observations_of_a_release_can_be_corrected_alike():
    observations = [Observation(SWD, Y2021, 38.0, Cell("report")), Observation(SWD, Y2022, 12.4, Cell("report"))]
    (changed,) = corrected(observations, [correction()], "cpmm")
    assert (changed.period, changed.value, changed.cell) == (Y2021, 12.1, Cell("report"))
    assert corrected(observations, [correction(source="other")], "cpmm") == []
    assert corrected(observations, [correction("value", action="flag")], "cpmm") == []


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param(without("expect"), "no expect; a correction needs it", id="without the error"),
        pytest.param(without(expect="38"), "expect: found '38'; write a number", id="a text for a number"),
        pytest.param(without(expect=True), "expect: found True; write a number", id="a yes for a number"),
        pytest.param(without(value=float("nan")), "value: found nan; write a number", id="no number at all"),
        pytest.param(without("reason"), "no reason; a correction needs it", id="without a reason"),
        pytest.param(without(who=" "), "who: found ' '; write a text", id="without a name"),
        pytest.param(without("value"), "override needs value; add it", id="without the right value"),
        pytest.param(without(action="drop"), "value: drop has no value; take it out", id="a value too many"),
        pytest.param(without("value", action="scale"), "scale needs factor; add it", id="without a factor"),
        pytest.param(
            without(action="delete"), "action: found 'delete'; it is one of drop, override, scale, flag", id="no action"
        ),
        pytest.param(without(note="x"), "unknown key 'note'; a correction has series, period", id="an unknown key"),
        pytest.param(without(period="last year"), "'last year' is not a period", id="no period"),
        pytest.param(without(series="a{b}"), "is not a series", id="no series"),
    ],
)
def test_a_wrong_table_says_what_is_wrong(table, message):
    with pytest.raises(ValueError, match=message.replace("{", r"\{")):
        Correction.read(table)


SHIPPED = Path(__file__).parents[2] / "plugins" / "corrections.toml"


def test_the_shipped_corrections_can_be_read_and_name_their_evidence():
    tables = tomllib.loads(SHIPPED.read_text("utf-8"))["corrections"]
    fixes = [Correction.read(table) for table in tables]
    assert {str(fix) for fix in fixes if fix.source == "cpmm-report"} == {
        "override cpmm.swd{area=CAREC,mode=rail} 2021",
        "override cpmm.swod{area=CAREC,mode=rail} 2021",
        "override cpmm.swd{area=PAK,mode=road} 2019",
        "override cpmm.swod{area=PAK,mode=road} 2019",
    }
    assert all("printed" in fix.reason or "prints" in fix.reason or "slipped" in fix.reason for fix in fixes)


def test_the_shipped_corrections_turn_the_four_millions_of_the_brief_into_billions():
    tables = tomllib.loads(SHIPPED.read_text("utf-8"))["corrections"]
    brief = [Correction.read(table) for table in tables if table["source"] == "lct-brief"]
    scaled = {
        (fix.series.indicator, fix.series.label("area"), fix.expect * (fix.factor or 0))
        for fix in brief
        if fix.action is CorrectionAction.SCALE
    }
    assert scaled == {
        ("lct.exports", "lct-top-exporters", 650_000),
        ("lct.exports", "OTHER", 600_000),
        ("lct.imports", "lct-main-consumers", 650_000),
        ("lct.imports", "OTHER", 600_000),
    }
    assert [str(fix.period) for fix in brief if fix.action is CorrectionAction.DROP] == ["2025"]
