"""Every change of the schema, oldest first. Never edit one that was released; add another.

``sqlite-utils migrate db/carecmon.db db/ --list`` shows which have run. README.md says what the tables mean;
schema.sql is a copy of the result, written by ``python -m carecmon_db``.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("carecmon")

_RELEASES = """
create table source (
    id integer primary key,
    name text not null unique
) strict;
create table series (
    id integer primary key,
    indicator text not null,
    name text not null unique
) strict;
create index series_indicator on series (indicator);
create table stream (
    id integer primary key,
    source integer not null references source,
    series integer not null references series,
    unique (source, series)
) strict;
create index stream_series on stream (series);
create table text (
    id integer primary key,
    text text not null unique
) strict;
create table policy (
    id integer primary key,
    digest text not null unique,
    content text not null
) strict;
create table run (
    id integer primary key,
    kind text not null,
    started text not null,
    finished text,
    offline integer not null,
    policy integer not null references policy,
    version text not null,
    last_release integer,
    summary text
) strict;
create table scope (
    id integer primary key,
    source integer not null references source,
    digest text not null,
    patterns text not null,
    unique (source, digest)
) strict;
create table span (
    id integer primary key,
    periods blob not null unique
) strict;
create table coverage (
    scope integer not null references scope,
    stream integer not null references stream,
    span integer not null references span,
    primary key (scope, stream)
) strict, without rowid;
create table release (
    id integer primary key,
    source integer not null references source,
    rank integer not null,
    ordering text not null,
    edition text not null,
    published text,
    precision text not null,
    observed text not null,
    url text not null,
    digest text not null,
    reader_version text not null,
    document text not null,
    note text,
    scope integer references scope,
    rereads integer references release,
    run integer references run,
    quarantine text,
    believed_since text,
    unique (source, rank)
) strict;
create index release_digest on release (source, digest);
create index release_not_believed on release (source, rank) where believed_since is null;
create table decision (
    id integer primary key,
    release integer not null references release,
    at text not null,
    accepted integer not null check (accepted in (0, 1)),
    author text not null,
    reason text not null
) strict;
create index decision_release on decision (release, id);
create table observation (
    stream integer not null references stream,
    period integer not null,
    rank integer not null,
    value real,
    status integer not null check ((value is null) = (status >= 3)),
    note integer references text,
    primary key (stream, period, rank)
) strict, without rowid;
create table cell (
    stream integer not null references stream,
    period integer not null,
    rank integer not null,
    document integer not null references text,
    location integer not null references text,
    "row" integer not null references text,
    "column" integer not null references text,
    raw text not null,
    lower real,
    upper real,
    sample_size integer,
    primary key (stream, period, rank)
) strict, without rowid;
create table claim (
    id integer primary key,
    release integer not null references release,
    kind text not null,
    series text not null,
    period integer not null,
    value real,
    content text not null
) strict;
create index claim_release on claim (release);
create table answer (
    release integer not null references release,
    name text not null,
    sha256 text not null,
    size integer not null,
    primary key (release, name)
) strict, without rowid;
create view believed as
    select source, series, period, value, status, note, edition, release
    from (
        select source.name as source, series.name as series, observation.period, observation.value,
            observation.status, text.text as note, release.edition, release.id as release,
            max(observation.rank)
        from observation
        join stream on stream.id = observation.stream
        join source on source.id = stream.source
        join series on series.id = stream.series
        join release on release.source = stream.source and release.rank = observation.rank
        left join text on text.id = observation.note
        where release.believed_since is not null
        group by observation.stream, observation.period
    )
    where status <> 4;
"""


@migrations()
def m001_releases_and_observations(db: Database) -> None:
    """Add what is stored of sources."""
    db.executescript(_RELEASES)


_VERDICTS = """
create table fetch (
    id integer primary key,
    source integer not null references source,
    run integer references run,
    at text not null,
    outcome text not null,
    error text
) strict;
create index fetch_source on fetch (source, id);
create table fetch_state (
    source integer primary key references source,
    state text not null,
    last_ok text,
    last_try text,
    failures integer not null,
    backoff_until text,
    last_error text
) strict;
create table assessment (
    id integer primary key,
    run integer not null references run,
    at text not null,
    indicator text not null,
    series text not null,
    status text not null,
    freshness text not null,
    content text not null
) strict;
create index assessment_series on assessment (series, id);
create table alert (
    fingerprint text primary key,
    rule text not null,
    subject text not null,
    severity text not null,
    state text not null,
    cause text not null,
    since text not null,
    message text not null,
    evidence text not null,
    progress text not null,
    transition integer
) strict;
create table transition (
    id integer primary key,
    fingerprint text not null,
    run integer not null references run,
    at text not null,
    rule text not null,
    subject text not null,
    severity text not null,
    before text not null,
    after text not null,
    cause text not null,
    since text not null,
    message text not null,
    evidence text not null,
    last_release integer
) strict;
create index transition_fingerprint on transition (fingerprint, id);
create table finding (
    id text primary key,
    indicator text,
    source text not null,
    first_seen text not null,
    last_seen text not null,
    gone text,
    acknowledged text,
    content text not null
) strict;
create table delivery (
    id integer primary key,
    person text not null,
    channel text not null,
    message_id text not null unique,
    subject text not null,
    body text not null,
    created text not null,
    state text not null check (state in ('queued', 'waiting', 'sent', 'dead', 'dropped')),
    attempts integer not null,
    next_try text,
    claimed_by text,
    claimed_until text,
    last_error text,
    sent text
) strict;
create index delivery_due on delivery (next_try) where state in ('queued', 'waiting');
create table delivery_transition (
    delivery integer not null references delivery,
    transition integer not null references transition,
    primary key (delivery, transition)
) strict, without rowid;
create index delivery_of_transition on delivery_transition (transition);
"""


@migrations()
def m002_fetches_verdicts_and_deliveries(db: Database) -> None:
    """Add what runs do and find."""
    db.executescript(_VERDICTS)


_SILENCES = """
create table silence (
    id integer primary key,
    starts text not null,
    rule text not null,
    indicator text not null,
    sector text not null,
    subject text not null,
    labels text not null,
    severity text
) strict;
create table silence_edit (
    id integer primary key,
    silence integer not null references silence,
    at text not null,
    ends text not null,
    author text not null,
    reason text not null
) strict;
create index silence_edit_silence on silence_edit (silence, id);
create table acknowledgement (
    id integer primary key,
    fingerprint text not null,
    at text not null,
    until text,
    author text not null,
    reason text not null
) strict;
create index acknowledgement_fingerprint on acknowledgement (fingerprint, id);
"""


@migrations()
def m003_silences_and_acknowledgements(db: Database) -> None:
    """Add what stands beside alerts: only ever appended to, the newest edit counts."""
    db.executescript(_SILENCES)


@migrations()
def m004_renamings(db: Database) -> None:
    """Add what series were called before."""
    db.executescript("""
create table renaming (
    id integer primary key,
    at text not null,
    former text not null,
    today text not null
) strict;
""")


_OUTBOX = """
drop table delivery_transition;
drop table delivery;
create table delivery (
    id integer primary key,
    person text not null,
    channel text not null,
    kind text not null,
    message_id text not null unique,
    run integer references run,
    created text not null,
    due text not null,
    state text not null check (state in ('queued', 'waiting', 'sent', 'dead', 'dropped')),
    attempts integer not null,
    next_try text not null,
    claimed_by text,
    claimed_until text,
    content text not null,
    subject text,
    body blob,
    last_error text,
    sent text
) strict;
create index delivery_open on delivery (next_try) where state in ('queued', 'waiting');
create index delivery_person on delivery (person, id);
create table news (
    id integer primary key,
    digest text not null unique,
    content text not null
) strict;
create table delivery_item (
    id integer primary key,
    delivery integer not null references delivery,
    fingerprint text not null,
    at text not null,
    kind text not null,
    severity text not null,
    period text,
    value real,
    news integer references news
) strict;
create index delivery_item_delivery on delivery_item (delivery, id);
create index delivery_item_fingerprint on delivery_item (fingerprint, id);
create table introduced (
    person text not null,
    indicator text not null,
    delivery integer not null references delivery,
    primary key (person, indicator)
) strict, without rowid;
create table delivery_log (
    id integer primary key,
    at text not null,
    run integer references run,
    person text not null,
    fingerprint text,
    delivery integer references delivery,
    what text not null,
    why text not null
) strict;
create index delivery_log_person on delivery_log (person, fingerprint, id);
create index delivery_log_delivery on delivery_log (delivery, id);
"""


@migrations()
def m005_outbox(db: Database) -> None:
    """Make deliveries anew, for none was ever stored: what they say as data, rendered once, and why or why not."""
    db.executescript(_OUTBOX)


@migrations()
def m006_acknowledgements_of_findings(db: Database) -> None:
    """Keep every acknowledgement of a finding, also those taken back. When the older ones were made is not known."""
    db.executescript("""
create table finding_acknowledgement (
    id integer primary key,
    finding text not null references finding,
    at text,
    author text not null,
    reason text not null,
    withdrawn integer not null
) strict;
create index finding_acknowledgement_finding on finding_acknowledgement (finding, id);
insert into finding_acknowledgement (finding, at, author, reason, withdrawn)
select id, null, iif(instr(acknowledged, ': '), substr(acknowledged, 1, instr(acknowledged, ': ') - 1), ''),
    iif(instr(acknowledged, ': '), substr(acknowledged, instr(acknowledged, ': ') + 2), acknowledged), 0
from finding where acknowledged is not null;
alter table finding drop column acknowledged;
""")
