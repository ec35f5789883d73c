"""Every word of a message exists in every language, and what is compiled is what is written."""

import re
import string

import pytest

from carecmon import registry
from carecmon.tell import catalogue
from carecmon.tell.language import COUNTED, PILLARS, SECTORS, UNITS, Language

LANGUAGES = ("en", "ru", "zh")


def messages(catalog):
    return {message.id: message.string for message in catalog if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_every_message_and_no_other(language):
    wanted, found = messages(catalogue.extract()), messages(catalogue.read(language))
    assert set(found) == set(wanted), "run python -m carecmon.tell.catalogue, and translate what is new"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated(language):
    for message in catalogue.read(language):
        if message.id:
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            assert all(forms) and not message.fuzzy, f"{language} lacks {message.id!r}"
            assert language == "en" or message.id != message.string, f"{language} repeats {message.id!r}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_fields(language):
    for ident, said in messages(catalogue.read(language)).items():
        first = ident if isinstance(ident, str) else ident[0]
        for form in (said,) if isinstance(said, str) else said:
            assert sorted(re.findall(r"%\(\w+\)s", form)) == sorted(re.findall(r"%\(\w+\)s", first)), first


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language):
    assert catalogue.path_of(language, "mo").read_bytes() == catalogue.compiled(language), (
        "run python -m carecmon.tell.catalogue"
    )


def test_chinese_is_written_in_chinese_and_russian_in_cyrillic():
    for language, letters in (("ru", "[а-яё]"), ("zh", "[\u4e00-\u9fff]")):
        for ident, said in messages(catalogue.read(language)).items():
            form = re.sub(r"%\(\w+\)s", "", said if isinstance(said, str) else said[0])
            assert re.search(letters, form, re.I) or not set(form) & set(string.ascii_letters), (language, ident)


def test_every_unit_sector_and_pillar_of_the_shipped_indicators_is_known():
    unsaid = ("%", "count", "level", "rank", "state", "score (1-5)", "score (1-7)")
    for one in registry.load(entry_points=False).indicators.values():
        assert one.unit in (*UNITS, *COUNTED, *unsaid), f"{one.id}: add {one.unit!r} to UNITS"
        assert one.pillar in PILLARS and one.sector in SECTORS, one.id


@pytest.mark.parametrize(
    "count, words", [(1, "1 ряд"), (2, "2 ряда"), (5, "5 рядов"), (21, "21 ряд"), (112, "112 рядов")]
)
def test_russian_counts_in_three_forms(count, words):
    assert Language("ru").count("%(n)s series", "%(n)s series", count) == words
