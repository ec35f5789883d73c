"""The table at every width: nothing that matters is ever lost."""

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from carecmon.cli.headline import by_sector
from carecmon.cli.table import Look, table


@pytest.fixture
def drawn(made):
    """The table of the hand-made run as lines of text."""

    def draw(width=None, *, unicode=True, language="en", color=None, **more):
        report = made.finished(**more)
        errors = {i.id: i.error for i in report.indicators if i.error}
        lines = by_sector(report.assessments, made.INDICATORS, errors)
        console = Console(file=io.StringIO(), width=width or 10_000, color_system=color, force_terminal=bool(color))
        for part in table(lines, Look(width, unicode, language)):
            console.print(part)
        return [line.rstrip() for line in console.file.getvalue().splitlines()]

    return draw


WIDE = """\
  Indicator                                                        Value  Period    Change        Baseline  Expected  Target                         Whose     Status       Next value  Trend

TRANSPORT  Cross-Border Transport and Logistics Facilitation
  Time to clear a border-crossing point (CAREC, Road)             13.0 h  2023        +0.6    12.2 in 2019      11.4  10.3 in 2030                   working   ▼ reversing  expected    ▁█▆▁▃
  Time to clear a border-crossing point (CAREC, Rail)             35.0 h  2023        -5.2    42.0 in 2019      36.1  30.0 in 2030                   working   ● on track   late        █▁
    and 1 more: carecmon status cpmm.bcp-time

TRANSPORT  Road Safety
  Road crash fatalities (CAREC)                            57,200 deaths  2021     -24,800 since 2010  82,000 in 2010    55,312  41,000 in 2030                 OFFICIAL  ◐ slow       expected    █▁

ENERGY  Better Energy Security through Regional Interconnections
  Interconnection project (CASA-1000)                 partly operational  2024     +1 step                            fully operational in 2030      OFFICIAL  ○ stagnant   expected    ▁█
  Interconnection project (TAP)                        fully operational  2024                                        fully operational in 2030      OFFICIAL  ✔ achieved   expected

ENERGY  Enhancing Sustainability by Greening the Regional Energy System
  Renewable energy in final consumption                                                                                                                        – no data"""  # noqa: E501


def squeezed(lines):
    return [" ".join(line.split()) for line in lines]


def test_in_a_file_every_line_speaks_for_itself_and_nothing_is_cut(drawn):
    assert squeezed(drawn()) == squeezed(WIDE.splitlines())


@pytest.mark.parametrize("width", [40, 50, 60, 72, 80, 90, 100, 110, 120, 140, 160, 200])
def test_no_line_is_wider_than_the_terminal(drawn, width):
    assert max(map(cell_len, drawn(width))) <= width


@pytest.mark.parametrize("width", [40, 50, 60, 72, 80, 90, 100, 110, 120, 140, 160, 200])
def test_values_periods_targets_whose_they_are_and_verdicts_are_there_at_every_width(drawn, width):
    text = "\n".join(drawn(width))
    for value in ("13.0 h", "35.0 h", "57,200", "2023", "2021", "10.3", "41,000"):
        assert value in text
    assert text.count("OFFICIAL") == 3
    assert text.count("working") == 2
    for verdict in ("▼ reversing", "● on track", "◐ slow", "○ stagnant", "✔ achieved", "– no data"):
        assert verdict in text


def test_what_there_is_no_room_for_is_named(drawn):
    *_, last = drawn(120)
    assert last.startswith("No room for: ") and "baseline" in last
    assert not any("No room for" in line for line in drawn(200))


def test_on_a_terminal_a_title_stands_once_above_its_lines(drawn):
    text = "\n".join(drawn(160))
    assert text.count("Time to clear a border-crossing point") == 1
    assert "Time to clear a border-crossing point (CAREC)" in text and "\n    Road " in text


def test_on_a_narrow_terminal_values_stand_below_their_names(drawn):
    lines = drawn(80)
    (place,) = [i for i, line in enumerate(lines) if line.strip() == "Road crash fatalities (CAREC)"]
    assert "57,200 deaths" in lines[place + 1] and "◐ slow" in lines[place + 1]


def test_on_a_very_narrow_one_the_target_has_a_line_and_still_says_whose_it_is(drawn):
    lines = drawn(50)
    (place,) = [i for i, line in enumerate(lines) if line.strip() == "Road crash fatalities (CAREC)"]
    assert lines[place + 1].split() == ["57,200", "deaths", "2021", "◐", "slow"]
    assert lines[place + 2].strip() == "target: 41,000 in 2030, OFFICIAL"


@pytest.mark.parametrize("width", [120, 160, 200])
def test_a_change_and_since_when_stand_on_one_line_where_there_is_room(drawn, width):
    assert any("-24,800 since 2010" in line for line in drawn(width))


def test_the_ascii_form_needs_no_other_character(drawn):
    text = "\n".join(drawn(160, unicode=False))
    assert text.isascii()
    assert "! reversing" in text and "_#+_-" in text


def test_chinese_titles_take_two_cells_a_character_and_stay_in_their_column(drawn):
    lines = drawn(160, language="zh")
    assert any("道路交通事故死亡人数" in line for line in lines)
    (fatalities,) = [line for line in lines if "57,200" in line]
    (head,) = [line for line in lines if "Status" in line]
    assert cell_len(fatalities.split("◐")[0]) == cell_len(head.split("Status")[0])


def test_without_a_calendar_the_table_does_not_say_that_a_value_is_expected(drawn, made):
    verdicts = [replace(a, calendar=a.series.indicator != "road.fatalities") for a in made.verdicts()]
    lines = drawn(200, assessments=verdicts)
    assert ["no calendar" in line for line in lines if "Road crash fatalities" in line] == [True]
    assert any("expected" in line for line in lines) and any("late" in line for line in lines)


def test_an_indicator_that_failed_says_why(drawn, made):
    failed = [made.IndicatorReport("energy.renewable-share", "energy", "", made.Outcome.FAILED, error="no answer")]
    text = "\n".join(drawn(160, indicators=failed))
    assert "✗ failed" in text and "no answer" in text


def test_a_verdict_has_its_colour_and_one_on_late_data_is_grey(drawn):
    lines = drawn(160, color="256")
    (reversing,) = [line for line in lines if "reversing" in line]
    (late,) = [line for line in lines if "on track" in line]
    assert "\x1b[1;31m▼ reversing" in reversing
    assert "\x1b[2m● on track" in late
