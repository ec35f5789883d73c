"""The configuration against what the plugins declare."""

from datetime import date

import pytest

from carecmon import Better, Code, CodeList, Dimension, Discontinued, Indicator, Scale, Source, Text, codelists, config
from carecmon.config import check_against
from carecmon.errors import ConfigError

AREA, MODE = Dimension("area", codelists.areas()), Dimension("mode", codelists.modes())
PROJECT = Dimension("project", CodeList("projects", [Code(code, Text(code)) for code in ("tutap", "tapi")]))
STATES = CodeList("states", [Code(code, Text(code)) for code in ("none", "partial", "operational")])


def indicator(name, better=Better.HIGHER, **more):
    return Indicator(name, Text(name), name.split(".")[0], "pillar", "km/h", better, "what it is", **more)


def source(name, **more):
    return Source(name, "publisher", Text(name), "https://example.org", "CC BY", "cite", lambda answer: (), **more)


INDICATORS = {
    each.id: each
    for each in (
        indicator("cpmm.swd", dimensions=(AREA, MODE), sources=("report", "live"), bounds=(0.0, None)),
        indicator("cpmm.samples", Better.NEITHER, dimensions=(AREA, MODE), sources=("report",)),
        indicator("energy.interconnection", dimensions=(PROJECT,), scale=Scale.STATE, states=STATES),
        indicator("lpi.score", dimensions=(AREA,), discontinued=Discontinued(date(2023, 4, 21), "ended")),
    )
}
SOURCES = {
    "report": source("report"),
    "live": source("live", fetch=lambda client, state: iter(())),
    "other": source("other"),
}
WATCHED = '[indicators."cpmm.swd"]\n'
WORKING = 'official = false\nrationale = "ours"\n'
RULE = '[[rules]]\nid = "r"\nseverity = "info"\n'


def target(indicator, rest):
    return f'[indicators."cpmm.swd"]\n[[targets]]\nindicator = "{indicator}"\n{WORKING}{rest}'


@pytest.fixture
def check(read):
    """Check a text against the plugins; that it watches nothing is left out, for few of these texts are about that."""

    def checked(text, **more):
        found = check_against(read(text), INDICATORS, SOURCES, **more)
        return [line for line in found if "watches nothing" not in line]

    return checked


def test_a_file_that_watches_nothing_is_a_warning(read):
    (said,) = check_against(read(""), INDICATORS, SOURCES)
    assert "watches nothing" in said and "carecmon init writes" in said
    (said,) = check_against(read('[indicators."cpmm.swd"]\nenabled = false'), INDICATORS, SOURCES)
    assert "watches nothing" in said


WRONG = {
    "an indicator nobody declares": (
        '[indicators."cpmm.sdw"]',
        'indicators."cpmm.sdw": no plugin declares this indicator; did you mean "cpmm.swd"?',
    ),
    "a source nobody declares": (
        '[sources."live2"]',
        'sources."live2": no plugin declares this source; did you mean "live"?',
    ),
    "a preferred source nobody declares": (
        f'{WATCHED}prefer = ["reprot"]',
        'indicators."cpmm.swd".prefer: no plugin declares the source "reprot"; did you mean "report"?',
    ),
    "a target for an indicator nobody declares": (
        target("cpmm.swf", 'direction = "better"'),
        '[[targets]] for cpmm.swf: no plugin declares the indicator "cpmm.swf"; did you mean "cpmm.swd"?',
    ),
    "a rule for an indicator nobody declares": (
        f'{RULE}condition = "late"\nindicator = "lpi.scores"',
        'rule "r": no plugin declares the indicator "lpi.scores"; did you mean "lpi.score"?',
    ),
    "a label the indicator does not have": (
        target("cpmm.swd", 'direction = "better"\nselect = { aera = "CAREC" }'),
        '[[targets]] for cpmm.swd: select.aera: cpmm.swd has no such label; did you mean "area"?; it has area, mode',
    ),
    "a code that is not in the list": (
        target("cpmm.*", 'value = 3\nyear = 2030\nselect = { area = "corridor-7" }'),
        '[[targets]] for cpmm.*: select.area: "corridor-7" is not in the code list areas; did you mean "corridor-6"?',
    ),
    "a code in a list of codes": (
        target("cpmm.*", 'value = 3\nyear = 2030\nselect = { area = ["CAREC", "corridor-7"] }'),
        '[[targets]] for cpmm.*: select.area: "corridor-7" is not in the code list areas; did you mean "corridor-6"?',
    ),
    "a code of a rule that is not in the list": (
        f'{RULE}condition = "late"\nindicator = "cpmm.swd"\nselect = {{ mode = "raod" }}',
        'rule "r": select.mode: "raod" is not in the code list modes; did you mean "road"?',
    ),
    "a state that the indicator does not know": (
        target("energy.interconnection", 'state = "operating"\nyear = 2030'),
        '[[targets]] for energy.interconnection: "operating" is not a state of energy.interconnection;'
        ' did you mean "operational"?; its states are none, partial, operational',
    ),
    "a state for an indicator of numbers": (
        target("cpmm.swd", 'state = "operational"\nyear = 2030'),
        '[[targets]] for cpmm.swd: cpmm.swd has no states, so it cannot be "operational"',
    ),
    "a number for an indicator of states": (
        target("energy.interconnection", "value = 2\nyear = 2030"),
        "[[targets]] for energy.interconnection: energy.interconnection has states, not numbers;"
        " write state = one of none, partial, operational",
    ),
    "a direction where neither way is better": (
        target("cpmm.samples", 'direction = "better"'),
        "[[targets]] for cpmm.samples: cpmm.samples does not say which way is better; write a value instead",
    ),
    "an improvement where neither way is better": (
        target("cpmm.samples", 'improve = "1 % a year"\nbase_until = 2019\nyear = 2030'),
        "[[targets]] for cpmm.samples: cpmm.samples does not say which way is better; write a value instead",
    ),
    "a value that cannot be": (
        target("cpmm.swd", "value = -1\nyear = 2030"),
        "[[targets]] for cpmm.swd: value -1 is outside what cpmm.swd can be (0.0 to None)",
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_name_that_nothing_declares_is_an_error_with_a_suggestion(check, text, message):
    with pytest.raises(ConfigError) as caught:
        check(text)
    heading, *lines = str(caught.value).splitlines()
    assert heading.endswith("indicators.toml does not fit the plugins (1 problem):")
    assert [line.strip() for line in lines] == [message]
    assert caught.value.exit_code == 2


def test_all_wrong_names_are_listed_at_once(check):
    with pytest.raises(ConfigError, match=r"\(3 problems\)") as caught:
        check('[indicators."a.b"]\nprefer = ["c"]\n[sources."d"]')
    assert len(str(caught.value).splitlines()) == 4


def test_while_a_plugin_is_broken_an_unknown_name_costs_only_itself(check):
    assert check('[indicators."cpmm.swd"]\n[indicators."mine.speed"]', broken_plugins={"mine"}) == [
        'indicators."mine.speed": no plugin declares this indicator; perhaps a broken plugin declares it (mine)'
    ]


def test_a_broken_plugin_excuses_no_wrong_label(check):
    with pytest.raises(ConfigError, match="corridor-7"):
        check(target("cpmm.swd", 'direction = "better"\nselect = { area = "corridor-7" }'), broken_plugins={"mine"})


WARNED = {
    "a rule that fits nothing": (
        f'{RULE}condition = "late"\nsector = "energie"',
        'rule "r" fits no indicator, so it never fires; did you mean "energy"?; sectors are cpmm, energy, lpi',
    ),
    "a pattern that fits nothing": (
        target("xyz.*", 'direction = "better"'),
        "[[targets]] for xyz.*: the pattern fits no indicator, so the target is never used",
    ),
    "a target for what is not watched": (
        f'[[targets]]\nindicator = "cpmm.swd"\n{WORKING}direction = "better"',
        "[[targets]] for cpmm.swd: it is not watched, so the target is never used",
    ),
    "a target for what has ended": (
        f'[indicators."lpi.score"]\n[[targets]]\nindicator = "lpi.score"\n{WORKING}direction = "better"',
        "[[targets]] for lpi.score: lpi.score is discontinued and no longer judged",
    ),
    "a target that an earlier one hides": (
        target(
            "cpmm.swd", f'direction = "better"\n[[targets]]\nindicator = "cpmm.swd"\n{WORKING}value = 3\nyear = 2030'
        ),
        "[[targets]] for cpmm.swd: an earlier target fits the same series, so this one is never used",
    ),
    "a preferred source that does not feed the indicator": (
        f'{WATCHED}prefer = ["other"]',
        'indicators."cpmm.swd".prefer: "other" is not among its sources (report, live)',
    ),
    "a schedule for documents": (
        '[sources."report"]\nschedule = "every 6 hours"',
        'sources."report": its documents come with the plugin; it has no address, schedule or key',
    ),
    "a person without a mail server": (
        '[people.x]\nemail = "x@example.org"',
        "people.x: cannot be reached, for there is no [smtp]",
    ),
    "a person without an address": ("[people.x]", "people.x: has no email, so mail cannot reach them"),
    "a person without a channel": (
        "[people.x]\nchannels = []",
        "people.x: cannot be reached, for channels is empty",
    ),
    "a sector that is none": (
        '[people.x]\nchannels = ["console"]\nsectors = ["transprot", "energy"]',
        'people.x.sectors: there is no sector "transprot"',
    ),
    "an indicator that a person cannot answer for": (
        '[people.x]\nchannels = ["console"]\nindicators = ["cpmm.swx"]',
        'people.x.indicators: "cpmm.swx" fits no indicator; did you mean "cpmm.swd"?',
    ),
}


@pytest.mark.parametrize(("text", "message"), WARNED.values(), ids=WARNED)
def test_what_has_no_effect_is_a_warning(check, text, message):
    assert check(text) == [message]


def test_what_fits_gives_neither_error_nor_warning(check):
    assert check(f"""
        [indicators."cpmm.swd"]
        prefer = ["live", "report"]
        [indicators."energy.interconnection"]
        [sources."live"]
        schedule = "release calendar"
        [[targets]]
        indicator = "energy.interconnection"
        select = {{ project = "*" }}
        state = "operational"
        year = 2030
        official = true
        citation = "table 1"
        [[targets]]
        indicator = "cpmm.swd"
        improve = "1.5 % a year"
        base_until = 2019
        year = 2030
        {WORKING.replace(chr(10), chr(10) + " " * 8)}
        [[targets]]
        indicator = "cpmm.swd"
        direction = "better"
        {WORKING.replace(chr(10), chr(10) + " " * 8)}
        [[rules]]
        id = "slow"
        condition = "below"
        severity = "warning"
        indicator = "cpmm.*"
        select = {{ area = "corridor-1", mode = "*" }}
        value = 15
    """) == []  # fmt: skip


def test_a_channel_of_a_kind_that_no_plugin_offers_is_an_error_once_the_kinds_are_known(check):
    text = '[channels.chat]\nkind = "webhok"'
    assert check(text) == []
    with pytest.raises(ConfigError, match=r'found "webhok"; the plugins offer: json-lines, webhook'):
        check(text, channel_kinds=["webhook", "json-lines"])


def test_the_template_fits_indicators_of_its_kinds(tmp_path):
    settings = config.load(config.write_template(tmp_path))
    neither = {"cpmm.samples"}
    declared = {
        name: indicator(name, Better.NEITHER if name in neither else Better.HIGHER, dimensions=(AREA, MODE))
        for name in settings.watch
    }
    declared["energy.interconnection"] = INDICATORS["energy.interconnection"]
    sources = {name: source(name) for name in ("progress-report", "cpmm-report", *settings.sources)}
    warnings = check_against(settings, declared, sources)
    assert all("is not among its sources" in line for line in warnings)
