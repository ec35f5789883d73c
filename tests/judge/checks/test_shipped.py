"""What the documents that carecmon ships say against themselves: exactly this."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from carecmon.judge.checks import check_release
from carecmon.judge.corrections import corrected
from carecmon.model import Correction, Severity


def brief(findings):
    return {(str(finding.series), str(finding.period), finding.found) for finding in findings}


def test_forty_five_printed_changes_are_wrong_and_none_of_them_is_in_the_wef_tables(shipped):
    findings = shipped.findings("progress-report", "2024", "printed-change")
    assert Counter(finding.series.indicator.partition(".")[0] for finding in findings) == {"cpmm": 35, "lpi": 10}
    assert sum(key[:2] == ("progress-report", "2024") for key in shipped.releases) == 1
    everywhere = [shipped.findings(*key, "printed-change") for key in shipped.releases]
    assert sum(map(len, everywhere)) == 45


def test_twenty_four_of_them_have_the_wrong_sign(shipped):
    findings = shipped.findings("progress-report", "2024", "printed-change")
    assert sum(", the other way." in finding.message for finding in findings) == 24


def test_fourteen_are_shown_to_belong_to_the_previous_pair_of_periods(shipped):
    findings = shipped.findings("progress-report", "2024", "printed-change")
    before = {str(f.series): f.message for f in findings if "belongs to the previous pair of periods" in f.message}
    cpmm = {series: message for series, message in before.items() if series.startswith("cpmm.")}
    assert len(before) == 14
    assert set(cpmm) == {
        "cpmm.swod{area=CAREC,mode=road}",
        "cpmm.swd{area=CAREC,mode=rail}",
        "cpmm.swod{area=CAREC,mode=rail}",
        "cpmm.bcp-time{area=corridor-5,direction=overall,mode=all}",
    }
    assert (
        "2020 to 2021: 25.2 h less 40.2 h (cpmm-report 2020, mode road)"
        in cpmm["cpmm.bcp-time{area=corridor-5,direction=overall,mode=all}"]
    )
    assert all("2016 to 2018" in message for series, message in before.items() if series.startswith("lpi."))


def mended(shipped, source, edition, kind):
    release, observations, claims = shipped.releases[source, edition]
    later = [(f"{s} {e}", rows[1]) for (s, e), rows in shipped.releases.items() if s == source and e > edition]
    known = (release, shipped.sources[source], observations, claims, shipped.indicators)
    marked = check_release(*known, later=later)
    return {(str(one.series), str(one.period)): one.mended_by for one in marked if one.check == kind}


def test_pakistan_drives_faster_with_delay_than_without_until_the_next_report(shipped):
    pakistan = "cpmm.swd{area=PAK,mode=road}"
    assert mended(shipped, "cpmm-report", "2020", "ordered") == {
        (pakistan, "2019"): None,
        (pakistan, "2020"): "cpmm-report 2022",
    }
    assert shipped.findings("cpmm-report", "2022", "ordered") == []
    assert shipped.findings("progress-report", "2024", "ordered") == []


def test_the_impossible_pairs_of_growth_are_found_and_the_possible_ones_are_not(shipped):
    found = {(f.series.indicator, f.series.label("area")) for f in shipped.findings("lct-brief", "2025", "real-growth")}
    assert found == {
        ("lct.imports", "FRA"),
        ("lct.imports", "DEU"),
        ("trade.imports", "CHN"),
        ("lct.exports", "OTHER"),  # the garbled pair with "2025"
    }


def test_the_share_of_the_prc_does_not_fit_its_growth(shipped):
    (finding,) = shipped.findings("lct-brief", "2025", "share-growth")
    assert (finding.series.indicator, finding.series.label("area")) == ("lct.import-share", "CHN")
    assert finding.found == "3.0% of imports"


def test_two_years_are_printed_where_something_else_is_meant(shipped):
    findings = shipped.findings("lct-brief", "2025", "year-as-value")
    assert {(f.series.indicator, f.series.label("area"), f.found) for f in findings} == {
        ("lct.exports", "OTHER", "2025"),
        ("lct.import-share", "CHN", "the period 2025"),
    }


def test_four_times_million_is_printed_for_billion(shipped):
    findings = shipped.findings("lct-brief", "2025", "magnitude")
    cells = {
        (f.series.indicator, f.series.label("area"), f.cells[0].raw) for f in findings if f.severity is Severity.WARNING
    }
    assert cells == {
        ("lct.exports", "lct-top-exporters", "more than USD 650 million in 2024"),
        ("lct.exports", "OTHER", "slightly less than USD 600 million"),
        ("lct.imports", "lct-main-consumers", "about USD 650 million of imports in 2024"),
        ("lct.imports", "OTHER", "slightly more than USD 600 million"),
    }


def test_facts_that_one_document_prints_twice_and_differently_are_found(shipped):
    assert brief(shipped.findings("forum-news", "2024", "restated")) == {
        ("trade.turnover{area=KAZ,partner=CHN}", "2023", "more than USD 89 billion"),
        ("investment.cumulative{area=TJK,kind=all,partner=CHN}", "2007/2023", "more than USD 4 billion for 2023"),
    }
    assert ("cpmm.bcp-cost{area=CAREC,direction=overall,mode=road}", "2019", "USD 162") in brief(
        shipped.findings("cpmm-report", "2020", "restated")
    )


#: Everything at warning or above, apart from the printed changes. Each one is described in the facts.
WARNINGS = {
    ("cpmm-report", "2020"): {"ordered": 2, "restated": 2},  # Torkham and Chaman swapped on Pakistan's page
    ("cpmm-report", "2022"): {"restated": 4},  # the prose on Kazakhstan swaps the speeds
    ("lct-brief", "2025"): {
        "real-growth": 4,
        "share-growth": 1,
        "year-as-value": 2,
        "magnitude": 4,
        "restated": 1,  # the PRC's imports of all goods: +229 % and +192 %
        "printed-share": 1,  # 614 of 1,250 billion is not 51 %
    },
    ("forum-news", "2024"): {"restated": 2},
}


def test_nothing_that_is_right_is_found_at_warning_or_above(shipped):
    found = {}
    for source, edition in shipped.releases:
        loud = [f for f in shipped.findings(source, edition) if f.severity is not Severity.INFO]
        count = Counter(f.check for f in loud if f.check not in ("printed-change", "heading"))
        if count:
            found[source, edition] = dict(count)
    assert found == WARNINGS


@pytest.mark.parametrize("source", ["lpi-editions", "program-page", "cop29-news"])
def test_the_other_documents_agree_with_themselves(shipped, source):
    for key in shipped.releases:
        if key[0] == source:
            assert [f for f in shipped.findings(*key) if f.severity is not Severity.INFO] == []


def test_findings_name_their_cells_and_have_their_own_ids(shipped):
    findings = [finding for key in shipped.releases for finding in shipped.findings(*key)]
    assert len({finding.id for finding in findings}) == len(findings)
    assert all(finding.cells and finding.message.endswith(".") for finding in findings)
    assert all(finding.found and finding.expected for finding in findings)


def test_the_shipped_corrections_find_their_errors_and_mend_what_they_contradict(shipped):
    tables = tomllib.loads((Path(__file__).parents[3] / "plugins" / "corrections.toml").read_text("utf-8"))
    fixes = [Correction.read(table) for table in tables["corrections"]]
    release, observations, claims = shipped.releases["cpmm-report", "2020"]
    slipped = corrected(shipped.releases["cpmm-report", "2022"][1], fixes, "cpmm-report")
    swapped = corrected(observations, fixes, "cpmm-report")
    assert (len(slipped), len(swapped)) == (2, 2)
    known = (release, shipped.sources["cpmm-report"], observations, claims, shipped.indicators)
    found = [one for one in check_release(*known, later=[("correction", swapped)]) if one.check == "ordered"]
    assert [(str(finding.period), finding.mended_by) for finding in found] == [("2019", "correction"), ("2020", None)]
