"""What stands in a message: the same in text and HTML, in every language, whatever a source prints."""

import email
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from carecmon.errors import DeliveryError
from carecmon.model import (
    Alert,
    AlertState,
    Assessment,
    Cause,
    Cell,
    Finding,
    Freshness,
    Period,
    Series,
    Severity,
    Status,
)
from carecmon.tell import codec, headers
from carecmon.tell.announcement import (
    Announcement,
    Content,
    Earlier,
    Naming,
    Origin,
    Post,
    Reader,
    Standing,
    Undelivered,
)
from carecmon.tell.chart import figure, png
from carecmon.tell.language import Language
from carecmon.tell.mail import Envelope
from carecmon.tell.render import render, twins

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
ENVELOPE = Envelope("carecmon@example.org", "office@example.org", "ops@example.org")
SERIES = Series.of("road.fatalities", area="CAREC")
NAMING = Naming(
    "road.fatalities", str(SERIES), "transport", "Road Safety",
    {"en": "Road fatalities", "ru": "Погибшие в ДТП", "zh": "道路死亡人数"},
    ({"en": "CAREC", "ru": "ЦАРЭС"},), "deaths", 0, "lower",
)  # fmt: skip
POINTS = tuple((Period.parse(str(year)), 82000.0 - 411 * (year - 2010)) for year in range(2010, 2024))
ASSESSMENT = Assessment(
    SERIES, "transport", "Road Safety", Status.SLOW, Freshness.EXPECTED, True, "open_sdg/1", "deaths", "why",
    Period.parse("2023"), 76657.0, Period.parse("2022"), -411.0, 82000.0, Period.parse("2010"), 52300.5, 0.26, -3.4,
    -8.5, 73912.0, 41000.0, 2030, "41,000 by 2030 (official)", ("survey",), POINTS,
)  # fmt: skip
CELL = Cell("seed-001", "Table 3", "Total", "2023", "76 657")
EVIL = "=?utf-8?q?x=0ABcc:_evil@example.net?=\r\nBcc: evil@example.net\x00\u2028\x0b<script>alert(1)</script>"


def alert(mark="0123456789ab", state=AlertState.FIRING, severity=Severity.WARNING, subject=str(SERIES), message="m"):
    return Alert(mark, "off-track", subject, severity, state, Cause.REVISION, NOW, message)


def notice(**changes):
    finding = Finding("f1", "sum", Severity.WARNING, "survey", SERIES, None, (CELL,), "1", "2", "Parts make 76,600.")
    earlier = Earlier(NOW, "first_notification", "2022", 77068.0)
    plain = Announcement(
        alert(), "first_notification", "off_track", "transport", NAMING, ASSESSMENT,
        (Origin("survey", {"en": "Survey"}, "Institute", "Report 7", "", CELL),), (finding,), (earlier,),
    )  # fmt: skip
    return replace(plain, **changes)


def post(*notices, language="en", content=None, **reader):
    who = Reader("ada", "Ada", language, "Asia/Kathmandu", "ada@example.org")
    said = content or Content("news", NOW)
    return Post(1, "abc@example.org", "email", NOW, replace(who, **reader), said, notices, ("before@example.org",))


def standing(status=Status.SLOW):
    return Standing(NAMING, replace(ASSESSMENT, status=status), 11, 3)


EVERYTHING = {
    "one alert": post(notice()),
    "resolved": post(notice(alert=alert(state=AlertState.RESOLVED), news="resolved")),
    "a reminder, acknowledged": post(notice(news="reminder", acknowledged="bob: on it since 17 May")),
    "about a source": post(notice(naming=None, assessment=None, condition="source_failing", sector="")),
    "many": post(*(notice(alert=alert(f"{n:012d}", subject=f"x{n}")) for n in range(20))),
    "still firing": post(notice(), content=Content("news", NOW, still=(notice(earlier=()),), not_shown=7)),
    "an introduction": post(content=Content("introduction", NOW, (standing(), standing(Status.ACHIEVED)))),
    "counted by verdict": post(
        content=Content("introduction", NOW, (replace(standing(), verdicts=((Status.SLOW, 9), (Status.NO_DATA, 2))),))
    ),
    "undelivered": post(
        content=Content("undelivered", NOW, undelivered=(Undelivered(41, "bob", "email", "550 no", NOW),))
    ),
    "a test": post(content=Content("test", NOW)),
}


class Visible(HTMLParser):
    """The text of a page that people see."""

    def __init__(self, html):
        super().__init__()
        self.hidden, self.text = 0, []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("head", "style", "script")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("head", "style", "script")

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def numbers(text):
    return sorted(re.findall(r"\d[\d.,:\u00a0\u202f/-]*\d|\d", text))


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("name", EVERYTHING)
def test_text_and_html_say_the_same_numbers(name, language):
    one = EVERYTHING[name]
    pair = twins(replace(one, reader=replace(one.reader, language=language)), "ops@example.org")
    assert numbers(pair.text) == numbers(" ".join(Visible(pair.html).text))


@pytest.mark.parametrize("language, value", [("en", "76,657"), ("ru", "76\u00a0657"), ("zh", "76,657")])
def test_numbers_are_written_as_the_reader_writes_them(language, value):
    assert value in twins(post(notice(), language=language), "").text


def test_times_are_in_the_readers_zone_with_utc_beside():
    assert "22 Nov 2026, 14:50 (UTC+5:45; 09:05 UTC)" in twins(post(notice()), "").text


def test_an_official_target_cannot_be_mistaken_for_a_working_one():
    official = twins(post(notice()), "").text
    working = twins(post(notice(assessment=replace(ASSESSMENT, official=False))), "").text
    assert "[OFFICIAL TARGET]" in official and "WORKING" not in official
    assert "[WORKING PATH, NOT OFFICIAL]" in working and "OFFICIAL TARGET]" not in working
    assert "Behind our working path (too slow)" in working and "no commitment of the CAREC Program" in working


def test_an_alert_can_be_acknowledged_by_mail():
    pair = twins(post(notice()), "ops@example.org")
    assert 'write to ops@example.org with the subject "ack 0123456789ab"' in pair.text
    assert 'href="mailto:ops@example.org?subject=ack%200123456789ab&amp;body=' in pair.html


def headers_of(made):
    return email.message_from_bytes(made.body, policy=email.policy.compat32)


def test_a_mail_has_exactly_the_headers_that_we_write():
    mail = headers_of(render(post(notice()), "mail", ENVELOPE))
    assert sorted(mail.keys()) == [
        "Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "In-Reply-To", "List-Unsubscribe",
        "MIME-Version", "Message-ID", "Precedence", "References", "Reply-To", "Subject", "To",
        "X-Auto-Response-Suppress",
    ]  # fmt: skip
    assert mail["Message-ID"] == "<abc@example.org>" and mail["Auto-Submitted"] == "auto-generated"
    assert mail["References"].split() == ["<alert.0123456789ab@example.org>", "<before@example.org>"]
    assert mail["List-Unsubscribe"] == "<mailto:ops@example.org?subject=unsubscribe%20ada>"


def test_nothing_from_a_source_can_add_a_header():
    """An encoded word with a line feed becomes a real Bcc in the modern EmailMessage of this Python."""
    from email.message import EmailMessage

    naive = EmailMessage()
    try:
        naive["Subject"] = "=?utf-8?q?x=0ABcc:_evil@example.net?="
        attacked = b"\nBcc:" in bytes(naive)
    except ValueError:
        attacked = False
    evil = replace(NAMING, title={"en": EVIL}, labels=({"en": EVIL},))
    made = render(post(notice(naming=evil), full_name=EVIL), "mail", ENVELOPE)
    mail = headers_of(made)
    assert mail["Bcc"] is None and b"\nBcc:" not in made.body.partition(b"\r\n\r\n")[0], attacked
    assert "Bcc" not in [name for part in mail.walk() for name in part.keys()]  # noqa: SIM118
    assert email.message_from_bytes(made.body, policy=email.policy.default)["Bcc"] is None


def test_nothing_from_a_source_becomes_markup():
    evil = replace(CELL, raw='"><script>alert(1)</script><img src="https://evil.example.net/x.png">')
    bad = notice(
        naming=replace(NAMING, title={"en": EVIL}),
        origins=(Origin("s", {"en": "<b>x</b>"}, "<i>", "<u>", "", evil),),
        alert=alert(message="</td><style>*{display:none}</style>"),
        condition="contradiction",
    )
    html = twins(post(bad, full_name="<h1>ada</h1>"), "ops@example.org").html
    assert not re.search(r"<(script|style|b|i|u|img)\b", html)
    assert html.count("<h1") == 1


@pytest.mark.parametrize("text", ["a\r\nBcc: x", "a\x00b", "a\u2028b", "a\u202eb", "=?utf-8?q?x?=", "a" * 400])
def test_a_cleaned_header_is_one_short_printable_line(text):
    cleaned = headers.clean(text)
    assert cleaned.isprintable() and len(cleaned) <= 150 and "=?" not in cleaned and "?=" not in cleaned


@pytest.mark.parametrize("address", ["a@b\r\nBcc: c@d.e", "a b@example.org", "<a@example.org>", "a@localhost", ""])
def test_what_is_no_plain_address_is_refused(address):
    with pytest.raises(DeliveryError, match="is not an e-mail address"):
        render(post(notice(), address=address), "mail", ENVELOPE)


def test_a_header_of_several_lines_is_refused():
    with pytest.raises(DeliveryError, match="several headers"):
        headers.write(email.message.Message(), {"Subject": "a\nBcc: b@example.org"})


def test_the_html_needs_no_picture_from_elsewhere_and_no_style_sheet():
    html = twins(post(notice()), "ops@example.org", picture="cid:chart").html
    assert re.findall(r'src="([^"]*)"', html) == ["cid:chart"]
    assert "<style" not in html and "<link" not in html and "http" not in re.sub(r'xmlns="[^"]*"', "", html)


def test_a_mail_carries_its_chart_inside():
    mail = headers_of(render(post(notice()), "mail", ENVELOPE))
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<chart>" and picture["Content-Disposition"].startswith("inline")
    assert picture.get_payload(decode=True).startswith(b"\x89PNG")


def test_inside_the_picture_are_no_words():
    for language in ("en", "ru", "zh"):
        drawn = figure(Language(language), post(notice(), language=language))
        assert json.dumps(drawn.spec, ensure_ascii=False).isascii()
        assert "title" not in {key for key, value in drawn.spec.items() if value}
    assert png(drawn.spec).startswith(b"\x89PNG")


def test_a_chart_that_cannot_be_drawn_costs_only_the_picture(monkeypatch):
    monkeypatch.setattr("carecmon.tell.chart.png", lambda spec: 1 / 0)
    pair = twins(post(notice()), "", picture="cid:chart")
    assert pair.picture is None and "cid:chart" not in pair.html and "76,657" in pair.html


def test_a_rendered_message_is_the_same_every_time():
    one = post(notice())
    assert render(one, "mail", ENVELOPE) == render(one, "mail", ENVELOPE)


def test_a_template_of_your_own_comes_first(tmp_path):
    (tmp_path / "letter.txt").write_text("Only {{ letter.subject }}\n")
    pair = twins(post(notice()), "", tmp_path)
    assert pair.text.startswith("Only [CAREC] warning") and "<h1" in pair.html


def test_what_is_stored_is_read_back_as_it_was():
    for one in (notice(), notice(naming=None, assessment=None)):
        assert codec.load(Announcement, codec.dump(one)) == one
    content = EVERYTHING["counted by verdict"].content
    assert codec.load(Content, codec.dump(content)) == content


def test_chat_programs_get_one_json_object():
    found = json.loads(render(post(notice()), "json", ENVELOPE).body)
    assert found["text"].startswith("What changed") and found["alerts"][0]["official"] is True


def text_of(one):
    return twins(one, "").text


def test_a_heading_says_how_many_there_are_where_not_all_are_shown():
    firing = [notice(alert=alert(f"{n:012d}", subject=f"x{n}"), news="introduction") for n in range(12)]
    said = text_of(post(*firing, content=Content("introduction", NOW, (standing(),), not_shown=264)))
    assert "Alerts that fire now (12 of 276)" in said
    still = text_of(post(notice(), content=Content("news", NOW, still=(notice(),) * 20, not_shown=256)))
    assert "Still firing (20 of 276)" in still and "276 fire as before" in still


def test_the_sector_with_the_loudest_alert_stands_first():
    quiet = notice(alert=alert("1" * 12, severity=Severity.INFO, subject="a"), news="introduction")
    loud = notice(alert=alert("2" * 12, subject="z"), sector="energy", news="introduction")
    said = text_of(post(*[quiet] * 3, loud, content=Content("introduction", NOW)))
    assert said.index("Energy\n") < said.index("Transport\n")


def test_an_indicator_is_counted_by_the_verdict_of_all_that_stands_for_it_and_that_is_said():
    one = replace(standing(Status.NO_TARGET), together=Status.REVERSING)
    made = twins(post(content=Content("introduction", NOW, (one, standing(Status.ON_TRACK)))), "")
    assert "1 moving away" in made.text and "1 on track" in made.text and "not judged" not in made.text
    assert "counted as behind when any series that stands for it is behind" in made.text
    assert made.letter.subject == "[CAREC] Where 1 indicator stands; 1 behind"


def test_the_years_of_a_chart_are_labelled_to_the_end_of_what_is_drawn():
    one = replace(ASSESSMENT, target=None, target_year=None, projected=41000.0)
    drawn = figure(Language("en", "UTC"), post(notice(assessment=one))).spec
    assert drawn["encoding"]["x"]["axis"]["values"][-1] == 2030.5
