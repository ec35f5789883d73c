"""Tables on narrow terminals: text folds, ids and dates never do, and where that is not enough, fields get lines."""

import io

from rich.console import Console

from carecmon.cli.grid import fitted, grid

HEADS = ("Id", "Title", "Observed")
ROW = ("energy.interconnection", "Interconnection projects operational in all countries", "2026-11-22 06:40")


def drawn(monkeypatch, width, **more):
    monkeypatch.setattr("carecmon.cli.output.width", lambda: width)
    console = Console(file=io.StringIO(), width=width)
    console.print(grid(HEADS, [ROW, ROW], fold=("Title",), cut=True, **more))
    return console.file.getvalue().splitlines()


def test_where_there_is_room_nothing_folds():
    assert fitted(HEADS, [ROW], ("Title",), 120) == {}
    assert fitted(HEADS, [ROW], ("Title",), None) == {}


def test_only_text_gives_way_and_never_inside_a_word_or_a_moment():
    widths = fitted(HEADS, [ROW], ("Title", "Observed"), 70)
    assert widths["Title"] >= len("Interconnection") and widths["Observed"] == len("2026-11-22 06:40")
    assert sum(widths.values()) + len(ROW[0]) + 6 <= 70


def test_between_chinese_characters_a_line_may_break_anywhere():
    row = ("progress-report", "边境口岸清关时间（按走廊、国家和边境口岸，小时）", "2026-11-22 06:40")
    assert fitted(HEADS, [row], ("Title",), 60) == {"Title": 23}


def test_the_longest_text_keeps_the_most_room():
    widths = fitted(("State", "Message"), [("mended by a correction", "word " * 60)], ("State", "Message"), 60)
    assert widths == {"State": 16, "Message": 40}


def test_a_text_that_would_stand_like_a_tower_has_a_line_of_its_own():
    message = "Imports, Germany: growth of 225% and of 109% after inflation cannot both be right. " * 4
    assert fitted(("Id", "Message"), [("0044f8c2eefe", message)], ("Message",), 80) is not None
    assert fitted(("Id", "Message"), [("0044f8c2eefe", message)], ("Message",), 48) is None


def test_what_can_be_left_out_goes_before_each_field_gets_a_line(monkeypatch):
    said = drawn(monkeypatch, 50, optional=("Observed",))
    assert said[0].split() == ["Id", "Title"]
    assert said[-2].startswith("No room for: observed.")
    assert all(len(line.rstrip()) <= 50 for line in said)


def test_where_folding_is_not_enough_each_field_has_a_line(monkeypatch):
    assert fitted(HEADS, [ROW], ("Title",), 50) is None
    lines = [line.split() for line in drawn(monkeypatch, 50)]
    assert lines[0] == ["Id", "energy.interconnection"] and ["Observed", "2026-11-22", "06:40"] in lines
