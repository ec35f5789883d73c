"""What waits is told as it stands when it is sent, goes in its order, and waits no longer than the settings say."""


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\xa0", " ")


def daily(scene, behind):
    """Introduce ada while all is well; then let trains fall behind, which waits for tomorrow's digest."""
    scene.person("ada", send='"daily"', hour='"09:00"')
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: behind})
    scene.check(1)


def test_a_digest_tells_the_value_as_it_was_revised_while_the_digest_waited(scene, server):
    daily(scene, 18)
    scene.publish("2026", trains={2015: 20, 2022: 35, 2023: 2})
    scene.check(1)
    scene.check(24)
    _, digest = server.inbox.of("ada@example.org")
    assert "2.0 km/h in 2023" in digest["Subject"].replace("\xa0", " ")
    assert "2.0 km/h in 2023" in text_of(digest) and "18.0" not in text_of(digest)
    assert "2026 / Table 1" not in text_of(digest) and "Table 1 / row 3 / value; printed “2”" in text_of(digest)
    renewed = [why for what, why in scene.log(person="ada") if what == "renewed"]
    assert renewed == ["18 in 2023 became 2 in 2023 while the message waits"]


def test_what_was_told_is_remembered_with_the_value_that_the_message_said(scene, server):
    daily(scene, 18)
    scene.publish("2026", trains={2015: 20, 2022: 35, 2023: 2})
    scene.check(1)
    scene.check(24)
    scene.publish("2027", trains={2015: 20, 2022: 35, 2023: 36})
    scene.check(24)
    scene.check(24)
    assert "first message, 2.0 km/h in 2023" in text_of(server.inbox.of("ada@example.org")[-1])


def test_a_message_that_was_tried_stays_as_it_is(scene, server):
    daily(scene, 18)
    server.stop()
    scene.check(24)
    scene.publish("2026", trains={2015: 20, 2022: 35, 2023: 2})
    scene.check(1)
    server.start()
    scene.check(24)
    assert "18.0 km/h in 2023" in text_of(server.inbox.of("ada@example.org")[1])


def test_an_introduction_that_waits_tells_where_the_indicators_stand_when_it_leaves(scene, server):
    scene.person("ada", quiet_hours='"08:00-20:00"')
    scene.publish("2024", trains={2015: 20, 2023: 18})
    scene.check()
    scene.publish("2025", trains={2015: 20, 2023: 2})
    scene.check(1)
    scene.check(10)
    (mail,) = server.inbox.of("ada@example.org")
    assert "2.0 km/h in 2023" in text_of(mail) and "18.0" not in text_of(mail)


def test_a_hold_ends_when_the_settings_no_longer_ask_for_it(scene, server):
    scene.person("ada", quiet_hours='"08:00-20:00"', severities='["critical"]')
    scene.publish("2024", trains={2015: 20, 2023: 18})
    scene.check()
    assert server.inbox.of("ada@example.org") == []
    scene.people = ""
    scene.person("ada")
    scene.check(1)
    subjects = [mail["Subject"].replace("\xa0", " ") for mail in server.inbox.of("ada@example.org")]
    assert subjects[0] == "[CAREC] Where 1 indicator stands; 1 behind"
    assert ("rescheduled", "due 2026-11-22 13:00 UTC, was 2026-11-22 20:00 UTC: the settings changed") in scene.log()


def test_a_digest_goes_at_once_to_who_asks_for_no_digest_any_more(scene, server):
    daily(scene, 18)
    scene.people = ""
    scene.person("ada")
    scene.check(1)
    assert len(server.inbox.of("ada@example.org")) == 2


def test_news_that_pierces_quiet_hours_never_overtakes_the_introduction(scene, server):
    scene.person("ada", quiet_hours='"08:00-20:00"', severities='["warning", "critical"]')
    scene.publish("2024", trains={2015: 20, 2023: 18})
    scene.check()
    scene.more = '[[rules]]\nid = "slow"\ncondition = "below"\nvalue = 10\nseverity = "critical"\n'
    scene.publish("2025", trains={2015: 20, 2023: 2})
    scene.check(1)
    first, second = (mail["Subject"].replace("\xa0", " ") for mail in server.inbox.of("ada@example.org"))
    assert first.startswith("[CAREC] Where 1 indicator stands") and "critical" in second


def test_what_waits_for_a_later_message_does_not_fire_as_before_in_an_earlier_one(scene, server):
    scene.indicators = ("trains", "trucks")
    scene.more = '[[rules]]\nid = "low"\ncondition = "below"\nvalue = 30\nopt_in = true\nseverity = "info"\n'
    scene.person("ada", opt_in='["low"]')
    scene.publish("2024", trains={2015: 20, 2022: 35}, trucks={2015: 20, 2022: 35})
    scene.check()
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: 22}, trucks={2015: 20, 2022: 35})
    scene.check(1)
    scene.publish("2026", trains={2015: 20, 2022: 35, 2023: 22}, trucks={2015: 20, 2022: 35, 2023: 22})
    scene.check(1)
    texts = [text_of(mail) for mail in server.inbox.of("ada@example.org")]
    assert len(texts) == 3, "the introduction, and a message at once for each that fell behind"
    assert "1 fires as before" in texts[2] and "below 30" not in texts[2]
