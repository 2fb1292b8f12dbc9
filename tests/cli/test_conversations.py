"""What `ringline calls show` tells of the conversation on a call."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ringline import Ringline
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode
from ringline.cli.told_interview import say_conversation
from ringline.database import Transaction
from ringline.interview.agent import QuestionsAgent
from ringline.interview.flow import Question, QuestionFlow
from ringline.settings import load_settings

AGENT = QuestionsAgent(QuestionFlow((Question("coming", "Are you coming?", "yes_no"),)))


def ended_call() -> str:
    """A call of an interview that was ended before anybody picked up, in this home's database."""

    async def hold() -> str:
        async with Ringline(settings=load_settings(), public_url="https://example.com", worker=False) as ringline:
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
                )
                call = ringline.sessions.call_in(tx, session)
                ringline.sessions.happening.end_in(tx, session, actor="api")
                return call

            return await ringline.database.write(work)

    return asyncio.run(hold())


def test_a_call_shows_the_conversation_it_carried(capsys: pytest.CaptureFixture[str], json_of: Any) -> None:
    call = ended_call()
    capsys.readouterr()
    assert run(["calls", "show", call]) == ExitCode.OK
    conversation = json_of("calls", "show", call)["conversation"]
    assert conversation["legs"][0]["ref"] == call
    assert f"ended: {conversation['outcome']}" in [line["text"] for line in conversation["transcript"]]


def test_what_was_said_pressed_and_understood(capsys: pytest.CaptureFixture[str]) -> None:
    answer = {"status": "ok", "value": 2, "confidence": 1.0, "how": "keypad", "raw": "2#", "evidence": ["keys 2"]}
    session = {"path": ["rating", "why"], "answers": {"rating": answer}, "outcome": "partial", "reason": "hung up"}
    lines = [
        {"who": "us", "text": "How was it?", "how": "", "confidence": None},
        {"who": "them", "text": "well", "how": "speech", "confidence": 0.4},
        {"who": "them", "text": "2#", "how": "keypad", "confidence": None},
        {"who": "note", "text": "ended: partial", "how": "", "confidence": None},
    ]
    say_conversation(session, lines)
    assert [line for line in capsys.readouterr().out.splitlines() if line] == [
        "agent   How was it?",
        "person  well  (40%)",
        "person  [keys 2#]",
        "        ended: partial",
        "rating  2  100% sure  keys 2#: keys 2",
        "why  no answer",
        "partial: hung up",
    ]
