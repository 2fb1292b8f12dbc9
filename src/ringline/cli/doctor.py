"""`ringline doctor`: what is misconfigured, and how to mend it."""

from __future__ import annotations

from typing import Any

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import ask
from ringline.cli.terminal import console, print_json, say

_SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Say what is misconfigured and how to mend it: public URL, credentials, webhooks, database, clock, messages."""
    findings = ask(lambda api: api.get("/api/v1/doctor"))
    if as_json:
        print_json(findings)
    else:
        _say(findings)
    if any(finding["level"] == "error" for finding in findings):
        raise typer.Exit(ExitCode.FAILED)


def _say(findings: list[dict[str, Any]]) -> None:
    from rich.text import Text

    width = max(len(finding["topic"]) for finding in findings) + 2
    for finding in findings:
        sign, colour = _SIGNS[finding["level"]]
        console().print(
            Text.assemble((f"{sign} ", colour), (f"{finding['topic']:<{width}}", "bold"), finding["detail"])
        )
        if finding["fix"] and finding["level"] != "ok":
            console().print(Text(f"{'':<{width + 2}}fix: {finding['fix']}", style="dim"))
    wrong = sum(finding["level"] != "ok" for finding in findings)
    say()
    say("All is well." if not wrong else f"{wrong} thing{'s' if wrong > 1 else ''} to look at.")
