"""`ringline runs`: what was started, and how it ended."""

from __future__ import annotations

from typing import Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_table, when

_JSON = typer.Option(False, "--json", help="Print JSON.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Runs of workflows.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("show")(show)
    app.add_typer(group, name="runs")


def list_all(
    workflow: str | None = typer.Option(None, "--workflow", help="Only runs of this workflow."),
    limit: int = typer.Option(20, "--limit", min=1, max=200, help="How many, newest first."),
    as_json: bool = _JSON,
) -> None:
    """List runs, newest first."""
    query: dict[str, str | int] = {"limit": limit}
    query |= {"workflow": workflow} if workflow else {}
    found = ask(lambda api: api.get("/api/v1/runs", **query))["items"]
    if as_json:
        print_json(found)
        return
    say_table(
        ("Started", "Run", "Workflow", "Status", "Why"),
        [
            (
                when(run["created_at"]),
                run["id"],
                f"{run['workflow']} v{run['version']}",
                run["status"],
                run["error"]["message"] if run["error"] else "",
            )
            for run in found
        ],
        empty="Nothing has run yet. Start with: ringline run FILE",
    )


def show(run_id: str = typer.Argument(help="Id, run_…"), as_json: bool = _JSON) -> None:
    """Show one run with its inputs and outputs."""
    raise typer.Exit(say_run(ask(lambda api: api.get(f"/api/v1/runs/{run_id}")), as_json=as_json))


def say_run(run: dict[str, Any], *, as_json: bool) -> ExitCode:
    """Everything known of one run; returns the exit code that goes with how it ended."""
    from ringline.cli.outputs import say_outputs

    code = ExitCode.FAILED if run["status"] == "failed" or run["has_failures"] else ExitCode.OK
    if as_json:
        print_json(run)
        return code
    say(f"{run['workflow']} version {run['version']}   {run['status']}   {run['id']}")
    if run["error"]:
        say(f"  {run['error']['message']}", style="red")
        if run["error"]["fix"]:
            say(f"  fix: {run['error']['fix']}")
    if run["outputs"] is not None:
        say_outputs(run["outputs"])
    return code
