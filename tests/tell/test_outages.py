"""Servers that are away or refuse, and messages that fail: nobody else waits, nothing is lost or repeated."""

from datetime import timedelta


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def test_a_server_that_is_down_for_three_runs_loses_nothing_and_repeats_nothing(scene, server):
    scene.person("ada")
    scene.person("bob")
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    server.stop()
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: 21})
    for _ in range(3):
        shouts = scene.check(24)
        assert any("cannot be used now" in shout for shout in shouts)
    queued = scene.outbox(lambda box: {one.message_id for one in box.deliveries() if one.state == "queued"})
    server.start()
    scene.check(24)
    scene.check(24)
    for person in ("ada@example.org", "bob@example.org"):
        assert len(server.inbox.of(person)) == 2
    assert {one.strip("<>") for who in ("ada", "bob") for one in server.inbox.ids(f"{who}@example.org")[1:]} == queued


def subjects(server, who="ada"):
    return [
        mail["Subject"].replace("\xa0", " ").partition("trains: ")[2] for mail in server.inbox.of(f"{who}@example.org")
    ]


def test_after_an_outage_messages_arrive_in_the_order_in_which_they_were_written(scene, server):
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    server.stop()
    for edition, value in (("2025", 21), ("2026", 36), ("2027", 22)):
        scene.publish(edition, trains={2015: 20, 2022: 35, 2023: value})
        scene.check(1)
    scene.check(1)  # once more in vain: now the oldest has failed most often
    server.start()
    scene.check(2)
    said = ["", "Moving away: 21.0 km/h in 2023", "On track: 36.0 km/h in 2023", "Moving away: 22.0 km/h in 2023"]
    assert [one.replace("No progress", "Moving away") for one in subjects(server)] == said


def refuse_a_message(scene, server):
    """Have a person who knows 35 km/h told of 21, and the server refuse that until later."""
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: 21})
    server.inbox.refuse["ada@example.org"] = "451 try later"
    scene.check(24)


def test_a_newer_message_waits_for_an_older_one_that_pauses_but_not_for_ever(scene, server):
    refuse_a_message(scene, server)
    server.inbox.refuse.clear()
    scene.publish("2026", trains={2015: 20, 2022: 35, 2023: 36})
    scene.now += timedelta(seconds=30)
    scene.check()
    assert len(subjects(server)) == 1, "the older one pauses for a minute"
    scene.send(1)
    assert ["21.0" in one or "36.0" in one for one in subjects(server)] == [False, True, True]
    assert "21.0" in subjects(server)[1]


def test_a_message_that_fails_again_and_again_no_longer_holds_up_those_behind_it(scene, server):
    refuse_a_message(scene, server)
    for _ in range(5):
        scene.send(6)
    server.inbox.refuse.clear()
    scene.publish("2026", trains={2015: 20, 2022: 35, 2023: 36})
    scene.check()
    assert "36.0" in subjects(server)[-1]


def test_one_refused_recipient_blocks_nobody_and_is_a_dead_letter(scene, server):
    scene.person("ada")
    scene.person("bob")
    server.inbox.refuse["ada@example.org"] = "550 no such user"
    scene.publish("2024", trains={2015: 20, 2023: 21})
    shouts = scene.check()
    assert scene.states() == [("ada", "dead"), ("bob", "sent")]
    assert "550 no such user" in shouts[0]
    assert ("dead", "the mail server refuses ada@example.org: 550 no such user") in scene.log(person="ada")


def test_a_greylisted_recipient_is_tried_again_with_growing_pauses(scene, server):
    scene.person("ada")
    server.inbox.refuse["ada@example.org"] = "451 try later"
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    pauses = []
    for _ in range(4):
        (kept,) = scene.outbox(lambda box: box.deliveries())
        pauses.append(kept.next_try - scene.now)
        scene.now = kept.next_try
        scene.send()
    assert pauses == [timedelta(minutes=one) for one in (1, 5, 30, 120)]
    server.inbox.refuse.clear()
    scene.send(6)
    assert scene.states() == [("ada", "sent")]


def test_a_message_is_given_up_after_days_and_many_attempts(scene, server):
    scene.person("ada")
    server.stop()
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    for _ in range(8):
        scene.send(24)
    assert scene.states() == [("ada", "dead")]


def test_a_refused_message_does_not_stop_those_behind_it(scene, server):
    scene.person("ada")
    scene.person("bob")
    server.inbox.refuse_data["ada@example.org"] = "554 looks like spam"
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    assert scene.states() == [("ada", "dead"), ("bob", "sent")]


def test_a_message_that_cannot_be_rendered_stops_nobody(scene, server):
    scene.person("ada")
    scene.person("bob")
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check(send=False)
    import sqlite3

    with sqlite3.connect(scene.database) as db:
        db.execute("update delivery set content = '{' where person = 'ada'")
    scene.send()
    assert scene.states() == [("ada", "queued"), ("bob", "sent")]
    assert any("cannot be rendered" in why for _, why in scene.log(person="ada"))


def test_retry_sends_the_same_message_again(scene, server):
    scene.person("ada")
    server.inbox.refuse["ada@example.org"] = "550 mailbox closed"
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    (dead,) = scene.outbox(lambda box: box.deliveries())
    server.inbox.refuse.clear()
    from carecmon.store import Store
    from carecmon.store.outbox import Outbox

    with Store.open(scene.database) as store, store.writing():
        assert Outbox(store).despatch.retry(dead.id, scene.now)
    scene.send(1)
    assert server.inbox.ids("ada@example.org") == [f"<{dead.message_id}>"]
    assert server.inbox.mails[0][1].rstrip() == dead.body.rstrip()


def test_ops_hear_of_dead_letters_of_others_once(scene, server):
    scene.person("ada")
    scene.person("ops", ops="true")
    server.inbox.refuse["ada@example.org"] = "550 no such user"
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    scene.check(24)
    scene.check(24)
    _, told = server.inbox.of("ops@example.org")
    assert told["Subject"] == "[CAREC] 1 message could not be delivered"
    assert "ada" in text_of(told) and "carecmon notify retry 1" in text_of(told)
