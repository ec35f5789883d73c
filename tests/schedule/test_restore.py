"""What docs/running.md says about backups, done as it says."""

import shutil


def test_a_restored_backup_says_what_the_store_said_when_it_was_made(post):
    post.plugin(schedule="every 1 week")
    assert post.run("run", "--due").returncode == 0
    said = post.run("history", "speed", "--format", "json").stdout
    made = post.run("db", "backup", "--keep", "2").stdout.strip()
    post.feed("speed", "2020=1 2021=9 2022=5")
    assert post.run("check").returncode == 0
    assert post.run("history", "speed", "--format", "json").stdout != said
    shutil.copy(made, post.database)
    for name in ("carecmon.db-wal", "carecmon.db-shm"):
        (post.database.parent / name).unlink(missing_ok=True)
    assert post.run("db", "verify").returncode == 0
    assert post.run("history", "speed", "--format", "json").stdout == said
    assert post.run("check").returncode == 0
    assert '"value": 9,' in post.run("history", "speed", "--format", "json").stdout


def test_a_moved_store_goes_on_where_it_was(post, tmp_path_factory):
    post.plugin(schedule="every 1 week")
    post.run("run", "--due")
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "carecmon"
    shutil.move(post.folder, elsewhere)
    post.folder = elsewhere
    assert post.run("db", "verify").returncode == 0
    done = post.run("run", "--due")
    assert (done.returncode, post.runs()) == (0, 1)
