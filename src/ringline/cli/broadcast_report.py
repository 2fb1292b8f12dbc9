"""What a broadcast looks like before it is sent, while it is, and after."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from ringline.cli.terminal import console, counted, say, short, span

_SHOWN = 12
_REASONS = 3
_BAD = ("failed", "undelivered", "refused", "unresolved")
_WORDS = {
    "invalid_number": "numbers that cannot be",
    "duplicate": "the same number again",
    "opted_out": "opted out",
    "missing_value": "a value is missing",
    "unreadable": "lines that cannot be read",
    "whatsapp_window_closed": "have not written on WhatsApp within 24 hours",
    "cap": "over what one person may get",
}
_ORDER = (
    *("delivered", "sent", "started", "sending", "waiting", "queued", "undelivered", "failed", "refused", "unknown"),
    *("unresolved", "canceled", "skipped"),
)
_TONES = {"delivered": "green", "started": "green", "undelivered": "red", "failed": "red", "unresolved": "red"}


def say_report(broadcast: dict[str, Any], through: str) -> None:
    """What was found in the list, the first text, and what it will cost and take."""
    from rich.text import Text

    report = broadcast["report"]
    out = console()
    out.print(Text.assemble(("Broadcast  ", "dim"), (broadcast["name"], "bold"), (f"   {broadcast['id']}", "dim")))
    out.print(Text.assemble(("Through    ", "dim"), through, ("   from ", "dim"), _sender(broadcast)))
    line = Text.assemble(
        ("List       ", "dim"), f"{counted(report['rows'], 'row')}   ", (f"{report['new']:,} to send", "green")
    )
    if report["already"]:
        line.append(f"   {report['already']:,} have it already", style="dim")
    skipped = sum(report["skipped"].values())
    if skipped:
        line.append(f"   {skipped:,} left out", style="yellow")
    out.print(line)
    for code, count in sorted(report["skipped"].items(), key=lambda one: -one[1]):
        out.print(Text.assemble((f"{'':11}{count:>8,}  ", "yellow"), _WORDS.get(code, code.replace("_", " "))))
    for one in report["problems"][:_SHOWN]:
        out.print(Text.assemble((f"{'':11}line {one['line']:<7}", "dim"), short(one["message"], 110)))
    if len(report["problems"]) > _SHOWN:
        say(f"{'':11}… all of them are in the results file", style="dim")
    for one in report["warnings"]:
        count = f"{one['count']:,} × " if one["lines"] or one["code"] == "countries" else ""
        lines = ""
        if one["lines"]:
            some = ", ".join(map(str, one["lines"][:5])) + (" …" if one["count"] > 5 else "")
            lines = f" ({'line' if one['count'] == 1 else 'lines'} {some})"
        out.print(Text.assemble(("Warning    ", "yellow"), f"{count}{one['message']}{lines}"))
        if one["fix"]:
            out.print(Text(f"{'':11}{one['fix']}", style="dim"))
    if report["samples"]:
        _say_text("Text", report["samples"][0])
    if report["longest"] and report["longest"]["segments"] > report["samples"][0]["segments"]:
        _say_text("Longest", report["longest"])
    _say_forecast(broadcast)
    say()


def say_counts(broadcast: dict[str, Any]) -> None:
    """How it stands, by outcome."""
    from rich.text import Text

    line = Text.assemble((f"{broadcast['name']}: ", "bold"), f"{broadcast['stage']}   ")
    for outcome in _ORDER:
        count = broadcast["counts"].get(outcome, 0)
        if count:
            line.append(f"{count:,} {outcome}   ", style=_TONES.get(outcome, ""))
    console().print(line)
    if broadcast["fault"]:
        console().print(Text(f"  {broadcast['fault']}", style="red"))


def reasons_in(results: Path) -> Counter[str]:
    """Why messages did not arrive, by a file of results, and how often each."""
    with results.open(encoding="utf-8", newline="") as file:
        bad = (row for row in csv.DictReader(file) if row["status"] in _BAD)
        return Counter(" ".join(filter(None, (row["error_code"], row["error"] or row["status"]))) for row in bad)


def say_reasons(reasons: Counter[str]) -> None:
    """The commonest reasons, most often first."""
    for reason, count in reasons.most_common(_REASONS):
        say(f"  {count:,} × {reason}", style="red")
    if len(reasons) > _REASONS:
        say(f"  … and {counted(len(reasons) - _REASONS, 'more reason')}", style="dim")


def ends_at(broadcast: dict[str, Any]) -> str:
    """When it will have gone out, in words."""
    size, forecast = broadcast["batch_size"], broadcast["forecast"]
    left = broadcast["counts"].get("queued", 0) if broadcast["counts"] else (broadcast["report"] or {}).get("new", 0)
    if size and left > size:
        pauses = -(-left // size) - 1
        every = broadcast["batch_every"]
        return f"{pauses + 1} batches of {size:,}, {span(every)} apart: about {span(pauses * every)}"
    if forecast is None:
        return ""
    finish = datetime.fromisoformat(forecast["finishes_at"]).astimezone()
    seconds = (finish - datetime.fromisoformat(forecast["starts_at"])).total_seconds()
    rate = "at once" if forecast["rate"] is None else f"at {forecast['rate']:g} segments a second"
    if forecast["rate"] is None or seconds < 1:
        return rate
    return f"about {span(seconds)} {rate}, until {finish.strftime('%a %d %b %H:%M')}"


def _say_text(head: str, sample: dict[str, Any]) -> None:
    from rich.text import Text

    first, *rest = sample["text"].splitlines() or [""]
    plural = "s" if sample["segments"] > 1 else ""
    console().print(
        Text.assemble(
            (f"{head:<11}", "dim"), first, (f"   [{sample['to']}, {sample['segments']} segment{plural}]", "dim")
        )
    )
    for line in rest:
        console().print(Text(f"{'':11}{line}"))


def _say_forecast(broadcast: dict[str, Any]) -> None:
    from rich.text import Text

    report = broadcast["report"]
    if broadcast["kind"] == "message" and report["new"]:
        each = ", ".join(f"{count:,} with {segments}" for segments, count in report["messages_by_segments"].items())
        several = f" ({each})" if len(report["messages_by_segments"]) > 1 else ""
        console().print(Text.assemble(("Segments   ", "dim"), f"{report['segments']:,}{several}"))
        cost = f"about {float(report['cost']):,.2f} {report['cost_unit']} (list prices of {report['prices_as_of']})"
        if report["unpriced"]:
            cost += f", and {report['unpriced']:,} to countries without a price on file"
        console().print(Text.assemble(("Cost       ", "dim"), (cost, "bold")))
        if report["price_note"]:
            console().print(Text(f"{'':11}{report['price_note']}", style="dim"))
    if time := ends_at(broadcast):
        console().print(Text.assemble(("Time       ", "dim"), time))


def _sender(broadcast: dict[str, Any]) -> str:
    if broadcast["kind"] == "flow":
        return f"the workflow {broadcast['workflow']}"
    return str(broadcast["from"] or broadcast["messaging_service"])
