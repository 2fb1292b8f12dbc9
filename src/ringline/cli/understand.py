"""`ringline understand`: what an answer would be taken to mean, and why."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from ringline.cli.terminal import print_json, say

_TEXT = typer.Argument(help="What the person wrote.")
_TYPE = typer.Option("text", "--type", help="What was asked: text, yes_no, multiple_choice, number or keyword.")
_CHOICES = typer.Option(None, "--choice", help="One of the choices or keywords; give the option once for each.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("understand")(understand)


def understand(
    text: str = _TEXT,
    asked: str = _TYPE,
    choices: list[str] | None = _CHOICES,
    minimum: float | None = typer.Option(None, "--minimum", help="The lowest number that counts."),
    maximum: float | None = typer.Option(None, "--maximum", help="The highest number that counts."),
    integer: bool = typer.Option(False, "--integer", help="Only whole numbers count."),
    language: str = typer.Option("en", "--language", help="The language the person writes."),
    keys: bool = typer.Option(False, "--keys", help="The text was keyed in on a telephone."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Show what an answer means, as steps that wait for replies understand it."""
    from ringline.understanding import understand as understand_answer

    found = understand_answer(
        asked,
        text,
        language=language,
        choices=choices,
        minimum=minimum,
        maximum=maximum,
        integer=integer,
        keys=keys,
    )
    if as_json:
        print_json(asdict(found))
        return
    say(f"{'status':<14}{found.status}")
    if found.value is not None:
        say(f"{'value':<14}{json.dumps(found.value, ensure_ascii=False)}")
    if found.alternatives:
        say(f"{'either':<14}{' or '.join(json.dumps(one, ensure_ascii=False) for one in found.alternatives)}")
    say(f"{'confidence':<14}{found.confidence:g}")
    for position, reason in enumerate(found.evidence):
        say(f"{'because' if position == 0 else '':<14}{reason}")
