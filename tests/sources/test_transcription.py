"""Transcriptions: figures typed as printed."""

import pytest

from carecmon import Answer, Claim, ClaimKind, Code, CodeList, Observation, ObservationStatus, Period, Series, Text
from carecmon.sources import transcription

HEAD = "kind,series,period,value,raw,location,row,column,status,note"
STATES = CodeList("states", [Code("none", Text("none")), Code("operational", Text("operational"))])


def read(*lines, states=None):
    body = {"figures.csv": "\n".join(lines).encode()}
    return list(transcription.reader(states)(Answer(body, document="report-2024")))


def test_a_row_becomes_an_observation_with_its_cell():
    (row,) = read(HEAD, 'observation,cpmm.swd{area=KAZ},2022,31.2,31.2,table 2,Kazakhstan,"SWD, 2022",,')
    assert isinstance(row, Observation)
    assert (row.series, row.period, row.value) == (Series.of("cpmm.swd", area="KAZ"), Period.parse("2022"), 31.2)
    assert str(row.cell) == "report-2024: table 2 / Kazakhstan / SWD, 2022"


def test_a_dash_is_a_missing_value_that_keeps_its_raw_text():
    (row,) = read(HEAD, "observation,lpi.score{area=AZE},2023,,-,annex,Azerbaijan,2023,missing,")
    assert (row.value, row.status, row.cell.raw) == (None, ObservationStatus.MISSING, "-")


def test_a_state_is_stored_as_its_position():
    (row,) = read(
        HEAD,
        "observation,energy.link{project=tap},2024,operational,投入运营,table 1,TAP,2024,,",
        states={"energy.link": STATES},
    )
    assert row.value == 1.0


def test_a_claim_names_what_it_is_about():
    head = HEAD + ",base_period,of,qualifier"
    (claim,) = read(head, "change,cpmm.swd{area=KAZ},2022,-1.7,(1.7),annex,Kazakhstan,change,,,2021,,about")
    assert isinstance(claim, Claim)
    assert (claim.kind, claim.value, claim.base_period) == (ClaimKind.CHANGE, -1.7, Period.parse("2021"))


def test_a_column_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match=r"figures.csv: unknown columns \['vlaue'\]"):
        read("kind,series,period,vlaue", "observation,a,2020,1")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("observation,cpmm.swd{area},2022,1,1,t,r,c,,", "is not a series", id="a broken series"),
        pytest.param("observation,cpmm.swd,22,1,1,t,r,c,,", "is not a period", id="a broken period"),
        pytest.param("observation,cpmm.swd,2022,n/a,n/a,t,r,c,,", "could not convert", id="a value that is no number"),
        pytest.param("observation,cpmm.swd,2022,1", "fewer fields", id="too few fields"),
        pytest.param("opinion,cpmm.swd,2022,1,1,t,r,c,,", "opinion", id="an unknown kind"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_file_and_line(line, reason):
    with pytest.raises(ValueError, match=rf"figures.csv, line 2: .*{reason}"):
        read(HEAD, line)


def test_a_value_that_its_printed_text_does_not_say_is_refused_with_both():
    with pytest.raises(ValueError, match=r"figures.csv, line 3: the value is 281, but the printed text is '28\.1'"):
        read(HEAD, "observation,a,2020,28.1,28.1,t,r,c,,", "observation,a,2021,281,28.1,t,r,c,,")


@pytest.mark.parametrize(
    ("raw", "value"),
    [("10 h 30 min", 10.5), ("1:30", 1.5), ("10–12", 11.0), ("14.4", 14_400.0)],
    ids=["hours and minutes", "a clock", "the middle of a range", "thousands that the heading says"],
)
def test_a_value_that_follows_from_its_text_keeps_that_and_says_in_the_note_how(raw, value):
    line = f"observation,a,2020,{value:g},{raw},t,r,c,,"
    with pytest.raises(ValueError, match="or say in note how the value comes from the print"):
        read(HEAD, line)
    (row,) = read(HEAD, f"{line}made of what is printed")
    assert (row.value, row.cell.raw, row.note) == (value, raw, "made of what is printed")


def test_a_value_may_stand_without_the_text_it_comes_from():
    (row,) = read(HEAD, "observation,a,2020,46.3,,t,r,c,,")
    assert (row.value, row.cell.raw) == (46.3, "not recorded")


def test_the_code_of_a_state_need_not_be_in_its_text():
    line = "observation,energy.link,2024,operational,3 个项目,t,r,c,,"
    assert read(HEAD, line, states={"energy.link": STATES})[0].value == 1.0


def test_a_state_that_is_not_declared_is_refused_with_the_states_there_are():
    with pytest.raises(ValueError, match="its states are none, operational"):
        read(HEAD, "observation,energy.link,2024,soon,soon,t,r,c,,", states={"energy.link": STATES})


def test_a_column_that_every_transcription_needs_is_named_where_it_lacks():
    with pytest.raises(ValueError, match=r"figures.csv: no column period; a transcription needs kind, series, period"):
        read("kind,series,value", "observation,a,1")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(
            "observation,cpmm.swd,2022,,-,t,r,c,,", "the value is blank but the status is not missing", id="-"
        ),
        pytest.param("observation,cpmm.swd,2022,1,1,t,r,c,missing,", "missing but there is a value, 1;", id="both"),
        pytest.param("observation,cpmm.swd,2022,1,1,t,r,c,final,", "'final' is not an observation status", id="status"),
        pytest.param("observation,cpmm.swd,2022,,-,t,r,c,withdrawn,", "'withdrawn' is not an", id="only we withdraw"),
    ],
)
def test_a_status_that_contradicts_its_value_or_does_not_exist_is_refused(line, reason):
    with pytest.raises(ValueError, match=rf"figures.csv, line 2: .*{reason}"):
        read(HEAD, line)


def test_a_claim_may_have_no_value_where_its_text_is_garbled():
    (claim,) = read(HEAD + ",base_period", "growth,lct.exports,2025,,LCT export growth of 2025,p,r,c,,,2017")
    assert claim.value is None


def test_a_file_in_another_encoding_is_named_with_its_line():
    body = {"figures.csv": f"{HEAD}\nobservation,a,2020,1,\xe9,t,r,c,,".encode("latin-1")}
    with pytest.raises(ValueError, match=r"figures.csv, line 2: the file is not UTF-8"):
        list(transcription.reader()(Answer(body, document="report-2024")))


def test_a_misspelt_kind_is_refused_with_the_kinds_there_are():
    with pytest.raises(ValueError, match=r"kind: found 'observatoin'; it is one of observation, change, growth"):
        read(HEAD, "observatoin,a,2020,1,1,t,r,c,,")
