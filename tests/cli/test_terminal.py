from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ringline.cli.messages import price
from ringline.cli.outputs import say_outputs
from ringline.cli.terminal import console, print_json, say_error, say_table, short, when
from ringline.cli.transcript import _wrapped, facts, say_step

MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "direction": "outbound",
    "from": "+15550001111",
    "to": "+14155550123",
    "message": "hello [bold]you[/bold]",
    "status": "delivered",
    "segments": 2,
    "encoding": "GSM-7",
    "price": "-0.01580",
    "price_unit": "USD",
    "expected_price": None,
    "error": None,
    "refusal_reason": None,
}


def test_json_holds_dates_decimals_and_dataclasses(capsys: pytest.CaptureFixture[str]) -> None:
    @dataclass
    class Thing:
        at: datetime
        amount: Decimal
        where: Path

    print_json([Thing(datetime(2026, 1, 2, tzinfo=UTC), Decimal("0.10"), Path("a/b"))])

    assert json.loads(capsys.readouterr().out) == [
        {"at": "2026-01-02T00:00:00+00:00", "amount": "0.10", "where": "a/b"}
    ]


def test_table_shows_texts_with_brackets_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    say_table(("Text",), [("[red]not a colour[/red]",)], empty="")

    assert "[red]not a colour[/red]" in capsys.readouterr().out


def test_empty_table_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    say_table(("Text",), [], empty="None yet. Start one.")

    assert capsys.readouterr().out == "None yet. Start one.\n"


def test_error_is_a_sentence_with_a_capital_and_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    say_error("there is no run 'x'", "list them")

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "error: There is no run 'x'.\n  fix: List them.\n"


@pytest.mark.parametrize(
    ("amount", "unit", "expected", "shown"),
    [
        (None, None, None, ""),
        (None, None, "0.0083", "about $0.0083"),
        ("-0.00750", "USD", None, "$0.00750"),
        ("-0.071", "EUR", None, "0.071 EUR"),
        ("-0.071", "usd", None, "$0.071"),
    ],
)
def test_price_is_what_was_paid_or_else_what_is_expected(
    amount: str | None, unit: str | None, expected: str | None, shown: str
) -> None:
    assert price({"price": amount, "price_unit": unit, "expected_price": expected}) == shown


def test_line_of_a_final_message_has_text_segments_and_cost(capsys: pytest.CaptureFixture[str]) -> None:
    say_step(MESSAGE)

    assert capsys.readouterr().out == (
        "→ +14155550123  delivered   hello [bold]you[/bold]   [2 segments GSM-7, $0.01580]\n"
    )


def test_text_is_wrapped_behind_its_indent_and_links_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console(), "_width", 40)
    link = "https://example.com/" + "x" * 40

    assert _wrapped(f"Your order is on its way to you, follow it: {link}\n\nBye", indent="    ") == [
        "    Your order is on its way to you,",
        "    follow it:",
        f"    {link}",
        "",
        "    Bye",
    ]


def test_line_of_a_failed_message_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    say_step(
        MESSAGE
        | {"status": "undelivered", "error": {"message": "The phone is off.", "code": 30003, "fix": "Try later."}}
    )

    out = capsys.readouterr().out
    assert "undelivered" in out
    assert "    30003: The phone is off. Try later.\n" in out


def test_line_of_a_reply_points_the_other_way(capsys: pytest.CaptureFixture[str]) -> None:
    reply = {
        "direction": "inbound",
        "from": "+14155550123",
        "to": "+15550001111",
        "message": "YES",
        "status": "received",
    }
    say_step(MESSAGE | reply | {"segments": 1, "price": None})

    assert capsys.readouterr().out == "← +14155550123  received    YES   [1 segment GSM-7]\n"


def test_facts_that_are_not_known_yet_are_left_out() -> None:
    assert facts(MESSAGE | {"segments": None, "price": None}) == ""


def test_long_text_is_cut_and_says_so() -> None:
    assert short("one\ntwo  three", 40) == "one two three"
    assert short("x" * 50, 10) == "xxxxxxxxx…"
    assert short(None) == ""


def test_outputs_of_one_element_are_names_and_values(capsys: pytest.CaptureFixture[str]) -> None:
    say_outputs([{"status": "delivered", "count": 3}])

    assert capsys.readouterr().out == "status  delivered\ncount   3\n"


def test_outputs_of_a_batch_are_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    say_outputs([{"a": 1}, {"a": 2, "b": "x"}])

    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[0] == ["#", "a", "b"]
    assert lines[2:] == [["1", "1", "null"], ["2", "2", "x"]]


def test_a_moment_of_another_year_is_told_with_it() -> None:
    now = datetime.now().astimezone()
    assert when(now.isoformat()) == now.strftime("%m-%d %H:%M:%S")
    later = now.replace(day=1, month=6, year=now.year + 1)
    assert when(later.isoformat()) == later.strftime("%Y-06-%d %H:%M")
    assert when(None) == ""
