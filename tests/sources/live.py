"""What tests of live sources do alike: one source is asked, at a server of ours, by a real process, into a store."""

import json
import sqlite3
from contextlib import closing


def watch(workspace, indicator, source, server, more=""):
    """Watch one indicator and ask one live source, so that a run does little else."""
    workspace.config.write_text(
        f'[indicators."{indicator}"]\nprefer = ["{source}"]\n[sources."{source}"]\nenabled = true\n'
        f'base_url = "{server.url}"\nallow_private_hosts = ["127.0.0.1"]\nrate = 0\n{more}',
        "utf-8",
    )


def check(workspace):
    done = workspace.run("check", "--format", "json")
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr}"
    return json.loads(done.stdout), done.stderr


def history(workspace, series):
    done = workspace.run("history", series, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def releases(workspace, source):
    if not workspace.database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{workspace.database}?mode=ro", uri=True)) as db:
        if not db.execute("select 1 from sqlite_master where name = 'source'").fetchone():
            return 0
        sql = "select count(*) from release join source on source.id = release.source where source.name = ?"
        return db.execute(sql, [source]).fetchone()[0]
