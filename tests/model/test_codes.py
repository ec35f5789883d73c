"""Code lists: names resolve by exact alias, never by guess."""

import pytest

from carecmon import Code, CodeList, Text

AREAS = CodeList(
    "areas",
    [
        Code("KGZ", Text("Kyrgyz Republic", zh="吉尔吉斯斯坦"), ("Kyrgyzstan", "Kyrgyz Rep.")),
        Code("AFG", Text("Afghanistan", zh="阿富汗")),
    ],
)


@pytest.mark.parametrize("printed", ["KGZ", "kyrgyzstan", "  Kyrgyz   Rep. ", "吉尔吉斯斯坦", "KYRGYZ REPUBLIC"])
def test_every_alias_finds_its_code(printed):
    assert AREAS.resolve(printed) == "KGZ"


@pytest.mark.parametrize("printed", ["阿富汗*", "Afghanistan¹", "Afghanistan ᵃ"])
def test_footnote_marks_do_not_matter(printed):
    assert AREAS.resolve(printed) == "AFG"


def test_an_unknown_name_is_refused_with_near_matches():
    with pytest.raises(ValueError, match="near it: kyrgyzstan"):
        AREAS.resolve("Kyrgystan")


def test_a_name_for_two_codes_is_refused():
    with pytest.raises(ValueError, match="names both"):
        CodeList("areas", [Code("A", Text("Same")), Code("B", Text("Same"))])


def test_english_stands_in_for_a_missing_translation():
    text = Text("Speed", zh="速度")
    assert (text.say("ru"), text.translated("ru"), text.say("zh")) == ("Speed", False, "速度")
