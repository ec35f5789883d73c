"""What the last check found of a plugin, that it hangs or that it is sound, commands that read need not find again."""

import time

HANGS = "import time\ntime.sleep(60)\n"


def seconds(place, *words):
    began = time.monotonic()
    done = place.run(*words)
    return time.monotonic() - began, done


def test_a_plugin_that_hung_in_the_last_check_is_tried_again_by_the_next_and_when_its_code_changes(bare):
    bare.plugin("speed")
    (bare.folder / "my-plugins" / "sleepy.py").write_text(HANGS, "utf-8")
    slow, done = seconds(bare, "check", "--offline")
    assert slow > 10 and "plugin sleepy is broken" in done.stderr
    for words in (["status"], ["history", "speed"], ["indicators"]):
        quick, done = seconds(bare, *words)
        assert done.returncode == 0 and quick < 8, (words, quick)
    missing = bare.run("show", "sleepy.thing").stderr
    assert "took longer than 10 s" in missing and "carecmon check" in missing
    slow, done = seconds(bare, "doctor")
    assert slow > 10 and "took longer than 10 s" in done.stdout
    (bare.folder / "my-plugins" / "sleepy.py").write_text("VALUE = 1\n", "utf-8")
    assert "took longer" not in bare.run("show", "sleepy.thing").stderr, "its code has changed"


def test_a_plugin_that_was_sound_in_the_last_check_is_imported_once_by_who_reads_until_its_code_changes(bare):
    counted = "open(__file__ + '.log', 'a').write('imported\\n')\n"
    bare.plugin("speed")
    plugin = bare.folder / "my-plugins" / "speed.py"
    log = bare.folder / "my-plugins" / "speed.py.log"
    plugin.write_text(f"{counted}{plugin.read_text('utf-8')}", "utf-8")
    bare.check()

    def imports(*words):
        log.unlink()
        assert bare.run(*words).returncode == 0
        return log.read_text().count("imported")

    assert imports("status") == 1
    plugin.write_text(f"{plugin.read_text('utf-8')}\n# changed\n", "utf-8")
    assert imports("status") == 2, "it is tried where it cannot take us down, then imported"
