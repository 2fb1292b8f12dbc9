"""What the log says of what was done when the process died before it answered."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any


def killed_after(act: str, home: Path, template: Path, path: str, body: dict[str, Any]) -> sqlite3.Cursor:
    """What stands in the database of a server that died in a request, when it had done *act*."""
    shutil.copyfile(template, home / "ringline.db")
    script = Path(__file__).with_name("killed_server.py")
    done = subprocess.run(
        [sys.executable, script, home, path, json.dumps(body), act], timeout=60, check=False, capture_output=True
    )
    assert done.returncode == 9, done.stdout + done.stderr
    return sqlite3.connect(home / "ringline.db").cursor()


def test_what_was_done_is_in_the_log_though_the_process_died_before_it_said_so(
    tmp_path: Path, sqlite_template: Path
) -> None:
    body = {"name": "ann", "role": "viewer"}
    rows = killed_after("access.users.add", tmp_path, sqlite_template, "/api/v1/users", body)

    assert rows.execute("SELECT count(*) FROM users WHERE name = 'ann'").fetchone() == (1,)
    assert rows.execute("SELECT who, action, outcome FROM audit").fetchall() == [("server token", "add_user", "begun")]


def test_a_message_is_taken_together_with_its_entry(tmp_path: Path, sqlite_template: Path) -> None:
    body = {"to": "+14155550123", "from": "+15550001111", "message": "hello"}
    rows = killed_after("messages.send", tmp_path, sqlite_template, "/api/v1/messages", body)

    [(message,)] = rows.execute("SELECT id FROM messages").fetchall()
    assert rows.execute("SELECT action, subject, outcome FROM audit").fetchall() == [("send_message", message, "done")]
