"""`ringline workflows`: which versions there are, and which of them is in force."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_table, when

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient

_JSON = typer.Option(False, "--json", help="Print JSON.")
_NAME = typer.Argument(help="The workflow's name.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Registered workflows, and which version of each is in force.", no_args_is_help=True)
    group.command("publish")(publish)
    group.command("list")(list_all)
    group.command("show")(show)
    group.command("unpublish")(unpublish)
    app.add_typer(group, name="workflows")


def publish(
    what: str = typer.Argument(help="A definition's file, or the name of a workflow that is registered."),
    version: int | None = typer.Option(None, "--version", min=1, help="Which version of NAME; the newest if left out."),
    as_json: bool = _JSON,
) -> None:
    """Put a version in force: its triggers start runs from now on, and those of the version before do not any more."""
    from ringline.cli.check import refuse_faulty
    from ringline.errors import RequestError
    from ringline.workflow import load_document

    path = Path(what)
    if path.suffix.lower() in (".yaml", ".yml", ".json") or path.is_file():
        if version is not None:
            raise RequestError(
                "--version goes with a workflow's name, and this is a file", field="--version", fix="leave it out"
            )
        refuse_faulty(load_document(path))
        done = ask(lambda api: publish_file(api, path))
    else:
        done = ask(lambda api: api.post(f"/api/v1/workflows/{quote(what, safe='')}/publish", {"version": version}))
    if as_json:
        print_json(done)
        return
    say(f"{done['name']} version {done['version']} is in force.", style="green")
    for warning in done["warnings"]:
        say(f"  warning: {warning}", style="yellow")
    for trigger in done["triggers"]:
        say(f"  {_described(trigger)}")
        if trigger["lacks"]:
            say(f"    {trigger['lacks']}", style="yellow")


async def publish_file(api: ApiClient, path: Path) -> dict[str, Any]:
    """Register the definition of a file and put it in force; the answer of `publish_workflow`."""
    from ringline.workflow import load_document

    document = load_document(path)
    name = document.data.get("name") or path.stem
    kept = await api.post("/api/v1/workflows", {"definition": document.text, "name": name, "publish": False})
    answer: dict[str, Any] = await api.post(
        f"/api/v1/workflows/{quote(kept['name'], safe='')}/publish", {"version": kept["version"]}
    )
    return answer


def list_all(as_json: bool = _JSON) -> None:
    """List the registered workflows."""
    found = ask(lambda api: api.get("/api/v1/workflows"))
    if as_json:
        print_json(found)
        return
    say_table(
        ("Workflow", "Newest", "In force", "Registered"),
        [
            (one["name"], f"v{one['version']}", f"v{one['published']}" if one["published"] else "no",
             when(one["created_at"]))
            for one in found
        ],
        empty="No workflow is registered yet. Publish one with: ringline workflows publish FILE",
    )  # fmt: skip


def show(
    name: str = _NAME,
    version: int | None = typer.Option(None, "--version", min=1, help="The newest if left out."),
    as_json: bool = _JSON,
) -> None:
    """Show a workflow's triggers and its definition as it was written."""
    query = {"version": version} if version is not None else {}

    async def both(api: ApiClient) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        one = await api.get(f"/api/v1/workflows/{quote(name, safe='')}", **query)
        return one, await api.get("/api/v1/triggers", workflow=name)

    one, triggers = ask(both)
    if as_json:
        print_json({**one, "triggers": triggers})
        return
    in_force = f"version {one['published']} is in force" if one["published"] else "none of its versions is in force"
    say(f"{one['name']} version {one['version']}   {in_force}", style="bold")
    for trigger in triggers:
        say(f"  {_described(trigger)}")
    say()
    say(one["definition"].rstrip())


def unpublish(name: str = _NAME) -> None:
    """Let nothing start a workflow any more. Its versions stay, and its runs go on to their end."""
    ask(lambda api: api.post(f"/api/v1/workflows/{quote(name, safe='')}/unpublish", {}))
    say(f"Nothing starts {name} any more. Put it in force again with: ringline workflows publish {name}")


def _described(trigger: dict[str, Any]) -> str:
    """A trigger in one line: what it is, where it listens, when it fires next."""
    following = f"next {when(trigger['next_at'])}" if trigger["next_at"] else ""
    parts = (trigger["type"], trigger["label"], trigger["address"] or "", following)
    return "   ".join(part for part in dict.fromkeys(parts) if part)
