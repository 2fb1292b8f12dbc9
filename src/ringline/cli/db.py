"""`ringline db`: the database's tables brought up to date, copied, and a copy tried before it is needed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import console, is_interactive, print_json, say
from ringline.clock import utc
from ringline.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.database import Transaction
    from ringline.database.backup import Backup, DatabaseStatus
    from ringline.settings import Settings

_JSON = typer.Option(False, "--json", help="Print JSON.")
_SENTENCES = {
    "empty": "There are no tables yet; `ringline db upgrade` or the first start makes them.",
    "behind": "The tables are older than this version; `ringline db upgrade` or the next start brings them up to date.",
    "current": "The tables are what this version needs.",
    "newer": "The tables are of a newer version, which is the one to run.",
}


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(name="db", help="The database: its tables, its copies.", no_args_is_help=True)
    group.command("status")(status)
    group.command("upgrade")(upgrade)
    group.command("backup")(backup)
    group.command("restore-check")(restore_check)
    group.command("quarantine")(quarantine)
    app.add_typer(group)


def status(as_json: bool = _JSON) -> None:
    """Say which revision the tables are of; changes nothing, and may be asked beside a running server."""
    from ringline.cli.opening import run_async
    from ringline.database.backup import look_at

    settings = _settings()
    _say_status(settings, run_async(look_at(settings.database)), as_json=as_json)


def upgrade(as_json: bool = _JSON) -> None:
    """Bring the tables up to date. Processes that do so at the same moment take turns; make a backup before."""
    from ringline.cli.opening import make_home, run_async
    from ringline.database import open_database
    from ringline.database.backup import look_at

    settings = _settings()
    before = run_async(look_at(settings.database))

    async def bring_up_to_date() -> DatabaseStatus:
        database = await open_database(settings.database)
        await database.close()
        return await look_at(settings.database)

    if before.state != "current":
        make_home(settings.home)
        after = run_async(bring_up_to_date())
        if not as_json:
            say(f"Brought up from {before.revision or 'nothing'} to {after.revision}.")
        before = after
    _say_status(settings, before, as_json=as_json)


def backup(
    target: Path | None = typer.Argument(
        None, help="File to write; `backups/` in the home, named by date, if left out."
    ),
    overwrite: bool = typer.Option(False, "--overwrite", help="Replace the file if it is there."),
    as_json: bool = _JSON,
) -> None:
    """Copy the database to a file, beside a running server, and look the copy through from end to end.

    On Postgres this runs `pg_dump`, or says how to. The key that credentials are encrypted with is not part of it.
    """
    from ringline.database.backup import back_up_file, back_up_postgres, file_of
    from ringline.settings import process_environment

    settings = _settings()
    source = file_of(settings.database)
    path = (target or _default_target(settings, "db" if source is not None else "dump")).absolute()
    if path.exists() and not overwrite:
        raise RequestError(f"{path} is there already.", fix="Name another file, or add --overwrite.")
    if source is not None:
        made = _with_progress(lambda progress: back_up_file(source, path, progress=progress), shown=not as_json)
    else:
        made = back_up_postgres(settings.database, path, process_environment())
    if as_json:
        print_json({"path": str(made.path), "size": made.size, "revision": made.revision})
        return
    say(f"{made.path}   {_megabytes(made.size)}, looked through and whole")
    if settings.master_key is None:
        say(f"Keep {settings.key_file} as well, in another place: without it the credentials in the copy are lost.")


def restore_check(
    path: Path = typer.Argument(..., exists=True, dir_okay=False, help="A file that `ringline db backup` made."),
    as_json: bool = _JSON,
) -> None:
    """Try a copy of a SQLite database without restoring it: is it whole, of when is it, can its credentials be read."""
    settings = _settings()
    with path.open("rb") as file:
        if file.read(5) == b"PGDMP":
            raise RequestError(
                f"{path} is a dump of Postgres, which only Postgres can try.",
                fix=f"createdb ringline_check && pg_restore --no-owner --dbname=ringline_check {path}",
            )
    found = _examine(path, settings)
    if as_json:
        print_json(found)
    else:
        for name, value in found.items():
            say(f"{name.replace('_', ' ').capitalize():<24}{_shown(value)}")
        if found["could_be_sent_again"]:
            say()
            say(
                "Messages that waited at the time of the copy may have been sent since. "
                "When it is in force, and before anything works on it: ringline db quarantine"
            )
    if found["tables"] == "newer" or found["unreadable_credentials"]:
        raise typer.Exit(ExitCode.FAILED)


def quarantine(
    backup_at: datetime | None = typer.Option(
        None, "--backup-at", help="When the copy was made (UTC); the last moment it knows of if left out."
    ),
    as_json: bool = _JSON,
) -> None:
    """After a restore, before anything works: have what may have been sent since looked up in Twilio's list first.

    It concerns messages that were due by now. They become `unknown`: what Twilio has is taken as sent, the rest is sent
    or shown as `unresolved`, as the policy of each says.
    """
    from ringline.cli.opening import opened, run_async, running_server

    settings = _settings()
    if (server := running_server(settings)) is not None:
        raise RequestError(
            f"A server works on this database, at {server.url}, and may be sending these messages already.",
            fix="Stop every process first.",
        )
    since = backup_at.replace(tzinfo=backup_at.tzinfo or UTC).timestamp() if backup_at is not None else None

    async def take() -> int:
        async with opened(settings, worker=False) as ringline:
            working = [worker for worker in await ringline.workers.list() if worker.state == "working"]
            if working and ringline.database.dialect == "postgresql":
                names = ", ".join(f"process {worker.pid} on {worker.host}" for worker in working)
                raise RequestError(f"There is somebody at work on this database: {names}.", fix="Stop them first.")
            return await ringline.outbox.quarantine(backup_at=since)

    count = run_async(take())
    if as_json:
        print_json({"quarantined": count})
    else:
        say(f"{count:,} message{'' if count == 1 else 's'} will be looked up at Twilio before anything is sent again.")


def _examine(path: Path, settings: Settings) -> dict[str, Any]:
    from ringline.clock import SystemClock
    from ringline.database.backup import check_file, reading
    from ringline.database.migrations import state_of
    from ringline.outbox.figures import last_change, read_figures

    revision = check_file(path)
    found: dict[str, Any] = {"whole": True, "revision": revision, "tables": state_of(revision)}
    if revision is None:
        raise RequestError(f"{path} is a database, but not one of Ringline's.")
    with reading(path) as tx:
        figures = read_figures(tx, now=SystemClock().time())
        latest = last_change(tx)
        unreadable = _unreadable_credentials(tx, settings)
    waiting = {stage: count for stage, count in figures.by_stage.items() if count}
    found["last_change"] = utc(latest).isoformat() if latest is not None else None
    found["undecided_messages"] = waiting
    found["could_be_sent_again"] = figures.due + waiting.get("posting", 0)
    found["unreadable_credentials"] = unreadable
    return found


def _unreadable_credentials(tx: Transaction, settings: Settings) -> list[str]:
    """Names of the credentials that the key of this home does not open."""
    from ringline.vault import unreadable_in

    if settings.master_key is None and not settings.key_file.exists():
        return ["all: there is no key file " + str(settings.key_file)]
    return unreadable_in(tx, settings.keyring())


def _say_status(settings: Settings, found: DatabaseStatus, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(found))
    else:
        from ringline.database.backup import file_of, without_password

        where = file_of(settings.database) or without_password(settings.database)
        size = f", {_megabytes(found.size)}" if found.size is not None else ""
        say(f"{where}   {found.dialect}{size}, revision {found.revision or 'none'} of {found.newest}")
        say(_SENTENCES[found.state])
    if found.state in ("behind", "newer"):
        raise typer.Exit(ExitCode.FAILED)


def _with_progress(work: Callable[[Callable[[int, int], None]], Backup], *, shown: bool) -> Backup:
    if not shown or not is_interactive():
        return work(lambda *_: None)
    from rich.progress import Progress

    with Progress(console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("Copying")
        return work(lambda done, total: bar.update(task, completed=done, total=total))


def _default_target(settings: Settings, ending: str) -> Path:
    from ringline.clock import SystemClock

    return settings.home / "backups" / f"ringline-{SystemClock().now():%Y%m%d-%H%M%S}.{ending}"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count:,} {name}" for name, count in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return (
        {True: "yes", False: "no", None: "never"}.get(value, str(value))
        if isinstance(value, bool | None)
        else str(value)
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _settings() -> Settings:
    from ringline.settings import load_settings

    return load_settings()
