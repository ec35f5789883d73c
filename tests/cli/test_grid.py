"""Tables on narrow terminals: text folds, ids and dates never do, and where that is not enough, fields get lines."""

from carecmon.cli.grid import fitted, grid

HEADS = ("Id", "Title", "Observed")
ROW = ("energy.interconnection", "Interconnection projects operational in all countries", "2026-11-22 06:40")


def test_where_there_is_room_nothing_folds():
    assert fitted(HEADS, [ROW], ("Title",), 120) == {}
    assert fitted(HEADS, [ROW], ("Title",), None) == {}


def test_only_text_gives_way_and_never_inside_a_word_or_a_moment():
    widths = fitted(HEADS, [ROW], ("Title", "Observed"), 70)
    assert widths["Title"] >= len("Interconnection") and widths["Observed"] == len("2026-11-22 06:40")
    assert sum(widths.values()) + len(ROW[0]) + 6 <= 70


def test_where_folding_is_not_enough_each_field_has_a_line(monkeypatch):
    import io

    from rich.console import Console

    assert fitted(HEADS, [ROW], ("Title",), 50) is None
    monkeypatch.setattr("carecmon.cli.output.width", lambda: 50)
    console = Console(file=io.StringIO(), width=50)
    console.print(grid(HEADS, [ROW, ROW], fold=("Title",), cut=True))
    lines = [line.split() for line in console.file.getvalue().splitlines()]
    assert lines[0] == ["Id", "energy.interconnection"] and ["Observed", "2026-11-22", "06:40"] in lines
