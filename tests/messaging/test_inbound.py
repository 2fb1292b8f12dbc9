from __future__ import annotations

from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.compliance import gate
from ringline.database import Database, Transaction
from ringline.errors import NotFoundError
from ringline.messaging.inbound import Inbound, InboundRow
from ringline.twilio.webhooks import InboundMessage, parse_inbound

ACCOUNT = "AC" + "1" * 32
PHONE = "+14155550123"
OURS = "+15550001111"


@pytest.fixture
def inbound(database: Database, clock: VirtualClock) -> Inbound:
    return Inbound(database, clock)


def written(body: str, number: int = 1, **form: str) -> InboundMessage:
    return parse_inbound(
        {
            "AccountSid": ACCOUNT,
            "MessageSid": f"SM{number:032x}",
            "From": PHONE,
            "To": OURS,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            **form,
        }
    )


async def refusal(database: Database, clock: VirtualClock, **about: Any) -> str | None:
    """Why a message to the phone would be refused now."""
    passage = {"channel": "sms", "sender": OURS, "service": None, "purpose": "notification", "kind": "free_text"}
    found = await database.read(
        lambda tx: gate.check(tx, account_id=ACCOUNT, to=PHONE, now=clock.time(), **{**passage, **about})
    )
    return found.reason if found else None


async def test_a_reply_is_stored_once_however_often_it_is_delivered(inbound: Inbound) -> None:
    first = await inbound.receive(written("YES please"))
    again = await inbound.receive(written("YES please"))

    assert (first.is_new, again.is_new) == (True, False)
    assert first.message == again.message
    assert (first.message.direction, first.message.status) == ("inbound", "received")
    assert (first.message.from_, first.message.to, first.message.body) == (PHONE, OURS, "YES please")
    assert [message.id for message in await inbound.list()] == [first.message.id]
    assert await inbound.get(first.message.id) == first.message


async def test_messages_are_listed_newest_first_by_sender_and_page(inbound: Inbound, clock: VirtualClock) -> None:
    for number in range(4):
        await inbound.receive(written(f"text {number}", number, From="+14155550199" if number == 2 else PHONE))
        clock.step(1)

    page = await inbound.list(limit=3)
    assert [message.body for message in page] == ["text 3", "text 2", "text 1"]
    assert [message.body for message in await inbound.list(before=page[-1].id)] == ["text 0"]
    assert [message.body for message in await inbound.list(from_="+14155550199")] == ["text 2"]
    with pytest.raises(NotFoundError):
        await inbound.get("inb_none")


async def test_what_people_wrote_is_erased_when_it_is_old_enough(inbound: Inbound, clock: VirtualClock) -> None:
    old = await inbound.receive(written("a secret", 1))
    clock.step(100)
    young = await inbound.receive(written("hello", 2))
    assert await inbound.erase_older_than(50) == 1
    assert [(message.id, message.body) for message in await inbound.list()] == [
        (young.message.id, "hello"),
        (old.message.id, ""),
    ]
    assert await inbound.erase_older_than(50) == 0


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "CANCEL", "END", "QUIT"])
async def test_whoever_writes_stop_gets_nothing_more_from_that_number(
    word: str, inbound: Inbound, database: Database, clock: VirtualClock
) -> None:
    received = await inbound.receive(written(word))

    assert (received.keyword, received.answer) == ("stop", None), "Twilio has answered already"
    assert await refusal(database, clock) == "opted_out"
    assert await refusal(database, clock, sender="+15550002222") is None

    await inbound.receive(written("START", 2))
    assert await refusal(database, clock) is None


async def test_an_opt_out_at_a_messaging_service_covers_the_service(
    inbound: Inbound, database: Database, clock: VirtualClock
) -> None:
    service = "MG" + "0" * 32
    await inbound.receive(written("STOP", MessagingServiceSid=service))

    assert await refusal(database, clock, sender=None, service=service) == "opted_out"
    assert await refusal(database, clock, sender="+15550002222", service=service) == "opted_out"
    assert await refusal(database, clock) is None


async def test_twilios_verdict_counts_for_words_we_do_not_know(
    inbound: Inbound, database: Database, clock: VirtualClock
) -> None:
    received = await inbound.receive(written("ALTO", OptOutType="STOP"))

    assert received.keyword == "stop"
    assert await refusal(database, clock) == "opted_out"


async def test_stop_within_a_sentence_stops_nothing(inbound: Inbound, database: Database, clock: VirtualClock) -> None:
    received = await inbound.receive(written("Please do not stop"))

    assert received.keyword is None
    assert await refusal(database, clock) is None


async def test_yes_does_not_undo_a_toll_free_opt_out(inbound: Inbound, database: Database, clock: VirtualClock) -> None:
    toll_free = "+18005550100"
    await inbound.receive(written("STOP", 1, To=toll_free))
    await inbound.receive(written("YES", 2, To=toll_free))
    assert await refusal(database, clock, sender=toll_free) == "opted_out"

    await inbound.receive(written("UNSTOP", 3, To=toll_free))
    assert await refusal(database, clock, sender=toll_free) is None


async def test_we_answer_only_for_senders_whose_opt_outs_are_ours(database: Database, clock: VirtualClock) -> None:
    inbound = Inbound(database, clock, opt_out_ours={OURS})

    stopped = await inbound.receive(written("STOP"))
    assert stopped.answer is not None
    assert "START" in stopped.answer
    assert (await inbound.receive(written("STOP"))).answer == stopped.answer
    assert (await inbound.receive(written("HELP", 2))).answer is not None
    assert (await inbound.receive(written("hello", 3))).answer is None
    assert (await inbound.receive(written("STOP", 4, OptOutType="STOP"))).answer is None


async def test_a_whatsapp_message_opens_24_hours_for_free_text(
    inbound: Inbound, database: Database, clock: VirtualClock
) -> None:
    about = {"channel": "whatsapp"}
    assert await refusal(database, clock, **about) == "whatsapp_window_closed"

    await inbound.receive(written("Hi", From=f"whatsapp:{PHONE}", To=f"whatsapp:{OURS}", ProfileName="Ann"))
    assert await refusal(database, clock, **about) is None
    assert await refusal(database, clock, channel="whatsapp", sender="+15550002222") == "whatsapp_window_closed"

    clock.step(24 * 3600 + 1)
    assert await refusal(database, clock, **about) == "whatsapp_window_closed"


async def test_media_of_a_message_are_kept_by_their_addresses(inbound: Inbound) -> None:
    form = {"NumMedia": "1", "MediaUrl0": "https://api.example/1", "MediaContentType0": "image/jpeg"}

    assert (await inbound.receive(written("", **form))).message.media == ("https://api.example/1",)


def taker(name: str, takes: bool, asked: list[str]) -> Any:
    def hook(tx: Transaction, row: InboundRow) -> bool:
        asked.append(f"{name}: {row.body}")
        return takes and row.take(name, f"{name} takes what {row.from_} wrote to {row.to}.", run_id="run_1")

    return hook


async def test_the_first_who_takes_a_message_keeps_it_and_is_named(inbound: Inbound) -> None:
    asked: list[str] = []
    inbound.on_reply = [taker("wait", False, asked)]
    inbound.on_new = [taker("first", True, asked), taker("second", True, asked)]

    taken = (await inbound.receive(written("hello"))).message
    again = (await inbound.receive(written("hello"))).message

    assert asked == ["wait: hello", "first: hello"], "a redelivered message is offered to nobody"
    assert (taken.taken_by, taken.run_id) == ("first", "run_1")
    assert taken.taken_reason == f"first takes what {PHONE} wrote to {OURS}."
    assert again == taken == await inbound.get(taken.id)


async def test_what_nobody_takes_is_in_the_inbox(inbound: Inbound) -> None:
    inbound.on_new = [taker("first", False, [])]

    left = (await inbound.receive(written("hello"))).message
    assert (left.taken_by, left.taken_reason, left.run_id) == (None, None, None)


async def test_nobody_is_offered_a_message_that_opts_out_or_in(inbound: Inbound) -> None:
    asked: list[str] = []
    inbound.on_reply = [taker("wait", True, asked)]
    inbound.on_new = [taker("trigger", True, asked)]

    stopped = await inbound.receive(written("STOP", 1))
    started = await inbound.receive(written("START", 2))
    assert asked == []
    assert (stopped.message.taken_by, started.message.taken_by) == ("opt_out", "opt_in")
    assert stopped.message.taken_reason == f"STOP opts out; nothing more is sent from {OURS}."

    await inbound.receive(written("START", 3))
    assert asked == ["wait: START"], "somebody who was not opted out only says a word"


@pytest.mark.parametrize(
    ("is_opted_out", "is_awaited", "taken_by", "is_out_after"),
    [
        (True, True, "wait", True),
        (True, False, "opt_in", False),
        (False, True, "wait", False),
        (False, False, "trigger", False),
    ],
)
async def test_yes_opts_in_only_who_is_out_and_whom_nobody_waits_for(
    is_opted_out: bool,
    is_awaited: bool,
    taken_by: str,
    is_out_after: bool,
    database: Database,
    clock: VirtualClock,
) -> None:
    inbound = Inbound(database, clock, opt_out_ours={OURS})
    if is_opted_out:
        await inbound.receive(written("STOP", 1))
    inbound.on_reply = [taker("wait", is_awaited, [])]
    inbound.on_new = [taker("trigger", True, [])]

    received = await inbound.receive(written("Yes", 2))
    assert received.message.taken_by == taken_by
    assert (received.answer is not None) == (taken_by == "opt_in"), "an answer to a question is not an opt-in"
    assert await refusal(database, clock) == ("opted_out" if is_out_after else None)


async def test_what_a_hook_writes_goes_with_the_message_or_not_at_all(inbound: Inbound) -> None:
    def breaks(tx: Transaction, row: InboundRow) -> bool:
        raise RuntimeError("cannot")

    inbound.on_new = [breaks]
    with pytest.raises(RuntimeError, match="cannot"):
        await inbound.receive(written("hello"))
    assert await inbound.list() == []
