"""The tables and keys of indicators.toml. Imports pydantic, so import this late."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from carecmon.config import consistency
from carecmon.config.fields import (
    Address,
    Better,
    Change,
    Clock,
    Codes,
    Day,
    Email,
    EnvName,
    Hours,
    Language,
    Level,
    Line,
    Method,
    Names,
    Rate,
    ReferencePeriod,
    Schedule,
    Seconds,
    Security,
    Send,
    Table,
    When,
    Zone,
)

Year = Annotated[int, Field(ge=1950, le=2200)]
Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1, le=1000)]


class WatchTable(Table):
    """One indicator that is watched."""

    enabled: bool = Field(True, description="false: the indicator stays in the file, but is not judged")
    prefer: list[Line] = Field(
        [], description="ids of sources, the most trusted first, applied cell by cell; default: the indicator's own"
    )
    method: Method | None = Field(None, description="how progress is judged; default: open_sdg")


class SourceTable(Table):
    """How one source is asked."""

    enabled: bool | None = Field(
        None,
        description="false: never asked, what is stored stays; true: asked, also where the first fetch costs more than"
        " two requests",
    )
    schedule: Schedule | None = Field(None, description="when carecmon run asks it")
    base_url: Address | None = Field(None, description="another address of the same interface, such as a mirror")
    key_env: EnvName | None = Field(None, description="the NAME of the environment variable that holds the key")
    allow_private_hosts: list[Line] = Field(
        [], description="hosts, as written in addresses, that need not be public ones, such as a mirror of your own"
    )
    rate: Annotated[float, Field(ge=0, le=1000)] | None = Field(
        None, description="requests a second that one host gets, 0 for any number; default: what the source declares"
    )
    time_zone: Zone | None = Field(None, description="of its schedule; default: the time zone of the file")
    jitter: Seconds | None = Field(
        None, description="spreads sources of one schedule over so long, such as 10 minutes, each always alike"
    )


class TargetTable(Table):
    """What series should reach. The first target in the file that fits a series counts.

    Exactly one of value, change, improve, state and direction says in what form.
    """

    indicator: Names = Field(description="id of an indicator, a pattern such as cpmm.*, or a list of them")
    select: dict[str, Codes] = Field({}, description='labels of the series meant; "*" means any, a list any of them')
    official: bool = Field(description="true only for a target that the CAREC Program itself has published")
    citation: Line | None = Field(None, description="where an official target is published; required for one")
    rationale: Line | None = Field(None, description="why a working target is what it is; required for one")
    value: float | None = Field(None, description="a number to reach, in the indicator's unit")
    change: Change | None = Field(None, description="a change against base_period, with its sign")
    improve: Rate | None = Field(None, description="a yearly improvement from the latest value until base_until on")
    state: Line | None = Field(None, description="a state to be in")
    direction: Better | None = Field(None, description="no number: better each year is all that is asked")
    year: Year | None = Field(None, description="the year to be there by; none for a direction")
    base_period: ReferencePeriod | None = Field(None, description="the reference period of the baseline")
    base_until: ReferencePeriod | None = Field(None, description="for improve: the last period a baseline may be of")
    baseline: float | None = Field(None, description="the value at base_period, only where it is not the one believed")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        return consistency.checked(self, consistency.target(self))


class HoldTable(Table):
    """How long a condition must hold before its alert fires: exactly one of these."""

    observations: Count | None = Field(None, description="reference periods in the data, as believed now")
    evaluations: Count | None = Field(None, description="runs in a row")
    time: Seconds | None = Field(None, description="a length of time")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        return consistency.checked(self, consistency.hold(self))


class RuleTable(Table):
    """A condition that raises alerts."""

    id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]*$")] = Field(description="its name, once in the file")
    condition: When = Field(description="what it waits for")
    severity: Level = Field(description="how loud its alerts are")
    indicator: Line = Field("*", description="id of an indicator, or a pattern such as cpmm.*")
    sector: Line = Field("*", description="a sector, or a pattern")
    select: dict[str, Codes] = Field({}, description='labels of the series meant; "*" means any, a list any of them')
    official: bool | None = Field(None, description="true: only official targets; false: only working ones")
    value: float | None = Field(None, description="the threshold; for changed and revised, percent")
    clear: float | None = Field(None, description="for above and below: the level at which the alert lets go")
    hold: HoldTable | None = Field(None, alias="for", description="how long the condition must hold")
    opt_in: bool = Field(False, description="true: reaches only people who name the rule in their opt_in")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        return consistency.checked(self, consistency.rule(self))


class PersonTable(Table):
    """Someone who is told."""

    email: Email | None = Field(None, description="a plain address")
    name: Line | None = Field(None, description="how to address them; default: the name of the table")
    language: Language | None = Field(None, description="default: the language of the file")
    time_zone: Zone | None = Field(None, description="default: the time zone of the file")
    sectors: list[Line] = Field(["*"], description="sectors they answer for")
    indicators: list[Line] = Field(["*"], description="ids or patterns they answer for")
    severities: list[Level] = Field(["warning", "critical"], description="what to hear of", validate_default=True)
    send: Send = Field("immediately", description="at once after a run, or as a digest")
    day: Day | None = Field(None, description="the day of a weekly digest; default: monday")
    hour: Clock | None = Field(None, description="the time of a digest; default: 09:00")
    quiet_hours: Hours | None = Field(None, description="messages are held from ... until ..., never dropped")
    critical_pierces: bool = Field(True, description="critical alerts are sent in quiet hours too")
    remind_after: Seconds | None = Field(None, description="remind of what is neither resolved nor acknowledged")
    opt_in: list[Line] = Field([], description="ids of opt_in rules that they ask for")
    channels: list[Line] = Field(["email"], description="email, console, or names of [channels.NAME]")
    ops: bool = Field(False, description="also hears of failing sources, quarantine and undelivered mail")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        return consistency.checked(self, consistency.person(self))


class SmtpTable(Table):
    """The mail server. Without it, no mail is sent."""

    host: Line = Field(description="its name")
    sender: Email = Field(alias="from", description="the address that mails come from")
    port: Port | None = Field(None, description="default: 587 (starttls), 465 (tls), 25 (none)")
    security: Security = Field("starttls", description="how the connection is protected")
    user: Line | None = Field(None, description="the user name, where the server wants one")
    password_env: EnvName | None = Field(None, description="the NAME of the variable that holds the password")
    reply_to: Email | None = Field(None, description="where answers go")
    ops: Line | None = Field(None, description="the person to whom acknowledgements by mail go")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        return consistency.checked(self, consistency.smtp(self))


class ChannelTable(Table):
    """A channel beside e-mail and console."""

    kind: Line = Field(description="what the channel calls itself, such as webhook or json-lines")
    url: Address | None = Field(None, description="where to send; an address that is itself secret belongs in url_env")
    url_env: EnvName | None = Field(None, description="the NAME of the variable that holds the address")
    key_env: EnvName | None = Field(None, description="the NAME of the variable that holds the key")
    path: Line | None = Field(None, description="the file to write to")
    options: dict[str, Line] = Field({}, description="what else this kind of channel asks for")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        return consistency.checked(self, consistency.channel(self))


class RetentionTable(Table):
    """How long carecmon run keeps what no figure depends on. Observations are kept for ever."""

    raw: Seconds | None = Field(
        None, description="raw answers of live sources that a newer one has replaced; default: for ever"
    )
    logs: Seconds | None = Field(
        None,
        description="which source was asked when, why somebody was told or not, and runs in which nothing changed;"
        " default: for ever",
    )


class File(Table):
    """indicators.toml: what carecmon watches, against what, and who is told."""

    database: Line = Field("db/carecmon.db", description="the store; paths are relative to this file")
    plugin_dirs: list[Line] = Field([], description="folders with plugins of your own")
    language: Language = Field("en", description="the language of titles and names in tables, and of mails")
    time_zone: Zone = Field("UTC", description="for schedules and digests", validate_default=True)
    indicators: dict[str, WatchTable] = Field({}, description="what is watched, by the id of the indicator")
    sources: dict[str, SourceTable] = Field({}, description="how sources are asked, by id")
    targets: list[TargetTable] = Field([], description="what series should reach; the first that fits counts")
    rules: list[RuleTable] = Field([], description="what raises alerts")
    people: dict[str, PersonTable] = Field({}, description="who is told")
    smtp: SmtpTable | None = Field(None, description="the mail server")
    channels: dict[str, ChannelTable] = Field({}, description="channels beside e-mail and console")
    templates: Line | None = Field(None, description="a folder with letter.html or letter.txt of your own, for mails")
    retention: RetentionTable | None = Field(None, description="how long what no figure depends on is kept")
    ping_url_env: EnvName | None = Field(
        None, description="the NAME of the variable with an address that carecmon run asks after each good run"
    )
