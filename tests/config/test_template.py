"""The file that carecmon init writes, and the one at the root of the repository."""

import re
import stat
import tomllib
from pathlib import Path

import pytest

from carecmon import config, registry
from carecmon.errors import ConfigError
from carecmon.model import Condition, Period, PluginState, Series, Severity, TargetKind

ROOT = Path(__file__).parents[2]
DESIGNED = {
    "cpmm.swd",
    "cpmm.swod",
    "cpmm.bcp-time",
    "cpmm.bcp-cost",
    "cpmm.section-cost",
    "cpmm.samples",
    "lpi.score",
    "lpi.rank",
    "wef.road-quality",
    "wef.road-quality-rank",
    "wef.rail-quality",
    "wef.rail-quality-rank",
    "ram.maturity",
    "road.fatalities",
    "road.fatality-rate",
    "aviation.freedoms",
    "aviation.e-freight",
    "aviation.e-visa",
    "transport.roads-built",
    "transport.rail-built",
    "transport.rail-improved",
    "energy.interconnection",
    "energy.alliance-donors",
    "energy.pillar-progress",
    "energy.deliverables",
    "energy.lines",
    "energy.capacity",
    "energy.substations",
    "energy.renewable-share",
    "energy.access",
    "energy.losses",
    "lct.import-share",
    "lct.export-share",
    "lct.imports",
    "lct.exports",
    "lct.intra-share",
    "electricity.exports",
    "program.investment",
    "program.projects",
    "trade.turnover",
}


@pytest.fixture
def settings(tmp_path):
    return config.load(config.write_template(tmp_path))


def chosen(settings, indicator):
    return [target for target in settings.targets if target.indicator == indicator]


def test_the_file_at_the_root_is_the_template():
    assert (ROOT / "indicators.toml").read_text("utf-8") == config.template()


def test_it_watches_every_indicator_of_the_design(settings):
    assert set(settings.watched) >= DESIGNED


def test_it_watches_every_indicator_that_comes_with_carecmon_and_fits_what_they_declare(settings):
    shipped = registry.load(entry_points=False)
    assert [plugin for plugin in shipped.plugins if plugin.state is not PluginState.LOADED] == []
    assert set(settings.watched) == set(shipped.indicators)
    assert config.check_against(settings, shipped.indicators, shipped.sources) == []


def test_the_keys_that_belong_to_no_table_come_first_and_plugin_dirs_stands_on_one_line():
    lines = config.template().splitlines()
    first_table = next(number for number, line in enumerate(lines) if line.startswith("["))
    assert lines.index("plugin_dirs = []") < first_table
    assert [key for key, value in tomllib.loads(config.template()).items() if not isinstance(value, dict | list)] == [
        "database", "language", "time_zone",
    ]  # fmt: skip


def test_nobody_is_told_until_someone_is_configured(settings):
    assert settings.people == {} and settings.smtp is None and settings.channels == {}


def test_its_examples_are_valid_when_the_marks_are_taken_away(tmp_path):
    path = tmp_path / "indicators.toml"
    path.write_text(re.sub(r"(?m)^#(?=[^ #\n])", "", config.template()), encoding="utf-8")
    settings = config.load(path)
    assert settings.people["transport-coordinator"].language == "ru"
    assert settings.smtp.password_env == "CARECMON_SMTP_PASSWORD"
    assert settings.smtp.ops in settings.people
    assert settings.source("comtrade").key_env == "COMTRADE_KEY"
    assert settings.channels["chat"].url_env == "CARECMON_CHAT_URL"
    assert [rule.id for rule in settings.rules][-1] == "slow-border"


def test_its_examples_name_nobody_real():
    assert set(re.findall(r"@([\w.]+)", config.template())) == {"example.org"}


def test_road_fatalities_are_to_be_halved_by_2030_officially(settings):
    (target,) = chosen(settings, "road.fatalities")
    assert (target.kind, target.change, target.base_period, target.year) == (
        TargetKind.RELATIVE, -0.5, Period.parse("2010"), 2030,
    )  # fmt: skip
    assert target.official and "82,000" in target.citation


def test_every_interconnection_is_to_operate_by_2030_officially(settings):
    (target,) = chosen(settings, "energy.interconnection")
    assert (target.state, target.year, target.official, dict(target.select)) == (
        "operational", 2030, True, {"project": "*"},
    )  # fmt: skip


@pytest.mark.parametrize(("what", "km"), [("roads-built", 7800), ("rail-built", 1800), ("rail-improved", 2000)])
def test_the_network_targets_of_2020_are_official(settings, what, km):
    (target,) = chosen(settings, f"transport.{what}")
    assert (target.value, target.year, target.official) == (km, 2020, True)


def test_no_other_target_calls_itself_official(settings):
    official = {target.indicator for target in settings.targets if target.official}
    assert official == {
        "road.fatalities", "energy.interconnection", "transport.roads-built", "transport.rail-built",
        "transport.rail-improved",
    }  # fmt: skip


def test_official_targets_have_a_citation_and_working_ones_a_rationale(settings):
    for target in settings.targets:
        assert target.citation if target.official else target.rationale


@pytest.mark.parametrize(
    "indicator",
    [
        "cpmm.swd", "cpmm.swod", "cpmm.bcp-time", "cpmm.bcp-cost", "cpmm.section-cost", "lct.import-share",
        "lct.export-share", "road.fatality-rate", "energy.renewable-share",
    ],
)  # fmt: skip
def test_a_working_rate_comes_first_and_a_direction_for_series_without_an_early_value(settings, indicator):
    rate, direction = chosen(settings, indicator)
    assert (rate.rate, rate.base_until, rate.year) == (0.015, Period.parse("2019"), 2030)
    assert direction.kind is TargetKind.DIRECTION and not direction.official


@pytest.mark.parametrize("indicator", ["lct.import-share", "lct.export-share"])
@pytest.mark.parametrize(
    ("area", "asked"),
    [("KAZ", True), ("CHN", True), ("CAREC-XPRC", True), ("USA", False), ("WLD", False), ("OTHER", False)],
)
def test_nothing_is_asked_of_countries_outside_the_program(settings, indicator, area, asked):
    series = Series.of(indicator, area=area, codes="as-published", partner="WLD", product="all")
    assert all(target.chooses(series) is asked for target in chosen(settings, indicator))


def test_no_direction_without_a_pace_is_measured_from_the_years_of_the_pandemic(settings):
    rated = {target.indicator for target in settings.targets if target.rate is not None}
    for target in settings.targets:
        if target.kind is TargetKind.DIRECTION and target.indicator in {*rated, "lct.intra-share"}:
            assert target.base_period == Period.parse("2022")


def test_pillars_are_to_be_complete_by_2030(settings):
    (target,) = chosen(settings, "energy.pillar-progress")
    assert (target.value, target.year, target.official) == (100, 2030, False)


def test_discontinued_series_have_no_target(settings):
    assert not [t for t in settings.targets if t.indicator.startswith(("lpi.", "wef."))]


def test_rail_speeds_prefer_the_progress_report(settings):
    for indicator in ("cpmm.swd", "cpmm.swod"):
        assert settings.watch[indicator].prefer[0] == "progress-report"


def test_the_default_rules_are_those_of_the_design(settings):
    assert [(rule.condition, rule.severity, rule.official, rule.opt_in) for rule in settings.rules] == [
        (Condition.OFF_TRACK, Severity.WARNING, True, False),
        (Condition.REVERSED, Severity.CRITICAL, True, False),
        (Condition.OFF_TRACK, Severity.INFO, False, True),
        (Condition.LATE, Severity.INFO, None, False),
        (Condition.SOURCE_FAILING, Severity.WARNING, None, False),
        (Condition.CONTRADICTION, Severity.INFO, None, False),
        (Condition.QUARANTINED, Severity.WARNING, None, False),
    ]
    assert next(rule for rule in settings.rules if rule.id == "source-failing").hold.seconds == 3 * 86400


def test_an_existing_file_is_never_overwritten(tmp_path):
    (tmp_path / "indicators.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="exists already and is left as it is") as caught:
        config.write_template(tmp_path)
    assert caught.value.exit_code == 2
    assert (tmp_path / "indicators.toml").read_text("utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path):
    (tmp_path / "indicators.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="exists already"):
        config.write_template(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_folder_is_made(tmp_path):
    assert config.write_template(tmp_path / "a" / "b") == tmp_path / "a" / "b" / "indicators.toml"


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="taken exists already"):
        config.write_template(tmp_path / "taken")


def test_the_template_is_written_readable(tmp_path):
    assert stat.S_IMODE(config.write_template(tmp_path).stat().st_mode) & stat.S_IRUSR
