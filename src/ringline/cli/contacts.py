"""`ringline contacts`: people, their languages and time zones, from a file or one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import ask
from ringline.cli.terminal import console, counted, print_json, say, say_table, short
from ringline.cli.uploads import checked_file, send_file, with_spinner
from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient

_PATH = "/api/v1/contacts"
_JSON = typer.Option(False, "--json", help="Print JSON.")
_WHO = typer.Argument(help="Number, as +14155550123, or id, con_…")
_COUNTRY = typer.Option(None, "--country", help="Two letters; numbers without a country code are read by it.")
_SHOWN_PROBLEMS = 15
_EPILOG = (
    "The first line of a file names its columns. phone, mobile, name, first name, last name, language, time zone, "
    "country and lists are understood, in several languages; every other column becomes a field that texts can use: "
    "{{city}}."
)


def register(app: typer.Typer) -> None:
    """Add the command group, and the list of those who opted out, contacts or not."""
    from ringline.cli import opt_outs

    opt_outs.register(app)
    group = typer.Typer(help="People to text: their numbers, languages and time zones.", no_args_is_help=True)
    group.command("import", epilog=_EPILOG)(import_file)
    group.command("list")(list_people)
    group.command("show")(show)
    group.command("add")(add)
    group.command("change")(change)
    group.command("remove")(remove)
    group.command("export")(export)
    group.command("erase")(erase)
    app.add_typer(group, name="contacts")


def import_file(
    file: Path = typer.Argument(help="CSV file; the first line names the columns."),
    list_: str | None = typer.Option(None, "--list", help="Put everybody on this list."),
    country: str | None = _COUNTRY,
    mapping: list[str] | None = typer.Option(
        None, "--map", help='What a column is, as "Handy privat=phone"; =- leaves it out. May be given again.'
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would happen."),
    as_json: bool = _JSON,
) -> None:
    """Take in a CSV file. Rows that cannot be used are listed with their lines; all others are taken in."""
    query: dict[str, Any] = {"list": list_, "country": country, "map": mapping or [], "dry_run": str(dry_run).lower()}
    query = {name: value for name, value in query.items() if value is not None}
    checked_file(file)

    async def work(api: ApiClient) -> Any:
        sending = send_file(api, f"{_PATH}/import", file, **query)
        return await with_spinner(f"Reading {file.name} …", sending, hidden=as_json)

    report = ask(work)
    if as_json:
        print_json(report)
    else:
        _say_report(report, file, list_)
    if report["rows"] and report["invalid"] == report["rows"]:
        raise typer.Exit(ExitCode.FAILED)


def list_people(
    on: str | None = typer.Option(None, "--list", help="Only people on this list."),
    search: str | None = typer.Option(
        None, "--search", "-s", help="How a name begins, or the beginning or end of a number."
    ),
    limit: int = typer.Option(20, "--limit", min=1, max=200, help="How many of the latest."),
    as_json: bool = _JSON,
) -> None:
    """List people, the latest first."""
    query: dict[str, str | int] = {"limit": limit}
    query |= {"list": on} if on else {}
    query |= {"search": search} if search else {}
    page = ask(lambda api: api.get(_PATH, **query))
    if as_json:
        print_json(page["items"])
        return
    say_table(
        ("Phone", "Name", "Language", "Time zone", "Lists", ""),
        [
            (
                one["phone"],
                short(one["name"], 30),
                one["language"] or "",
                one["time_zone"] or "",
                short(", ".join(one["lists"]), 30),
                "opted out" if one["opted_out"] else "",
            )
            for one in page["items"]
        ],
        empty="Nobody found." if on or search else "Nobody is here yet. Take in a file: ringline contacts import FILE",
    )
    if page["next"]:
        say(f"The latest {limit}; --limit shows more, --search finds somebody.", style="dim")


def show(who: str = _WHO, as_json: bool = _JSON) -> None:
    """Show what is known of one person."""
    _say_contact(ask(lambda api: api.get(f"{_PATH}/{who}")), as_json=as_json)


def add(
    phone: str = typer.Argument(help="Number, as +14155550123."),
    name: str | None = typer.Option(None, "--name", help="What they are called."),
    language: str | None = typer.Option(None, "--language", help="As en, es or pt-BR."),
    time_zone: str | None = typer.Option(None, "--time-zone", help="As America/New_York."),
    country: str | None = _COUNTRY,
    whatsapp: str | None = typer.Option(None, "--whatsapp", help="Number on WhatsApp, where it is another."),
    voice: str | None = typer.Option(None, "--voice", help="Number for calls, where it is another."),
    on: list[str] | None = typer.Option(None, "--list", help="List to put them on; may be given again."),
    field: list[str] | None = typer.Option(None, "--field", "-f", help="NAME=TEXT; may be given again."),
    as_json: bool = _JSON,
) -> None:
    """Write a person down; one who is known by this number is changed."""
    body = {
        "phone": phone,
        "name": name,
        "language": language,
        "time_zone": time_zone,
        "country": country,
        "whatsapp": whatsapp,
        "voice": voice,
        "lists": on or [],
        "fields": dict(_field(text) for text in field or []),
    }
    _say_contact(ask(lambda api: api.post(_PATH, body)), as_json=as_json)


def change(
    who: str = _WHO,
    name: str | None = typer.Option(None, "--name", help="What they are called; an empty text removes it."),
    language: str | None = typer.Option(None, "--language", help="As en, es or pt-BR."),
    time_zone: str | None = typer.Option(None, "--time-zone", help="As America/New_York."),
    country: str | None = typer.Option(None, "--country", help="Two letters."),
    field: list[str] | None = typer.Option(None, "--field", "-f", help="NAME=TEXT; may be given again."),
    add_number: list[str] | None = typer.Option(
        None, "--add-number", help="Another number of theirs, as +14155550123 or whatsapp=+14155550123."
    ),
    remove_number: list[str] | None = typer.Option(
        None, "--remove-number", help="A number that is not theirs any more, on every channel."
    ),
    as_json: bool = _JSON,
) -> None:
    """Change what is known of a person, and at which numbers they are reached; what is left out stays."""
    given = {"name": name, "language": language, "time_zone": time_zone, "country": country}
    body: dict[str, Any] = {key: value or None for key, value in given.items() if value is not None}
    if field:
        body["fields"] = dict(_field(text) for text in field)
    added = [_address(text) for text in add_number or []]
    removed = set(remove_number or [])

    async def work(api: ApiClient) -> Any:
        if added or removed:
            found = await api.get(f"{_PATH}/{who}")
            kept = [one for one in found["addresses"] if one["address"] not in removed]
            unknown = removed - {one["address"] for one in found["addresses"]}
            if unknown:
                raise RequestError(
                    f"{min(unknown)} is not a number of theirs", fix=f"see: ringline contacts show {who}"
                )
            body["addresses"] = kept + [one for one in added if one not in kept]
            return await api.patch(f"{_PATH}/{found['id']}", body)
        return await api.patch(f"{_PATH}/{who}", body)

    _say_contact(ask(work), as_json=as_json)


def remove(who: str = _WHO, yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask.")) -> None:
    """Take a person out of the address book; what was sent to them stays. To forget it too, use erase."""
    if not yes:
        typer.confirm(f"Remove {who}?", abort=True)
    ask(lambda api: api.delete(f"{_PATH}/{who}"))
    say(f"{who} is removed.")


def export(
    on: str | None = typer.Option(None, "--list", help="Only people on this list."),
    to: Path | None = typer.Option(None, "--to", help="File to write; standard output if left out."),
) -> None:
    """Write everybody, or a list, as a CSV file that can be imported again."""
    from ringline.cli.terminal import write_out

    query = {"list": on} if on else {}
    count = ask(lambda api: api.download(f"{_PATH}/export", write_out if to is None else to, **query))
    if to is not None:
        say(f"Written to {to} ({count:,} bytes).")


def erase(who: str = _WHO, yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask.")) -> None:
    """Forget a person wherever they appear. Only an opt-out stays, so that they are never written to again."""
    if not yes:
        typer.confirm(f"Erase everything known of {who}? This cannot be undone.", abort=True)
    done = ask(lambda api: api.post(f"{_PATH}/{who}/erase"))
    parts = [f"{count:,} in {name}" for name, count in done["forgotten"].items() if count]
    say(f"{who} is forgotten: {', '.join(parts)}.")


def _say_report(report: dict[str, Any], file: Path, on: str | None) -> None:
    from rich.text import Text

    taken = ", ".join(f"{column} → {meaning}" for column, meaning in report["columns"].items() if column != meaning)
    if taken:
        say(f"Columns    {taken}", style="dim")
    counts = (
        ("imported", "green"),
        ("updated", "green"),
        ("unchanged", ""),
        ("duplicates", "yellow"),
        ("invalid", "red"),
    )
    line = Text(f"{file.name}: {counted(report['rows'], 'row')}   ")
    for name, colour in counts:
        if report[name]:
            line.append(f"{report[name]:,} {name}   ", style=colour)
    console().print(line)
    for one in report["problems"][:_SHOWN_PROBLEMS]:
        console().print(
            Text.assemble((f"  line {one['line']:<6} ", "dim"), (one["message"], "yellow" if one["kept"] else "red"))
        )
        if one["fix"]:
            console().print(Text(f"              {one['fix']}", style="dim"))
    more = len(report["problems"]) - _SHOWN_PROBLEMS + report["problems_left_out"]
    if more > 0:
        say(f"  … and {more:,} more; --json shows the first thousand.", style="dim")
    if report["dry_run"]:
        say("Nothing was written: this was a dry run.")
    elif on and report["imported"] + report["updated"] + report["unchanged"]:
        say(f'They are on the list "{on}". Text them: ringline broadcast "Hello {{{{name}}}}" --to {on}')


def _say_contact(contact: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(contact)
        return
    for name in ("id", "name", "language", "time_zone", "country"):
        if contact[name]:
            say(f"{name.replace('_', ' '):<12}{contact[name]}")
    for one in contact["addresses"]:
        say(f"{one['channel']:<12}{one['address']}")
    if contact["lists"]:
        say(f"{'lists':<12}{', '.join(contact['lists'])}")
    for name, value in contact["fields"].items():
        if value:
            say(f"{name:<12}{value}")
    for one in contact["opt_outs"]:
        say(f"{'opted out':<12}{one['scope']}, since {one['since'][:10]} ({one['source']})", style="yellow")


def _address(text: str) -> dict[str, str]:
    channel, equals, number = text.partition("=")
    return {"channel": channel.strip(), "address": number.strip()} if equals else {"channel": "sms", "address": text}


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise RequestError(
            f"--field `{text}` is not NAME=TEXT", field="--field", fix="write it as in --field city=Bern"
        )
    return name.strip(), value
