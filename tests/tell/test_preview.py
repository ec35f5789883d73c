"""carecmon notify: what people would get, written to files; the log; dead letters. As people type it."""

import email
import email.policy
import json
import os
import subprocess
import sys
from datetime import timedelta


def test_where_nobody_is_configured_three_people_get_samples_in_their_languages(previews):
    names = sorted(path.name for path in previews.iterdir())
    assert names == [
        f"sample-{language}-{number}.{form}"
        for language in ("en", "ru", "zh")
        for number in ("1-introduction", "2-news")
        for form in ("eml", "html")
    ]
    marks = {"en": "SAMPLE", "ru": "ОБРАЗЕЦ", "zh": "样例"}
    for language, mark in marks.items():
        assert mark in (previews / f"sample-{language}-2-news.html").read_text("utf-8")


def test_each_sample_has_a_chart(previews):
    for path in previews.glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert [part.get_content_type() for part in mail.walk()].count("image/png") == 1, path.name
    for path in previews.glob("*.html"):
        assert 'src="data:image/png;base64,iVBOR' in path.read_text("utf-8"), path.name


def test_the_sample_shows_a_state_and_a_number_with_value_target_gap_cause_and_cell(previews):
    mail = email.message_from_bytes((previews / "sample-en-2-news.eml").read_bytes(), policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content().replace("\xa0", " ")
    for label in ("Value:", "Target:", "Cause:", "Since:", "Source:", "printed “", "Told before:"):
        assert text.count(label) == 2, label
    assert "Value: Partially operational in 2020" in text and "[OFFICIAL TARGET]" in text
    assert text.count("Gap to the path: behind by") == 1 and "[WORKING PATH, NOT OFFICIAL]" in text
    assert "Gap to the path: 50 % of the steps in 54 % of the time" in text, "why a state on its whole step is late"


def test_the_chart_of_a_state_shows_how_long_it_has_stood_without_a_newer_one(previews):
    assert "no newer state published" in (previews / "sample-en-2-news.html").read_text("utf-8")


def test_a_preview_writes_nothing_into_the_store(checked, previews):
    assert checked.count("delivery") == checked.count("introduced") == 0


def test_an_unknown_person_is_an_error_that_names_the_others(checked):
    done = checked.run("notify", "preview", "--person", "sample-fr")
    assert done.returncode == 2 and "sample-en" in done.stderr


def test_a_person_without_mail_or_a_mail_server_is_previewed_too(scene):
    from carecmon.store import Store
    from carecmon.telling.previews import previews

    scene.person("ops", ops="true")
    scene.people += '\n[people.bob]\nchannels = ["console"]\n'
    scene.smtp = ""
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check(send=False)
    with Store.open_readonly(scene.database) as store:
        judged, found = store.assessments(["trains"]), [one.finding for one in store.findings()]
        made = previews(scene.settings, scene.plugins, store, scene.now, assessments=judged, findings=found)
        assert [one.name for one in made] == ["ops-1-introduction", "ops-2-news", "bob-1-introduction"]


def test_before_the_first_check_there_is_nothing_to_preview(workspace):
    done = workspace.run("notify", "preview")
    assert done.returncode == 0 and "no check has run yet" in done.stderr


def test_the_log_and_the_test_of_a_person(scene, server):
    scene.person("ada")
    scene.person("bob", channels='["console"]')
    scene.publish("2024", trains={2015: 20, 2023: 21})
    server.inbox.refuse["ada@example.org"] = "550 no such user"
    scene.check()

    def carecmon(*words):
        environment = {**os.environ, "CARECMON_TESTING": "1", "CARECMON_NOW": scene.now.isoformat()}
        command = [sys.executable, "-m", "carecmon", "notify", *words]
        return subprocess.run(command, cwd=scene.folder, env=environment, capture_output=True, text=True, timeout=60)

    rows = json.loads(carecmon("log", "--person", "ada", "--format", "json").stdout)
    assert [(row["what"], row["why"].rpartition(": ")[2]) for row in rows] == [
        ("tell", "introduction"),
        ("dead", "550 no such user"),
    ]
    assert "introduction" in carecmon("log", "--alert", rows[0]["alert"][:6]).stdout
    failed = carecmon("test", "ada")
    assert failed.returncode == 4 and "550 no such user" in failed.stderr
    server.inbox.refuse.clear()
    scene.now += timedelta(minutes=1)
    assert carecmon("test", "ada").stdout == "email: accepted\n"
    unknown = carecmon("test", "bod")
    assert unknown.returncode == 2 and "did you mean bob? (there are: ada, bob)" in unknown.stderr
    assert "(there are: ada, bob)" in carecmon("log", "--person", "nobody").stderr
    assert carecmon("retry").stdout.startswith("1 queued again")
    flushed = carecmon("flush")
    assert flushed.returncode == 0 and flushed.stdout == "1 sent, 0 queued, 0 waiting, 0 dead\n"
    assert [mail["Subject"] for mail in server.inbox.of("ada@example.org")] == [
        "[CAREC] A test message",
        "[CAREC] Where 1 indicator stands; 1 behind",
    ]
