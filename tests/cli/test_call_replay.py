"""`ringline calls replay`: what it says of a conversation, and how it ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ringline import Ringline
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode
from ringline.database import Transaction
from ringline.interview.agent import QuestionsAgent
from ringline.interview.flow import Question, QuestionFlow
from ringline.settings import load_settings
from ringline.voice.sessions.store import log as store_log

AGENT = QuestionsAgent(QuestionFlow((Question("coming", "Are you coming?", "yes_no"),)), channel="sms")


def held(change: Any = None) -> str:
    """A conversation by text in this home's database, and its id."""

    async def hold() -> str:
        async with Ringline(settings=load_settings(), worker=False) as ringline:
            account = await ringline.credentials.add("main", "AC" + "0" * 32, "secret")

            def work(tx: Transaction) -> str:
                session = ringline.sessions.begin_in(
                    tx,
                    AGENT,
                    person="+14155550123",
                    sender="+15550001111",
                    credential_id=account.id,
                    account_id=account.account_sid,
                    deadline=ringline.clock.time() + 3600,
                    channel="sms",
                )
                ringline.sessions.by_text.start_in(tx, session, 1, "sms")
                ringline.sessions.by_text.heard_in(tx, session, "yes")
                if change is not None:
                    tx.run(change)
                return session

            return await ringline.database.write(work)

    return asyncio.run(hold())


def test_a_conversation_that_would_go_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    session = held()
    capsys.readouterr()
    assert run(["calls", "replay", session]) == ExitCode.OK
    assert capsys.readouterr().out.split() == f"All 2 events of {session} lead to what was done.".split()


def test_a_conversation_that_would_go_another_way_today(capsys: pytest.CaptureFixture[str], json_of: Any) -> None:
    another_release = store_log.session_events.update().values(actions_hash="of another release")
    session = held(another_release.where(store_log.session_events.c.seq == 2))
    capsys.readouterr()
    assert run(["calls", "replay", session]) == ExitCode.FAILED
    shown = " ".join(capsys.readouterr().out.split())
    assert "event 2: user_said yes" in shown
    assert "+ end completed" in shown
    assert f"1 of 2 events of {session} lead elsewhere today." in shown
    found = json_of("calls", "replay", session, code=1)
    assert [one["seq"] for one in found["differences"]] == [2]


def test_an_announcement_has_nothing_to_replay(capsys: pytest.CaptureFixture[str]) -> None:
    async def place() -> str:
        async with Ringline(settings=load_settings(), worker=False) as ringline:
            await ringline.credentials.add("main", "AC" + "0" * 32, "secret", default_from="+15550001111")
            return (await ringline.calls.place(to="+14155550123", message="Your table is ready.")).id

    call = asyncio.run(place())
    capsys.readouterr()
    assert run(["calls", "replay", call]) == ExitCode.USAGE
    said = " ".join(capsys.readouterr().err.split())
    assert "said one announcement" in said
    assert f"ringline calls show {call}" in said
