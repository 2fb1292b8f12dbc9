from __future__ import annotations

from typing import Any

import pytest

from ringline.compliance import gate, suppression, windows
from ringline.compliance.gate import Passage
from ringline.compliance.keywords import classify
from ringline.database import Database

ANA, BEN = "+14155550101", "+14155550102"
NUMBER, OTHER = "+14155550001", "+14155550002"
DAY = 86_400.0


def passage(**changes: Any) -> Passage:
    return Passage(**{"account_id": "AC1", "channel": "sms", "to": ANA, "sender": NUMBER, **changes})


async def ask(database: Database, *passages: Passage, now: float = 1000.0) -> list[str | None]:
    answers = await database.read(lambda tx: gate.check_many(tx, passages, now=now))
    return [answer.reason if answer else None for answer in answers]


@pytest.mark.parametrize(
    ("opt_out", "refused", "passing"),
    [
        (
            {"sender": NUMBER},
            [passage(), passage(service="MG1")],
            [passage(sender=OTHER), passage(to=BEN), passage(account_id="AC2"), passage(sender=None, service="MG1")],
        ),
        (
            {"sender": NUMBER, "service": "MG1"},
            [passage(service="MG1"), passage(sender=None, service="MG1"), passage(sender=OTHER, service="MG1")],
            [passage(), passage(service="MG2")],
        ),
        (
            {},
            [passage(), passage(sender=OTHER), passage(channel="whatsapp", kind="template")],
            [passage(to=BEN), passage(account_id="AC2")],
        ),
    ],
    ids=["sender", "service", "account"],
)
async def test_an_opt_out_reaches_as_far_as_its_scope(
    database: Database, opt_out: dict[str, str], refused: list[Passage], passing: list[Passage]
) -> None:
    who = {"account_id": "AC1", "channel": "sms", "recipient": ANA, **opt_out}
    assert await database.write(lambda tx: suppression.suppress(tx, **who, source="reply", evidence="STOP", now=1.0))
    assert not await database.write(lambda tx: suppression.suppress(tx, **who, source="reply", now=2.0))
    assert await ask(database, *refused) == ["opted_out"] * len(refused)
    assert await ask(database, *passing) == [None] * len(passing)
    assert await database.write(lambda tx: suppression.lift(tx, **who))
    assert not await database.write(lambda tx: suppression.lift(tx, **who))
    assert await ask(database, *refused) == [None] * len(refused)


async def test_the_sms_side_of_a_number_is_another_sender_than_its_whatsapp_side(database: Database) -> None:
    await database.write(
        lambda tx: suppression.suppress(
            tx, account_id="AC1", channel="sms", recipient=ANA, sender=NUMBER, source="reply", now=1.0
        )
    )
    assert await ask(database, passage(channel="whatsapp", kind="template"), passage()) == [None, "opted_out"]


async def test_free_text_on_whatsapp_needs_a_message_of_the_last_day(database: Database) -> None:
    free = passage(channel="whatsapp")
    assert await ask(database, free, passage(channel="whatsapp", kind="template"), passage()) == [
        "whatsapp_window_closed",
        None,
        None,
    ]

    def note(at: float) -> Any:
        return lambda tx: windows.note_inbound(tx, account_id="AC1", recipient=ANA, sender=NUMBER, service="MG1", at=at)

    await database.write(note(1000.0))
    await database.write(note(500.0))  # an older message that arrives late changes nothing
    assert await ask(database, free, now=1000.0 + DAY - 0.1) == [None]
    assert await ask(database, free, now=1000.0 + DAY) == ["whatsapp_window_closed"]
    within = 1000.0 + DAY - 1
    assert await ask(
        database,
        passage(channel="whatsapp", sender=OTHER),
        passage(channel="whatsapp", to=BEN),
        passage(channel="whatsapp", account_id="AC2"),
        passage(channel="whatsapp", sender=None, service="MG1"),
        passage(channel="whatsapp", sender=None, service="MG2"),
        now=within,
    ) == ["whatsapp_window_closed"] * 3 + [None, "whatsapp_window_closed"]
    await database.write(note(within))
    assert await ask(database, free, now=within + DAY - 1) == [None]


async def test_a_window_can_be_asked_about_directly(database: Database) -> None:
    await database.write(lambda tx: windows.note_inbound(tx, account_id="AC1", recipient=ANA, sender=NUMBER, at=5.0))
    opened = await database.read(
        lambda tx: windows.is_open(tx, account_id="AC1", recipient=ANA, sender=NUMBER, now=6.0)
    )
    assert opened


async def test_something_that_is_no_number_is_refused_unless_the_caller_takes_any_text(database: Database) -> None:
    assert await ask(database, passage(to="Ana"), passage(to="Ana", check_number=False)) == ["invalid_recipient", None]


async def test_one_message_is_checked_like_many(database: Database) -> None:
    refusal = await database.read(
        lambda tx: gate.check(
            tx,
            account_id="AC1",
            channel="whatsapp",
            to=ANA,
            sender=NUMBER,
            service=None,
            purpose="notification",
            kind="free_text",
            now=1.0,
        )
    )
    assert refusal is not None
    assert "approved templates" in refusal.sentence
    assert await database.read(lambda tx: gate.check_many(tx, [], now=1.0)) == []


async def test_the_list_can_be_paged(database: Database) -> None:
    def fill(tx: Any) -> None:
        for n in range(7):
            for account in ("AC1", "AC2"):
                who = {"account_id": account, "channel": "sms", "recipient": f"+1415555010{n}"}
                suppression.suppress(tx, **who, source="import", now=float(n))

    await database.write(fill)
    seen, after = [], None
    while page := await database.read(lambda tx, after=after: suppression.suppressions(tx, after=after, count=4)):
        seen += page
        after = page[-1]
    assert len(seen) == len({(one.recipient, one.scope) for one in seen}) == 14


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        *((word, "stop") for word in ("STOP", "stop", " Stop\n", "unsubscribe", "END", "quit", "StopAll", "revoke")),
        *((word, "stop") for word in ("optout", "CANCEL")),
        *((word, "start") for word in ("START", "unstop", "Yes")),
        *((word, "help") for word in ("HELP", "info")),
        *((text, None) for text in ("STOP PLEASE", "please stop", "stops", "", "   ", "ok", "stop.", "ſtop")),
        (None, None),
    ],
)
def test_only_the_single_word_counts(body: str | None, meaning: str | None) -> None:
    assert classify(body) == meaning
