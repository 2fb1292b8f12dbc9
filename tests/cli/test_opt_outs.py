"""`ringline opt-outs`."""

from __future__ import annotations

import asyncio

import pytest

from cli.conftest import Say
from ringline import Ringline
from ringline.cli.application import run
from ringline.compliance.suppression import suppress
from ringline.settings import load_settings

ANA, BEN, OURS = "+14155550101", "+14155550202", "+15550001111"


def filled() -> None:
    """Two who opted out, one of them a contact, in this home's database."""

    async def fill() -> None:
        async with Ringline(settings=load_settings(), worker=False) as ringline:
            await ringline.contacts.add(ANA, name="Ana Ruiz")
            about = {"account_id": "AC1", "sender": OURS, "now": ringline.clock.time()}
            await ringline.database.write(
                lambda tx: (
                    suppress(tx, **about, channel="sms", recipient=ANA, source="reply", evidence="SM1: stop it"),  # type: ignore[arg-type]
                    suppress(tx, **about, channel="voice", recipient=BEN, source="interview"),  # type: ignore[arg-type]
                )
            )

    asyncio.run(fill())


def test_who_opted_out_is_listed_and_chosen(json_of: Say, capsys: pytest.CaptureFixture[str]) -> None:
    assert json_of("opt-outs") == []
    filled()

    assert [one["number"] for one in json_of("opt-outs")] == [BEN, ANA]
    assert [one["number"] for one in json_of("opt-outs", "--search", "ru")] == [ANA]
    assert [one["number"] for one in json_of("opt-outs", "--channel", "voice", "--source", "interview")] == [BEN]
    assert json_of("opt-outs", "--since", "2100-01-01") == []
    assert run(["opt-outs"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert all(part in shown for part in (ANA, "Ana Ruiz", "stop it", "said it in an", "calls from"))
    assert run(["opt-outs", "--since", "last week"]) == 2
    assert "2026-11-01" in capsys.readouterr().err
