"""`ringline understand`: what an answer would be taken to mean, and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import typer

from ringline.cli.terminal import print_json, say
from ringline.clock import SystemClock
from ringline.errors import RequestError

_TEXT = typer.Argument(help="What the person wrote.")
_TYPES_HELP = (
    "What was asked: text, yes_no, multiple_choice, number, keyword, date, time, duration, phone, email or digits."
)
_TYPE = typer.Option("text", "--type", help=_TYPES_HELP)
_BOUNDS = "a number, seconds, how many digits, or a date or time such as 2026-12-31 or 18:30"
_CHOICES = typer.Option(None, "--choice", help="One of the choices or keywords; give the option once for each.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("understand")(understand)


def understand(
    text: str = _TEXT,
    asked: str = _TYPE,
    choices: list[str] | None = _CHOICES,
    minimum: str | None = typer.Option(None, "--minimum", help=f"The lowest that counts: {_BOUNDS}."),
    maximum: str | None = typer.Option(None, "--maximum", help=f"The highest that counts: {_BOUNDS}."),
    integer: bool = typer.Option(False, "--integer", help="Only whole numbers count."),
    language: str = typer.Option("en", "--language", help="The language the person writes."),
    country: str | None = typer.Option(
        None, "--country", help="Two letters: how dates and telephone numbers are written there."
    ),
    now: str | None = typer.Option(
        None, "--now", help="The moment that days are counted from, such as 2026-11-20T10:00; else this one."
    ),
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
        now=_moment(now),
        country=country,
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


def _moment(now: str | None) -> datetime:
    if now is None:
        return SystemClock().now().astimezone()
    try:
        return datetime.fromisoformat(now)
    except ValueError:
        raise RequestError(
            f"`--now` is {now!r}, which is no moment.", field="now", fix="Write it as 2026-11-20T10:00."
        ) from None
