"""`ringline budgets`: limits by the day on what is sent and spent; `ringline figures`: counted anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer

from ringline.cli.opening import ask
from ringline.cli.terminal import print_json, say, say_list

_JSON = typer.Option(False, "--json", help="Print JSON.")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Budgets: how much may be sent and spent in a day.", no_args_is_help=True)
    group.command("list")(list_all)
    group.command("set")(set_budget)
    group.command("remove")(remove)
    app.add_typer(group, name="budgets")


def list_all(as_json: bool = _JSON) -> None:
    """List the budgets, with how much of each is used today."""
    say_list(
        ask(lambda api: api.get("/api/v1/budgets")),
        ("Id", "Of", "Used", "Limit", "", "Beyond it", "New day"),
        lambda one: (
            one["id"],
            _whose(one),
            _shown(one, "used"),
            _shown(one, "limit"),
            one["state"],
            _does(one),
            _resets(one),
        ),
        as_json=as_json,
        empty="There is no budget. Set one: ringline budgets set 20.00 (US dollars a day, for everything)",
    )


def set_budget(
    limit: str = typer.Argument(
        help="How much a day, such as 12.50, or 500 with --unit messages; 0 lets nothing pass."
    ),
    unit: str = typer.Option("money", "--unit", help="money, messages, segments or calls."),
    flow: str | None = typer.Option(None, "--flow", help="Only of this workflow."),
    credential: str | None = typer.Option(None, "--credential", help="Only of this credential."),
    currency: str = typer.Option("USD", "--currency", help="Of money."),
    warn_at: float = typer.Option(0.8, "--warn-at", help="The share of it from which on a warning is shown."),
    only_warn: bool = typer.Option(False, "--only-warn", help="Hold nothing back."),
    zone: str = typer.Option("UTC", "--zone", help="The zone whose days count, such as Europe/Berlin."),
    as_json: bool = _JSON,
) -> None:
    """Set a budget, or change the one there is for the same."""
    if flow is not None and credential is not None:
        raise typer.BadParameter("a budget is of a workflow or of a credential: give --flow or --credential")
    scope = "flow" if flow is not None else "credential" if credential is not None else "all"
    body = {
        "scope": scope,
        "target": flow or credential,
        "unit": unit,
        "limit": limit,
        "currency": currency,
        "warn_at": warn_at,
        "stops": not only_warn,
        "time_zone": zone,
    }
    made = ask(lambda api: api.put("/api/v1/budgets", body))
    if as_json:
        print_json(made)
        return
    say(f"{made['id']}: {_shown(made, 'limit')} a day for {_whose(made)}; {_shown(made, 'used')} used today")


def remove(budget: str = typer.Argument(help="The budget's id.")) -> None:
    """Remove a budget. What it held back goes."""
    ask(lambda api: api.delete(f"/api/v1/budgets/{budget}"))
    say(f"Removed {budget}; what it held back goes.")


def _whose(one: dict[str, Any]) -> str:
    return "everything" if one["scope"] == "all" else f"{one['scope']} {one['target']}"


def _shown(one: dict[str, Any], name: str) -> str:
    if one["unit"] == "money":
        return f"{one[name]} {one['currency']}"
    return f"{one[name]} {one['unit'].removesuffix('s') if str(one[name]) == '1' else one['unit']}"


def _does(one: dict[str, Any]) -> str:
    return "holds" if one["stops"] else "warns"


def _resets(one: dict[str, Any]) -> str:
    begins = datetime.fromisoformat(one["resets_at"]).astimezone(ZoneInfo(one["time_zone"]))
    return f"{begins.strftime('%m-%d %H:%M')} ({one['time_zone']})"
