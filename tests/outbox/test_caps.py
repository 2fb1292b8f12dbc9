"""Caps: counted when a message is written down, given back when it certainly did not go."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from outbox.fake_twilio import cut, refuse
from outbox.send_path import ANA, BEN, Path, new, sender_of
from ringline.compliance import caps
from ringline.compliance.caps import Asked, Cap, parse_caps
from ringline.errors import RequestError
from ringline.outbox import Outbox, OutboxRow

THREE_A_DAY = parse_caps("marketing 3/day per person")
DAY = 86_400.0
NOON = 43_200.0


def offer(text: str = "offer", **changes: Any) -> Any:
    return new(text, **{"purpose": "marketing", **changes})


async def counted(path: Path, outbox: Outbox, to: str = ANA) -> int:
    one = Asked(to, "crd_1", "marketing", path.clock.time())
    return await path.database.read(lambda tx: caps.count_of(tx, outbox.settings.caps[0], one))


async def three(outbox: Outbox) -> list[OutboxRow]:
    return await outbox.enqueue_many([offer(f"offer {n}") for n in range(3)])


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("", ()),
        ("marketing 3/day per person", (Cap("marketing", 3, "day", "person"),)),
        (
            " * 20000 / day  per credential hold ;\n otp 5/hour per person;",
            (Cap("*", 20000, "day", "credential", True), Cap("otp", 5, "hour", "person")),
        ),
    ],
)
def test_caps_are_written_as_people_say_them(text: str, parsed: tuple[Cap, ...]) -> None:
    assert parse_caps(text) == parsed
    assert parse_caps("; ".join(str(cap) for cap in parsed)) == parsed


@pytest.mark.parametrize("text", ["marketing", "marketing 0/day per person", "3/day", "x 3/year per person", "x 3/day"])
def test_what_is_no_cap_is_said_to_be_none(text: str) -> None:
    with pytest.raises(RequestError, match="is no cap"):
        parse_caps(text)


async def test_the_fourth_offer_of_a_day_is_refused(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    assert {row.stage for row in await three(outbox)} == {"ready"}
    fourth = await outbox.enqueue(offer("fourth"))
    assert (fourth.stage, fourth.refusal_reason) == ("refused", "capped")
    assert "3 marketing messages this day" in (fourth.refusal_sentence or "")
    # Not others, nor other messages.
    assert (await outbox.enqueue(offer(to=BEN))).stage == "ready"
    assert (await outbox.enqueue(new("your order"))).stage == "ready"
    path.clock.step(NOON)
    assert (await outbox.enqueue(offer("tomorrow"))).stage == "ready"


async def test_within_one_batch_the_first_ones_pass(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    rows = await outbox.enqueue_many([offer(f"{n}", to=to) for n in range(5) for to in (ANA, BEN)])
    assert [row.stage for row in rows] == ["ready"] * 6 + ["refused"] * 4
    assert await counted(path, outbox) == 3


async def test_many_at_once_do_not_get_past_it(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    rows = await asyncio.gather(*(outbox.enqueue(offer(f"{n}")) for n in range(12)))
    assert sorted(row.stage for row in rows) == ["ready"] * 3 + ["refused"] * 9
    assert await counted(path, outbox) == 3


async def test_the_same_key_counts_once(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    rows = [await outbox.enqueue(offer("once", key="k")) for _ in range(5)]
    assert len({row.id for row in rows}) == 1
    assert await counted(path, outbox) == 1


async def test_a_message_that_did_not_go_is_given_back(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    first, second, third = await three(outbox)
    await outbox.cancel(first.id)
    assert await counted(path, outbox) == 2
    path.twilio.answers = [refuse(21211)]
    await outbox.drain(sender_of(second))
    assert [(await outbox.get(row.id)).stage for row in (second, third)] == ["failed", "accepted"]
    assert await counted(path, outbox) == 1
    assert (await outbox.get(second.id)).caps is None
    await outbox.cancel(first.id)
    assert await counted(path, outbox) == 1


async def test_what_expires_or_is_opted_out_of_is_given_back(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    await outbox.enqueue(offer("short", validity_seconds=10))
    await outbox.enqueue(offer("other"))
    path.clock.step(10)
    await outbox.sweep()
    assert await counted(path, outbox) == 1
    stop = {"account_id": new().account_id, "channel": "sms", "recipient": ANA, "source": "reply"}
    await path.database.write(lambda tx: outbox.stops.opt_out_in(tx, **stop))
    assert await counted(path, outbox) == 0


async def test_an_unknown_outcome_counts_as_sent(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    path.twilio.answers = [cut(having_accepted=False)]
    row = await outbox.enqueue(offer())
    await outbox.drain(sender_of(row))
    assert (await outbox.get(row.id)).stage == "unknown"
    assert await counted(path, outbox) == 1


async def test_a_refusal_at_the_gate_is_never_counted_and_a_capped_one_frees_its_cooldown(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    stop = {"account_id": new().account_id, "channel": "sms", "recipient": BEN, "source": "reply"}
    await path.database.write(lambda tx: outbox.stops.opt_out_in(tx, **stop))
    assert (await outbox.enqueue(offer(to=BEN))).refusal_reason == "opted_out"
    assert await counted(path, outbox, BEN) == 0
    await three(outbox)
    assert (await outbox.enqueue(offer("x", cooldown_key="k", cooldown_seconds=60))).refusal_reason == "capped"
    assert not await outbox.is_cooling_down("k", 60)


async def test_what_is_to_go_tomorrow_counts_tomorrow(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    await three(outbox)
    later = await outbox.enqueue(offer("later", send_at=path.clock.time() + DAY))
    assert (later.stage, await counted(path, outbox)) == ("held", 3)
    path.clock.step(DAY)
    assert await counted(path, outbox) == 1


async def test_a_cap_that_holds_lets_it_go_in_the_next_window_as_far_as_that_allows(path: Path) -> None:
    outbox = path.outbox(caps=parse_caps("marketing 2/hour per person hold"))
    rows = await outbox.enqueue_many([offer(f"offer {n}") for n in range(5)])
    assert [row.stage for row in rows] == ["ready"] * 2 + ["held"] * 3
    assert {row.hold_reason for row in rows[2:]} == {"capped"}
    assert {row.send_at for row in rows[2:]} == {path.clock.time() + 3600}
    for sent in (2, 4, 5):
        await outbox.sweep()
        await outbox.drain(sender_of(rows[0]))
        stages = [(await outbox.get(row.id)).stage for row in rows]
        assert sorted(stages) == ["accepted"] * sent + ["held"] * (5 - sent)
        assert await counted(path, outbox) == (1 if sent == 5 else 2)
        path.clock.step(3600)


async def test_what_would_expire_before_the_next_window_is_refused(path: Path) -> None:
    outbox = path.outbox(caps=parse_caps("marketing 1/day per person hold"))
    await outbox.enqueue(offer())
    assert (await outbox.enqueue(offer("b", validity_seconds=600))).refusal_reason == "capped"


async def test_a_credential_has_its_cap_and_what_is_urgent_passes_a_general_one(path: Path) -> None:
    outbox = path.outbox(caps=parse_caps("* 2/day per credential; emergency 3/day per person"))
    rows = await outbox.enqueue_many([new(f"{n}", to=f"+1415555010{n}") for n in range(3)])
    assert [row.stage for row in rows] == ["ready", "ready", "refused"]
    assert "This credential has sent 2 messages" in (rows[2].refusal_sentence or "")
    assert (await outbox.enqueue(new("other account", credential_id="crd_2"))).stage == "ready"
    urgent = [await outbox.enqueue(new(f"fire {n}", purpose="emergency")) for n in range(4)]
    assert [row.stage for row in urgent] == ["ready"] * 3 + ["refused"]
    assert (await outbox.enqueue(new("code 1", purpose="otp"))).stage == "ready"


async def test_counters_of_windows_long_past_are_forgotten(path: Path) -> None:
    outbox = path.outbox(caps=THREE_A_DAY)
    await three(outbox)
    began = path.clock.time()
    path.clock.step(9 * DAY)
    await outbox.compact()
    one = Asked(ANA, "crd_1", "marketing", began)
    assert await path.database.read(lambda tx: caps.count_of(tx, outbox.settings.caps[0], one)) == 0
