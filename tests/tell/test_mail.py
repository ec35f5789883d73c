"""What coordinators receive from a real mail server, told as stories; the clock is ours."""

from datetime import timedelta

import pytest


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def test_the_first_assessment_introduces_and_raises_no_alarm(scene, server):
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    (mail,) = server.inbox.of("ada@example.org")
    assert mail["Subject"] == "[CAREC] Where 1 indicator stands; 1 behind"
    assert "Alerts that fire now (1)" in text_of(mail)


def test_nothing_new_means_no_mail(introduced, server):
    before = len(server.inbox.mails)
    introduced.check(24)
    introduced.check(24)
    assert len(server.inbox.mails) == before == 2


def test_a_series_that_leaves_its_path_is_told_with_value_target_cause_and_cell(introduced, server):
    mail = server.inbox.of("ada@example.org")[-1]
    assert "warning" in mail["Subject"] and "21.0 km/h in 2023" in mail["Subject"].replace("\xa0", " ")
    text = text_of(mail).replace("\xa0", " ")
    for said in (
        "Target: 40.0 km/h by 2030 [OFFICIAL TARGET]",
        "Cause: a figure for a new period was published",
        "Table 1 / row 3 / value; printed “21”",
        "Told before: nothing yet",
        "Since: 23 Nov 2026, 12:00 UTC",
    ):
        assert said in text


def test_a_revision_that_takes_it_back_says_so_and_threads(introduced, server):
    introduced.publish("2026", trains={2015: 20, 2022: 35, 2023: 36})
    introduced.check(24)
    _, fired, resolved = server.inbox.of("ada@example.org")
    text = text_of(resolved)
    assert "Resolved (1)" in text and "Cause: an earlier figure was revised" in text
    assert "23 Nov 2026: first message, 21.0\xa0km/h in 2023" in text
    assert fired["Message-ID"] in resolved["References"]
    introduced.check(24)
    assert len(server.inbox.mails) == 3


REVISED = """
[[rules]]
id = "restated"
condition = "revised"
value = 2
severity = "warning"
"""


def revised(scene, *firsts, hours=24):
    """Publish one edition after the other, each with another figure for 2022, and run after each."""
    for first in firsts:
        scene.publish(str(2030 + len(list((scene.folder / "editions").iterdir()))), trains={2015: 20, 2022: first})
        scene.check(hours)


def test_a_second_revision_in_a_row_is_told_like_the_first_and_that_there_is_no_third_is_not(scene, server):
    scene.person("ada")
    scene.more = REVISED
    revised(scene, 35, 36, 37)
    scene.check(24)
    revised(scene, 38)
    scene.check(24)
    _, *told = server.inbox.of("ada@example.org")
    said = [text_of(mail).replace("\xa0", " ") for mail in told]
    steps = ("from 35.0 km/h to 36.0 km/h", "from 36.0 km/h to 37.0 km/h", "from 37.0 km/h to 38.0 km/h")
    assert len(said) == 3, [mail["Subject"] for mail in told]
    assert all(step in text for step, text in zip(steps, said, strict=True))
    assert all("Cause: an earlier figure was revised" in text for text in said)
    assert ("skip", "event_is_over") in scene.log(person="ada")


def test_a_digest_tells_every_revision_that_it_waited_with(scene, server):
    scene.person("ada", send='"daily"', hour='"09:00"')
    scene.more = REVISED
    revised(scene, 35)
    revised(scene, 36, 37, hours=1)
    assert len(server.inbox.of("ada@example.org")) == 1, "the introduction"
    scene.check(24)
    _, digest = server.inbox.of("ada@example.org")
    text = text_of(digest).replace("\xa0", " ")
    assert "New (2)" in text and "from 35.0 km/h to 36.0 km/h" in text and "from 36.0 km/h to 37.0 km/h" in text


def test_resolved_goes_to_exactly_those_who_heard_that_it_fired(introduced, server):
    introduced.person("bob", severities='["critical"]')
    introduced.check(24)
    introduced.publish("2026", trains={2015: 20, 2022: 35, 2023: 36})
    introduced.check(24)
    assert len(server.inbox.of("ada@example.org")) == 3
    (only,) = server.inbox.of("bob@example.org")
    assert "Where 1 indicator stands" in only["Subject"]


def test_a_new_indicator_introduces_itself_to_those_who_answer_for_it(introduced, server):
    introduced.person("eve", sectors='["energy"]')
    introduced.indicators = ("trains", "wires")
    introduced.publish("2024", trains={2015: 20, 2022: 35}, wires={2015: 20, 2023: 21})
    introduced.check(24)
    assert [mail["Subject"] for mail in server.inbox.of("eve@example.org")] == [
        "[CAREC] Where 1 indicator stands; 1 behind"
    ]
    assert "Where 1 indicator stands" in server.inbox.of("ada@example.org")[-1]["Subject"]


def test_two_alerts_of_one_run_are_one_mail(scene, server):
    scene.indicators = ("trains", "trucks")
    scene.person("ada")
    good = {2015: 20, 2022: 35}
    scene.publish("2024", trains=good, trucks=good)
    scene.check()
    scene.publish("2025", trains={**good, 2023: 21}, trucks={**good, 2023: 22})
    scene.check(24)
    _, news = server.inbox.of("ada@example.org")
    assert news["Subject"].startswith("[CAREC] 2 new alerts – ")
    assert "New (2)" in text_of(news)


def test_a_digest_waits_for_its_day_and_hour_in_the_readers_zone(scene, server):
    scene.person("ada", send='"weekly"', day='"monday"', hour='"09:00"', time_zone='"Asia/Tashkent"')
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    assert len(server.inbox.mails) == 1, "the introduction does not wait"
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: 21})
    scene.check(1)
    assert scene.states()[-1] == ("ada", "waiting")
    scene.now = scene.now.replace(day=23, hour=3, minute=59)
    scene.send()
    assert len(server.inbox.mails) == 1
    scene.now += timedelta(minutes=1)
    scene.send()
    assert len(server.inbox.mails) == 2


def test_a_digest_tells_what_came_and_went_in_one_mail(scene, server):
    scene.person("ada", send='"weekly"')
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    scene.now += timedelta(days=1)
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: 21})
    scene.check(1)
    scene.publish("2026", trains={2015: 20, 2022: 35, 2023: 36})
    scene.check(24)
    scene.send(24 * 7)
    _, digest = server.inbox.of("ada@example.org")
    text = text_of(digest)
    assert "Resolved (1)" in text and "came and went while this message waited" in text and "New (" not in text


def test_quiet_hours_hold_and_never_drop(scene, server):
    scene.person("ada", quiet_hours='"20:00-07:00"', time_zone='"UTC"')
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: 21})
    scene.check(11)
    assert len(server.inbox.mails) == 1
    scene.send(7)
    assert len(server.inbox.mails) == 1, "six in the morning is still quiet"
    scene.send(1)
    assert len(server.inbox.mails) == 2


def test_a_removed_person_gets_nothing_more_and_the_log_says_so(scene, server):
    scene.person("ada")
    server.stop()
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    scene.people = ""
    scene.person("bob")
    server.start()
    scene.check(24)
    assert server.inbox.of("ada@example.org") == []
    assert ("dropped", "the person was removed from indicators.toml") in scene.log(person="ada")


def test_offline_nothing_leaves_and_nothing_is_lost(scene, server):
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check(offline=True)
    assert server.inbox.mails == [] and scene.states() == [("ada", "queued")]
    scene.check(24)
    assert len(server.inbox.mails) == 1


def test_without_a_mail_server_it_is_said_once_and_nothing_is_queued(scene, server):
    scene.person("ada")
    scene.person("bob")
    scene.smtp = ""
    scene.publish("2024", trains={2015: 20, 2023: 21})
    (said,) = scene.check()
    assert "no [smtp]" in said and "ada, bob" in said
    assert scene.states() == []


def test_reminders_come_at_the_chosen_interval(scene, server):
    scene.person("ada", remind_after='"7 days"')
    scene.publish("2024", trains={2015: 20, 2023: 21})
    for _ in range(15):
        scene.check(24)
    subjects = [mail["Subject"] for mail in server.inbox.of("ada@example.org")]
    assert len(subjects) == 3 and all("reminder" in one for one in subjects[1:])


def test_the_log_says_why_not(scene, server):
    scene.person("ada", severities='["critical"]')
    scene.person("eve", sectors='["energy"]')
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    assert ("skip", "severity") in scene.log(person="ada")
    assert ("skip", "sector") in scene.log(person="eve")
    before = len(scene.log())
    scene.check(24)
    assert len(scene.log()) == before, "what did not change is not said again"


@pytest.mark.parametrize("language, words", [("ru", "ОФИЦИАЛЬНАЯ ЦЕЛЬ"), ("zh", "官方目标")])
def test_each_reader_gets_their_own_language(scene, server, language, words):
    scene.person("ada", language=f'"{language}"', name='"Ада"')
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    (mail,) = server.inbox.of("ada@example.org")
    assert words in text_of(mail) and words in mail.get_body(("html",)).get_content()
    assert mail["To"].addresses[0].display_name == "Ада"


def test_resolved_is_not_sent_to_who_never_got_the_message_that_it_fires(scene, server):
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    server.inbox.refuse["ada@example.org"] = "550 mailbox closed"
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: 21})
    scene.check(24)
    scene.check(24)
    assert scene.states() == [("ada", "sent"), ("ada", "dead")], "a dead letter is not said anew by every run"
    server.inbox.refuse.clear()
    scene.publish("2026", trains={2015: 20, 2022: 35, 2023: 36})
    scene.check(24)
    assert len(server.inbox.mails) == 1


def test_a_message_is_rendered_once_whatever_changes_before_it_leaves(scene, server):
    scene.person("ada")
    server.stop()
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    (before,) = scene.outbox(lambda box: box.deliveries())
    scene.people = ""
    scene.person("ada", language='"ru"')
    server.start()
    scene.send(1)
    (mail,) = server.inbox.mails
    assert mail[1].rstrip() == before.body.rstrip()


def test_who_was_removed_before_the_message_left_is_introduced_on_returning(scene, server):
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check(send=False)
    scene.people = ""
    scene.check(24)
    scene.person("ada")
    scene.check(24)
    assert scene.states() == [("ada", "dropped"), ("ada", "sent")]
    assert "Alerts that fire now (1)" in text_of(server.inbox.of("ada@example.org")[0])
