from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Process, Say
from ringline import Ringline
from ringline.database.backup import back_up_file, check_file, dump_command, without_password
from ringline.errors import StoreError
from ringline.settings import Settings, load_settings


def test_status_says_how_the_tables_stand(json_of: Say, own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert json_of("db", "status")["state"] == "empty"
    assert not own_home.exists(), "looking makes nothing"
    assert json_of("db", "upgrade")["state"] == "current"
    assert json_of("db", "status")["revision"] == json_of("db", "status")["newest"]
    change_revision(own_home / "ringline.db", "0000")
    assert json_of("db", "status", code=1)["state"] == "behind"
    change_revision(own_home / "ringline.db", "9999")
    assert json_of("db", "status", code=1)["state"] == "newer"


def change_revision(path: Path, revision: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
    connection.close()


@pytest.mark.parametrize("command", [["db", "upgrade"], ["messages", "list"]])
def test_a_newer_database_is_not_touched(command: list[str], own_home: Path, json_of: Say) -> None:
    json_of("db", "upgrade")
    change_revision(own_home / "ringline.db", "9999")
    error = json_of(*command, code=4)["error"]
    assert "brought up to date by a newer Ringline (its tables are of revision 9999" in error["detail"]


def test_without_auto_upgrade_a_start_says_what_to_run(
    own_home: Path, json_of: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGLINE_AUTO_UPGRADE", "false")
    assert "Run `ringline db upgrade`" in json_of("messages", "list", code=4)["error"]["detail"]
    json_of("db", "upgrade")
    assert json_of("messages", "list") == []


def test_a_backup_beside_a_running_server_is_whole_and_private(
    start: Callable[..., Process], own_home: Path, json_of: Say
) -> None:
    server = start("serve", "--port", "0")
    server.wait_for("Stop with Ctrl-C")
    made = json_of("db", "backup")
    path = Path(made["path"])
    assert path.parent == own_home / "backups"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [other.name for other in path.parent.iterdir()] == [path.name], "no log and no draft is left beside it"
    found = json_of("db", "restore-check", str(path))
    assert found["whole"]
    assert found["tables"] == "current"
    assert found["undecided_messages"] == {}
    assert json_of("db", "backup", str(path), code=2)["error"]["fix"] == "Name another file, or add --overwrite."
    json_of("db", "backup", str(path), "--overwrite")


def test_a_copy_shows_one_moment_however_busy_the_database_is(tmp_path: Path) -> None:
    """Two tables that always hold the same number of rows do so in the copy, while somebody keeps writing."""
    source = tmp_path / "busy.db"
    with sqlite3.connect(source) as setup:
        setup.executescript("PRAGMA journal_mode = WAL; CREATE TABLE a(x); CREATE TABLE b(x);")
        setup.executemany("INSERT INTO a VALUES (?)", [["x" * 500]] * 20_000)
        setup.execute("INSERT INTO b SELECT x FROM a")
    setup.close()
    stop, writes = threading.Event(), 0

    def keep_writing() -> None:
        nonlocal writes
        connection = sqlite3.connect(source, isolation_level=None)
        while not stop.is_set():
            connection.executescript("BEGIN; INSERT INTO a VALUES (1); INSERT INTO b VALUES (1); COMMIT;")
            writes += 1
        connection.close()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    seen: list[int] = []
    made = back_up_file(source, tmp_path / "copy.db", progress=lambda done, total: seen.append(total))
    stop.set()
    writer.join()
    assert writes > 10
    assert len(set(seen)) == 1, "the copying never began anew"
    with sqlite3.connect(made.path) as copy:
        a, b = (copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in "ab")
    copy.close()
    assert a == b >= 20_000


def test_a_damaged_copy_is_found_out(tmp_path: Path, json_of: Say, own_home: Path) -> None:
    json_of("db", "upgrade")
    made = Path(json_of("db", "backup")["path"])
    content = bytearray(made.read_bytes())
    for page in range(5, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    made.write_bytes(content)
    with pytest.raises(StoreError, match=r"is damaged|cannot be read"):
        check_file(made)
    assert json_of("db", "restore-check", str(made), code=4)["error"]["type"] == "StoreError"


def test_a_failed_copy_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "kept.db"
    target.write_text("the last good one")
    (tmp_path / "broken.db").write_text("no database at all, but long enough to be looked at as one")
    with pytest.raises(StoreError):
        back_up_file(tmp_path / "broken.db", target)
    assert target.read_text() == "the last good one"
    assert not list(tmp_path.glob("*.partial"))


def test_a_copy_whose_key_is_missing_says_so(json_of: Say, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", "http://127.0.0.1:1")

    async def store() -> None:
        async with Ringline(credentials={"main": ("AC" + "1" * 32, "2" * 32)}, settings=load_settings(), worker=False):
            pass

    own_home.mkdir(mode=0o700)
    asyncio.run(store())
    made = json_of("db", "backup")["path"]
    assert json_of("db", "restore-check", made)["unreadable_credentials"] == []
    (own_home / "master.key").rename(own_home / "elsewhere")
    assert "there is no key file" in json_of("db", "restore-check", made, code=1)["unreadable_credentials"][0]
    assert not (own_home / "master.key").exists(), "no new key is made where the old one is missed"


@pytest.fixture
def with_postgres_programs(postgres_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pg_dump` of the server's own version; an older one refuses."""
    monkeypatch.setenv("PATH", f"{postgres_server.bin_path}{os.pathsep}{os.environ['PATH']}")


def test_postgres_is_dumped_and_the_dump_read(
    postgres_url: str, with_postgres_programs: None, json_of: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RINGLINE_DATABASE_URL", postgres_url)
    assert json_of("db", "status")["state"] == "current"
    made = json_of("db", "backup", str(tmp_path / "all.dump"))
    assert made["size"] == (tmp_path / "all.dump").stat().st_size > 10_000
    assert (tmp_path / "all.dump").read_bytes().startswith(b"PGDMP")
    assert "pg_restore" in json_of("db", "restore-check", made["path"], code=2)["error"]["fix"]


def test_without_pg_dump_the_command_is_told(
    postgres_url: str, json_of: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RINGLINE_DATABASE_URL", postgres_url)
    monkeypatch.setenv("PATH", str(tmp_path))
    detail = json_of("db", "backup", "all.dump", code=3)["error"]["detail"]
    assert "There is no pg_dump here." in detail
    assert f"pg_dump --format=custom --no-owner --file={Path.cwd() / 'all.dump'} --dbname=postgresql://" in detail


def test_a_pg_dump_that_is_too_old_says_what_to_install(
    postgres_url: str, json_of: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump: error: aborting because of server version mismatch' >&2\nexit 1\n")
    old.chmod(0o755)
    monkeypatch.setenv("RINGLINE_DATABASE_URL", postgres_url)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    detail = json_of("db", "backup", "all.dump", code=4)["error"]["detail"]

    assert detail.startswith("`pg_dump` failed: ")
    assert detail.rstrip(".").endswith("install PostgreSQL's client programs of the server's version")
    assert not Path("all.dump").exists()


def test_a_password_is_in_no_command_and_no_message() -> None:
    url = "postgresql://ana:s%23cret@db.example:5432/ringline?sslmode=require"
    assert without_password(url) == "postgresql://ana@db.example:5432/ringline?sslmode=require"
    assert "cret" not in " ".join(dump_command(url, Path("x")))


async def wait_to_be_sent(settings: Settings, count: int) -> None:
    async with Ringline(credentials={"main": ("AC" + "1" * 32, "2" * 32)}, settings=settings, worker=False) as ringline:
        for number in range(count):
            await ringline.messages.send(to=f"+1415555012{number}", from_="+15550001111", body=f"text {number}")


async def stages_of(settings: Settings) -> dict[str, int]:
    async with Ringline(settings=settings, worker=False) as ringline:
        return await ringline.outbox.count_by_stage()


def test_after_a_restore_what_may_have_been_sent_is_looked_up_first(
    own_home: Path, json_of: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", "http://127.0.0.1:1")
    own_home.mkdir(mode=0o700)
    settings = load_settings()
    asyncio.run(wait_to_be_sent(settings, 3))
    copy = Path(json_of("db", "backup")["path"])
    found = json_of("db", "restore-check", str(copy))
    assert (found["undecided_messages"], found["could_be_sent_again"]) == ({"ready": 3}, 3)
    for name in ("ringline.db", "ringline.db-wal", "ringline.db-shm"):
        (own_home / name).unlink(missing_ok=True)
    copy.rename(own_home / "ringline.db")

    assert json_of("db", "quarantine") == {"quarantined": 3}

    assert asyncio.run(stages_of(settings)) == {"unknown": 3}
    assert json_of("db", "quarantine") == {"quarantined": 0}, "once is enough"


def test_quarantine_beside_a_running_server_is_refused(start: Callable[..., Process], json_of: Say) -> None:
    server = start("serve", "--port", "0")
    server.wait_for("Stop with Ctrl-C")
    assert json_of("db", "quarantine", code=2)["error"]["fix"] == "Stop every process first."
