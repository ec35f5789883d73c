"""Every way a file can be wrong: what the error says, and that it says everything at once."""

import pytest

from carecmon import config
from carecmon.errors import ConfigError, ExitCode

TARGET = '[[targets]]\nindicator = "cpmm.swd"\n'
WORKING = 'official = false\nrationale = "ours"\n'
RULE = '[[rules]]\nid = "r"\nseverity = "info"\n'
SMTP = '[smtp]\nhost = "mail.example.org"\nfrom = "a@example.org"\n'

WRONG = {
    "a misspelt key at the top": (
        'databse = "x"',
        'databse: unknown key; did you mean "database"? (allowed here: database, plugin_dirs, language, time_zone,'
        " indicators, sources, targets, rules, people, smtp, channels, templates, retention, ping_url_env)",
    ),
    "a key that is near nothing": (
        '[indicators."cpmm.swd"]\nzzz = 1',
        'indicators."cpmm.swd".zzz: unknown key (allowed here: enabled, prefer, method)',
    ),
    "a key of the wrong type": (
        '[indicators."cpmm.swd"]\nenabled = "yes"',
        'indicators."cpmm.swd".enabled: found "yes"; allowed: true or false',
    ),
    "a value where a list belongs": (
        'plugin_dirs = "mine"',
        'plugin_dirs: found "mine"; allowed: a list in square brackets',
    ),
    "a plugin folder that is not there": (
        'plugin_dirs = ["mine"]',
        'plugin_dirs[0]: found "mine", which is not a folder; paths are relative to indicators.toml',
    ),
    "a value where a table belongs": ("smtp = 25", "smtp: found 25; allowed: a table"),
    "a language that carecmon does not speak": ('language = "fr"', 'language: found "fr"; allowed: en, ru, zh'),
    "a misspelt time zone": (
        'time_zone = "Asia/Almatty"',
        'time_zone: found "Asia/Almatty"; write a time zone by its IANA name, such as "UTC" or "Asia/Almaty";'
        ' did you mean "Asia/Almaty"?',
    ),
    "a time zone that leaves the folder of time zones": (
        'time_zone = "../../etc/passwd"',
        'time_zone: found "../../etc/passwd"; write a time zone by its IANA name, such as "UTC" or "Asia/Almaty"',
    ),
    "an unknown method": (
        '[indicators."cpmm.swd"]\nmethod = "opensdg"',
        'indicators."cpmm.swd".method: found "opensdg"; allowed: open_sdg, un_progress_chart, linear;'
        ' did you mean "open_sdg"?',
    ),
    "a schedule that is none": (
        '[sources.comtrade]\nschedule = "61 * * * *"',
        'sources.comtrade.schedule: found "61 * * * *"; write five cron fields, such as "0 6 * * 1" (minute, hour, day,'
        ' month, day of the week), an interval, such as "every 6 hours", or "release calendar" (from the day that a'
        " release is due)",
    ),
    "a target in two forms": (
        f'{TARGET}{WORKING}value = 3\nstate = "done"\nyear = 2030',
        "targets[0] (number 1, cpmm.swd): found value and state of value, change, improve, state, direction;"
        " a target has exactly one of them",
    ),
    "a target in no form": (
        f"{TARGET}{WORKING}year = 2030",
        "targets[0] (number 1, cpmm.swd): found none of value, change, improve, state, direction;"
        " a target has exactly one of them",
    ),
    "a target that does not say whether it is official": (
        f'{TARGET}direction = "better"',
        "targets[0].official (number 1, cpmm.swd): missing; true only for a target that the CAREC Program itself has"
        " published",
    ),
    "an official target without a citation": (
        f"{TARGET}official = true\nvalue = 3\nyear = 2030",
        "targets[0] (number 1, cpmm.swd): an official target needs a citation: where is it published?",
    ),
    "a working target without a rationale": (
        f"{TARGET}official = false\nvalue = 3\nyear = 2030",
        "targets[0] (number 1, cpmm.swd): a working target (official = false) needs a rationale: why is it what it is?",
    ),
    "a number without a year": (
        f"{TARGET}{WORKING}value = 3",
        "targets[0] (number 1, cpmm.swd): value needs year",
    ),
    "a change without a base period": (
        f'{TARGET}{WORKING}change = "-50 %"\nyear = 2030',
        "targets[0] (number 1, cpmm.swd): change needs base_period",
    ),
    "a change without a sign": (
        f'{TARGET}{WORKING}change = "50 %"\nyear = 2030\nbase_period = 2010',
        'targets[0].change (number 1, cpmm.swd): found "50 %"; write a change against the base period with its sign,'
        ' such as "-50 %" or "+20 %"',
    ),
    "a change as a number": (
        f"{TARGET}{WORKING}change = -0.5\nyear = 2030\nbase_period = 2010",
        "targets[0].change (number 1, cpmm.swd): found -0.5; write a change against the base period with its sign,"
        ' such as "-50 %" or "+20 %"',
    ),
    "a fall by more than everything": (
        f'{TARGET}{WORKING}change = "-150 %"\nyear = 2030\nbase_period = 2010',
        'targets[0].change (number 1, cpmm.swd): found "-150 %"; nothing can fall by more than 100 %',
    ),
    "an improvement without a last base period": (
        f'{TARGET}{WORKING}improve = "1.5 % a year"\nyear = 2030',
        "targets[0] (number 1, cpmm.swd): improve needs base_until",
    ),
    "an improvement that does not say how often": (
        f'{TARGET}{WORKING}improve = "1.5 %"\nyear = 2030\nbase_until = 2019',
        'targets[0].improve (number 1, cpmm.swd): found "1.5 %"; write a yearly improvement, such as "1.5 % a year";'
        " the indicator says which way is better",
    ),
    "a direction with a year": (
        f'{TARGET}{WORKING}direction = "better"\nyear = 2030',
        "targets[0] (number 1, cpmm.swd): year means nothing beside direction",
    ),
    "a direction in other words": (
        f'{TARGET}{WORKING}direction = "up"',
        'targets[0].direction (number 1, cpmm.swd): found "up"; allowed: better',
    ),
    "a baseline of no period": (
        f"{TARGET}{WORKING}value = 3\nyear = 2030\nbaseline = 2",
        "targets[0] (number 1, cpmm.swd): baseline needs base_period: the period that it is the value of",
    ),
    "a base period after the target": (
        f"{TARGET}{WORKING}value = 3\nyear = 2030\nbase_period = 2031",
        "targets[0] (number 1, cpmm.swd): base_period 2031 is not before year 2030",
    ),
    "a base period that is no period": (
        f'{TARGET}{WORKING}value = 3\nyear = 2030\nbase_period = "2023-Q5"',
        'targets[0].base_period (number 1, cpmm.swd): found "2023-Q5"; write a reference period, such as 2010,'
        ' "2023-Q2", "2023-05" or "2017/2018"',
    ),
    "a value that is not a number": (
        f"{TARGET}{WORKING}value = nan\nyear = 2030",
        "targets[0].value (number 1, cpmm.swd): found NaN; allowed: a number that is neither nan nor inf",
    ),
    "a truth where a number belongs": (
        f"{TARGET}{WORKING}value = true\nyear = 2030",
        "targets[0].value (number 1, cpmm.swd): found true; allowed: a number",
    ),
    "a year far off": (
        f"{TARGET}{WORKING}value = 3\nyear = 20300",
        "targets[0].year (number 1, cpmm.swd): found 20300; allowed: less than or equal to 2200",
    ),
    "a label that is not text": (
        f"{TARGET}{WORKING}value = 3\nyear = 2030\nselect = {{ area = 1 }}",
        "targets[0].select.area (number 1, cpmm.swd): found 1; write some text",
    ),
    "a rule without an id": (
        '[[rules]]\ncondition = "late"\nseverity = "info"',
        "rules[0].id (number 1): missing; its name, once in the file",
    ),
    "an unknown condition": (
        f'{RULE}condition = "offtrack"',
        'rules[0].condition (number 1, r): found "offtrack"; allowed: off_track, above, below, changed, revised,'
        " milestone_missed, reversed, late, source_failing, withdrawn, contradiction, quarantined;"
        ' did you mean "off_track"?',
    ),
    "an unknown severity": (
        '[[rules]]\nid = "r"\ncondition = "late"\nseverity = "warn"',
        'rules[0].severity (number 1, r): found "warn"; allowed: info, warning, critical; did you mean "warning"?',
    ),
    "a threshold that is missing": (
        f'{RULE}condition = "above"',
        'rules[0] (number 1, r): "above" needs value: the threshold, in the indicator\'s unit',
    ),
    "a threshold without a meaning": (
        f'{RULE}condition = "late"\nvalue = 3',
        'rules[0] (number 1, r): value means nothing for "late"; it is for above, below, changed and revised',
    ),
    "a change that is negative": (
        f'{RULE}condition = "revised"\nvalue = -3',
        'rules[0] (number 1, r): value of "revised" is the smallest change that counts, in percent: not below 0',
    ),
    "a level to let go at on the wrong side of a ceiling": (
        f'{RULE}condition = "above"\nvalue = 3\nclear = 4',
        "rules[0] (number 1, r): clear 4 is above value 3: the alert would let go while it still holds",
    ),
    "a level to let go at on the wrong side of a floor": (
        f'{RULE}condition = "below"\nvalue = 3\nclear = 2',
        "rules[0] (number 1, r): clear 2 is below value 3: the alert would let go while it still holds",
    ),
    "a level to let go at without a threshold": (
        f'{RULE}condition = "late"\nclear = 2',
        'rules[0] (number 1, r): clear means nothing for "late"; it is for above and below',
    ),
    "a hold in two measures": (
        f'{RULE}condition = "late"\nfor = {{ observations = 2, time = "3 days" }}',
        "rules[0].for (number 1, r): found observations and time; write one of { observations = 2 },"
        ' { evaluations = 3 } and { time = "3 days" }',
    ),
    "a hold in nothing": (
        f'{RULE}condition = "late"\nfor = {{ }}',
        "rules[0].for (number 1, r): found nothing; write one of { observations = 2 },"
        ' { evaluations = 3 } and { time = "3 days" }',
    ),
    "a hold of no time": (
        f'{RULE}condition = "late"\nfor = {{ time = "0 days" }}',
        'rules[0].for.time (number 1, r): found "0 days"; write a length of time, such as "3 days", "12 hours" or'
        ' "30 minutes"',
    ),
    "two rules of one name": (
        f'{RULE}condition = "late"\n{RULE}condition = "withdrawn"',
        'rules[1].id: found "r", which is the id of rule number 1 already; an alert is known by its rule, so give this'
        " one an id of its own",
    ),
    "an address that smuggles a header": (
        '[people.x]\nemail = "x@example.org\\nBcc: y@example.org"',
        'people.x.email: found "x@example.org\\nBcc: y@example.org"; write a plain e-mail address, such as'
        " ops@example.org",
    ),
    "an address that ends in a line break": (
        '[people.x]\nemail = "x@example.org\\n"',
        'people.x.email: found "x@example.org\\n"; write a plain e-mail address, such as ops@example.org',
    ),
    "a name with a line break": (
        '[people.x]\nname = "Anna\\nBcc: y"',
        'people.x.name: found "Anna\\nBcc: y"; write some text, without line breaks or control characters',
    ),
    "a person whose table is named with a line break": (
        '[people."Anna\\nBcc: y"]\nchannels = []',
        "people.\"Anna\\nBcc: y\": a name has letters, digits, '-', '_' and '.' only",
    ),
    "a day without a weekly digest": (
        '[people.x]\nday = "monday"',
        'people.x: day means nothing with send = "immediately"; it is for "weekly"',
    ),
    "an hour without a digest": (
        '[people.x]\nhour = "09:00"',
        'people.x: hour means nothing with send = "immediately"; it is for "daily" and "weekly"',
    ),
    "an hour that does not exist": (
        '[people.x]\nsend = "daily"\nhour = "25:00"',
        'people.x.hour: found "25:00"; write a time of day, such as "09:30"',
    ),
    "quiet hours without an end": (
        '[people.x]\nquiet_hours = "20:00"',
        'people.x.quiet_hours: found "20:00"; write quiet hours from and until, such as "20:00-07:00"',
    ),
    "a rule asked for that is not there": (
        f'{RULE}condition = "late"\nopt_in = true\n[people.x]\nopt_in = ["rr"]',
        'people.x.opt_in: found "rr", but there is no rule with that id; did you mean "r"?',
    ),
    "a rule asked for that comes anyway": (
        f'{RULE}condition = "late"\n[people.x]\nopt_in = ["r"]',
        'people.x.opt_in: the rule "r" reaches everybody anyway; it does not say opt_in = true',
    ),
    "a channel that is none": (
        '[people.x]\nchannels = ["e-mail"]',
        'people.x.channels: found "e-mail", which is no channel; did you mean "email"?; allowed: email, console',
    ),
    "a channel that takes the name of ours": (
        '[channels.email]\nkind = "webhook"',
        "channels.email: carecmon has this channel already; give yours another name",
    ),
    "acknowledgements to nobody": (
        f'{SMTP}ops = "anna"\n[people.ana]\nemail = "ana@example.org"',
        'smtp.ops: found "anna", but there is no [people.anna]; did you mean "ana"?',
    ),
    "a user without a password": (
        f'{SMTP}user = "carecmon"',
        "smtp: user and password_env go together: both, or neither",
    ),
    "a password on an open line": (
        f'{SMTP}user = "carecmon"\npassword_env = "PASSWORD"\nsecurity = "none"',
        'smtp: a password is not sent unprotected: security must be "starttls" or "tls"',
    ),
    "a port that is none": (f"{SMTP}port = 99999", "smtp.port: found 99999; allowed: less than or equal to 65535"),
    "two addresses of one channel": (
        '[channels.chat]\nkind = "webhook"\nurl = "https://example.org"\nurl_env = "CHAT_URL"',
        "channels.chat: url and url_env are two addresses; write one of them",
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_named_with_its_place_and_what_is_allowed(refused, text, message):
    heading, *lines = refused(text)
    assert heading.endswith("indicators.toml has 1 problem:")
    assert lines == [message]


def test_all_mistakes_are_listed_at_once(refused):
    heading, *lines = refused(f"""
        language = "fr"
        [indicators."cpmm.swd"]
        enabld = true
        [[targets]]
        indicator = "cpmm.swd"
        official = true
        value = 3
        [[rules]]
        id = "r"
        condition = "late"
        severity = "loud"
        [[rules]]
        id = "r"
        condition = "above"
        severity = "info"
        [people.x]
        email = "nobody"
        {"channels = ['chat']"}
    """)
    assert heading.endswith("indicators.toml has 9 problems:")
    places = {line.partition(":")[0].partition(" ")[0] for line in lines}
    assert places == {
        "language", 'indicators."cpmm.swd".enabld', "targets[0]", "rules[0].severity", "rules[1]", "rules[1].id",
        "people.x.email", "people.x.channels",
    }  # fmt: skip


SECRET = "s3cr3t-d0-n0t-sh0w"


@pytest.mark.parametrize(
    "text",
    [
        f'[sources.comtrade]\nkey_env = "{SECRET}"',
        f'[sources.comtrade]\nkey_env = ["{SECRET}"]',
        f'[sources.comtrade]\napi_key = "{SECRET}"',
        f'[sources.comtrade]\nsubscription-key = "{SECRET}"',
        f'[sources.comtrade]\nbase_url = "https://user:{SECRET}@example.org"',
        f'{SMTP}user = "u"\npassword = "{SECRET}"',
        f'{SMTP}user = "u"\npassword_env = "{SECRET}"',
        f'[channels.chat]\nkind = "webhook"\nurl = "hook/{SECRET}"',
        f'[channels.chat]\nkind = "webhook"\ntoken = "{SECRET}"',
        f'[channels.chat]\nkind = "webhook"\noptions = {{ api_token = "{SECRET}" }}',
    ],
)
def test_a_secret_in_the_file_is_refused_and_never_repeated(refused, text):
    message = "\n".join(refused(text))
    assert SECRET not in message
    assert "environment variable" in message or "https://" in message


def test_a_key_in_capitals_is_not_taken_for_the_name_of_a_variable(refused):
    key = "0123456789ABCDEF0123456789ABCDEF".replace("0", "A", 1)
    (_, line) = refused(f'[sources.comtrade]\nkey_env = "{key}"')
    assert key not in line and "the NAME of the environment variable" in line


def test_the_place_to_put_a_secret_is_named(refused):
    (_, line) = refused(f'{SMTP}password = "x"')
    assert line == (
        "smtp.password: a secret is never written in this file; name the environment variable that holds it"
        " with password_env"
    )


def test_broken_toml_gives_the_position(refused):
    (line,) = refused("database = \n")
    assert "indicators.toml is not TOML: Invalid value (at line 1, column 12)" in line


def test_a_table_written_twice_gives_the_position(refused):
    (line,) = refused('[indicators."cpmm.swd"]\n[indicators."cpmm.swd"]\n')
    assert "is not TOML" in line and "(at line 2" in line


def test_a_file_in_another_encoding_says_so(tmp_path):
    path = tmp_path / "indicators.toml"
    path.write_bytes("# Показатели".encode("cp1251"))
    with pytest.raises(ConfigError, match="is not text in UTF-8") as caught:
        config.load(path)
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_file_that_is_not_there_names_the_remedy(tmp_path):
    with pytest.raises(ConfigError, match="does not exist; write one with: carecmon init"):
        config.load(tmp_path / "indicators.toml")


def test_a_folder_in_place_of_the_file_is_an_error_of_ours(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        config.load(tmp_path)
