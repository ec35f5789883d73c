-- Written by python -m carecmon_db. Do not edit.
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE source (
    id integer primary key,
    name text not null unique
) strict;
CREATE TABLE series (
    id integer primary key,
    indicator text not null,
    name text not null unique
) strict;
CREATE INDEX series_indicator on series (indicator);
CREATE TABLE stream (
    id integer primary key,
    source integer not null references source,
    series integer not null references series,
    unique (source, series)
) strict;
CREATE INDEX stream_series on stream (series);
CREATE TABLE text (
    id integer primary key,
    text text not null unique
) strict;
CREATE TABLE policy (
    id integer primary key,
    digest text not null unique,
    content text not null
) strict;
CREATE TABLE run (
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
CREATE TABLE scope (
    id integer primary key,
    source integer not null references source,
    digest text not null,
    patterns text not null,
    unique (source, digest)
) strict;
CREATE TABLE span (
    id integer primary key,
    periods blob not null unique
) strict;
CREATE TABLE coverage (
    scope integer not null references scope,
    stream integer not null references stream,
    span integer not null references span,
    primary key (scope, stream)
) strict, without rowid;
CREATE TABLE release (
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
CREATE INDEX release_digest on release (source, digest);
CREATE INDEX release_not_believed on release (source, rank) where believed_since is null;
CREATE TABLE decision (
    id integer primary key,
    release integer not null references release,
    at text not null,
    accepted integer not null check (accepted in (0, 1)),
    author text not null,
    reason text not null
) strict;
CREATE INDEX decision_release on decision (release, id);
CREATE TABLE observation (
    stream integer not null references stream,
    period integer not null,
    rank integer not null,
    value real,
    status integer not null check ((value is null) = (status >= 3)),
    note integer references text,
    primary key (stream, period, rank)
) strict, without rowid;
CREATE TABLE cell (
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
CREATE TABLE claim (
    id integer primary key,
    release integer not null references release,
    kind text not null,
    series text not null,
    period integer not null,
    value real,
    content text not null
) strict;
CREATE INDEX claim_release on claim (release);
CREATE TABLE answer (
    release integer not null references release,
    name text not null,
    sha256 text not null,
    size integer not null,
    primary key (release, name)
) strict, without rowid;
CREATE VIEW believed as
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
CREATE TABLE fetch (
    id integer primary key,
    source integer not null references source,
    run integer references run,
    at text not null,
    outcome text not null,
    error text
) strict;
CREATE INDEX fetch_source on fetch (source, id);
CREATE TABLE fetch_state (
    source integer primary key references source,
    state text not null,
    last_ok text,
    last_try text,
    failures integer not null,
    backoff_until text,
    last_error text
) strict;
CREATE TABLE assessment (
    id integer primary key,
    run integer not null references run,
    at text not null,
    indicator text not null,
    series text not null,
    status text not null,
    freshness text not null,
    content text not null
) strict;
CREATE INDEX assessment_series on assessment (series, id);
CREATE TABLE alert (
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
CREATE TABLE transition (
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
CREATE INDEX transition_fingerprint on transition (fingerprint, id);
CREATE TABLE finding (
    id text primary key,
    indicator text,
    source text not null,
    first_seen text not null,
    last_seen text not null,
    gone text,
    content text not null
) strict;
CREATE TABLE silence (
    id integer primary key,
    starts text not null,
    rule text not null,
    indicator text not null,
    sector text not null,
    subject text not null,
    labels text not null,
    severity text
) strict;
CREATE TABLE silence_edit (
    id integer primary key,
    silence integer not null references silence,
    at text not null,
    ends text not null,
    author text not null,
    reason text not null
) strict;
CREATE INDEX silence_edit_silence on silence_edit (silence, id);
CREATE TABLE acknowledgement (
    id integer primary key,
    fingerprint text not null,
    at text not null,
    until text,
    author text not null,
    reason text not null
) strict;
CREATE INDEX acknowledgement_fingerprint on acknowledgement (fingerprint, id);
CREATE TABLE renaming (
    id integer primary key,
    at text not null,
    former text not null,
    today text not null
) strict;
CREATE TABLE delivery (
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
CREATE INDEX delivery_open on delivery (next_try) where state in ('queued', 'waiting');
CREATE INDEX delivery_person on delivery (person, id);
CREATE TABLE news (
    id integer primary key,
    digest text not null unique,
    content text not null
) strict;
CREATE TABLE delivery_item (
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
CREATE INDEX delivery_item_delivery on delivery_item (delivery, id);
CREATE INDEX delivery_item_fingerprint on delivery_item (fingerprint, id);
CREATE TABLE introduced (
    person text not null,
    indicator text not null,
    delivery integer not null references delivery,
    primary key (person, indicator)
) strict, without rowid;
CREATE TABLE delivery_log (
    id integer primary key,
    at text not null,
    run integer references run,
    person text not null,
    fingerprint text,
    delivery integer references delivery,
    what text not null,
    why text not null
) strict;
CREATE INDEX delivery_log_person on delivery_log (person, fingerprint, id);
CREATE INDEX delivery_log_delivery on delivery_log (delivery, id);
CREATE TABLE finding_acknowledgement (
    id integer primary key,
    finding text not null references finding,
    at text,
    author text not null,
    reason text not null,
    withdrawn integer not null
) strict;
CREATE INDEX finding_acknowledgement_finding on finding_acknowledgement (finding, id);
