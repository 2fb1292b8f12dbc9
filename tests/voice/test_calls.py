"""Calls that announce something: placed once, answered once, ended with what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy

from ringline.clock import VirtualClock
from ringline.errors import RequestError
from ringline.simulator import Press, Silent, Simulator
from ringline.twilio.calls import parse_call
from voice.installation import OURS, PHONE, Installation, installation


@pytest.fixture
async def house(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url, simulator, clock, with_api=True) as running:
        yield running


async def test_a_call_is_answered_and_its_end_is_known(house: Installation) -> None:
    house.simulator.handset(PHONE).answer([])
    placed = await house.ringline.calls.place(to=PHONE, message="Your table is ready, thank you for waiting.")
    assert (placed.stage, placed.status, placed.outcome) == ("ready", "pending", None)
    call = await house.ended(placed.id)
    assert (call.status, call.outcome, call.from_) == ("completed", "answered", OURS)
    assert call.sid == house.simulator.calls[-1].sid
    assert call.duration is not None
    assert call.duration >= 3
    assert house.heard() == ["Your table is ready, thank you for waiting."]
    # Twilio's first report may come before its answer does.
    assert {event["status"] for event in await house.ringline.outbox.events(call.id)} >= {"queued", "initiated"}

    async def priced() -> bool:
        return (await house.ringline.calls.get(call.id)).price is not None

    await house.until(priced, step=5)
    assert (await house.ringline.calls.get(call.id)).price_unit == "USD"
    assert await house.ringline.messages.list() == []


@pytest.mark.parametrize(("reaction", "outcome"), [("busy", "busy"), ("no_answer", "no_answer"), ("fail", "failed")])
async def test_a_call_nobody_takes_says_so(house: Installation, reaction: str, outcome: str) -> None:
    getattr(house.simulator.handset(PHONE), reaction)()
    placed = await house.ringline.calls.place(to=PHONE, message="Hello", ring_timeout=20)
    call = await house.ended(placed.id)
    assert (call.outcome, call.started_at) == (outcome, None)


@pytest.mark.parametrize(
    ("steps", "pressed", "heard"),
    [
        ([Press("1")], "confirmed", ["Press 1 to confirm, 2 to cancel.", "Thank you."]),
        ([Silent(), Press("2")], "dropped", ["Press 1 to confirm, 2 to cancel."] * 2),
        (
            [Press("7"), Press("1")],
            "confirmed",
            [
                "Press 1 to confirm, 2 to cancel.",
                "That key has no meaning here.",
                "Press 1 to confirm, 2 to cancel.",
                "Thank you.",
            ],
        ),
        ([Silent(), Silent()], None, ["Press 1 to confirm, 2 to cancel."] * 2),
        ([Press("7"), Press("8")], None, None),
    ],
)
async def test_a_menu_listens_for_a_key(
    house: Installation, steps: list[object], pressed: str | None, heard: list[str] | None
) -> None:
    house.simulator.handset(PHONE).answer(steps)
    menu = {"1": {"label": "confirmed", "say": "Thank you."}, "2": "dropped"}
    placed = await house.ringline.calls.place(to=PHONE, message="Press 1 to confirm, 2 to cancel.", menu=menu)
    call = await house.ended(placed.id)
    assert (call.pressed, call.outcome) == (pressed, pressed or "answered")
    assert heard is None or house.heard() == heard


async def test_a_machine_hears_the_voicemail_and_nothing_else(house: Installation) -> None:
    house.simulator.handset(PHONE).machine()
    placed = await house.ringline.calls.place(
        to=PHONE, message="Press 1.", menu={"1": "confirmed"}, voicemail="Please call us back."
    )
    call = await house.ended(placed.id)
    assert call.outcome == "voicemail"
    assert call.answered_by is not None
    assert call.answered_by.startswith("machine_end")
    assert house.heard() == ["Please call us back."]


async def test_the_recording_begins_after_the_notice_and_is_kept(house: Installation) -> None:
    house.simulator.handset(PHONE).answer([])
    placed = await house.ringline.calls.place(to=PHONE, message="One two three four five six.", record=True)
    call = await house.ended(placed.id)
    documents = house.simulator.calls[-1].documents
    document = documents[0].body
    assert document.index("This call is recorded.") < document.index("<Recording") < document.index("One two three")

    async def kept() -> object:
        found = await house.ringline.calls.recordings.of_call(call.id)
        return found[0] if found and found[0].status == "kept" else None

    recording = await house.until(kept)
    assert (await house.ringline.calls.get(call.id)).recording == recording.id
    path = f"/api/v1/recordings/{recording.id}"
    status, headers, whole = await house.ask("GET", path)
    assert (status, whole[:4], len(whole)) == (200, b"RIFF", recording.size)
    status, headers, part = await house.ask("GET", path, headers={"Range": "bytes=4-11"})
    assert (status, part, headers["Content-Range"]) == (206, whole[4:12], f"bytes 4-11/{len(whole)}")
    status, _, part = await house.ask("GET", path, headers={"Range": "bytes=-5"})
    assert (status, part) == (206, whole[-5:])
    async with house.session.get(house.url + path) as got:
        assert got.status == 401


async def recorded(house: Installation) -> tuple[str, str]:
    """A call that is over, and its recording that is kept."""
    house.simulator.handset(PHONE).answer([])
    placed = await house.ringline.calls.place(to=PHONE, message="One two three.", record=True)
    await house.ended(placed.id)

    async def kept() -> object:
        found = await house.ringline.calls.recordings.of_call(placed.id)
        return found[0] if found and found[0].status == "kept" else None

    return placed.id, (await house.until(kept)).id


async def sound_is_gone(house: Installation, recording: str) -> bool:
    blobs = sqlalchemy.text("SELECT COUNT(*) AS n FROM blobs WHERE id = :id")
    found = await house.ringline.database.read(lambda tx: tx.one(blobs, {"id": recording}))
    status, _, _ = await house.ask("GET", f"/api/v1/recordings/{recording}")
    return (found["n"], status) == (0, 404)


async def test_texts_and_recordings_are_forgotten_after_their_days(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> None:
    days = {"keep_texts_days": 10, "keep_recordings_days": 30}
    async with installation(tmp_path, database_url, simulator, clock, **days) as house:
        call, recording = await recorded(house)
        for passed, text, is_gone in ((9, "One two three.", False), (2, None, False), (20, None, True)):
            clock.step(passed * 86_400)
            await house.ringline.tidy()
            now = await house.ringline.calls.get(call)
            assert (now.announcement and now.announcement.message) == text
            assert (now.recording is None, await sound_is_gone(house, recording)) == (is_gone, is_gone)
        assert now.outcome == "answered"


async def test_recordings_in_a_folder_are_served_and_forgotten_like_those_in_the_database(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> None:
    folder = tmp_path / "recordings"
    async with installation(tmp_path, database_url, simulator, clock, with_api=True, recordings_folder=folder) as house:
        _, recording = await recorded(house)
        (file,) = folder.iterdir()
        assert file.stat().st_mode & 0o077 == 0
        status, _, whole = await house.ask("GET", f"/api/v1/recordings/{recording}")
        assert (status, whole) == (200, file.read_bytes())
        _, _, part = await house.ask("GET", f"/api/v1/recordings/{recording}", headers={"Range": "bytes=4-11"})
        assert part == whole[4:12]
        blobs = sqlalchemy.text("SELECT COUNT(*) AS n FROM blobs")
        assert (await house.ringline.database.read(lambda tx: tx.one(blobs)))["n"] == 0
        await house.ringline.contacts.erase(PHONE)
        assert list(folder.iterdir()) == []
        assert await sound_is_gone(house, recording)


async def test_who_is_erased_leaves_neither_words_nor_sound(house: Installation) -> None:
    call, recording = await recorded(house)
    assert (await house.ringline.contacts.erase(PHONE))["calls"] == 1
    now = await house.ringline.calls.get(call)
    assert (now.announcement, now.recording, now.outcome) == (None, None, "answered")
    assert await sound_is_gone(house, recording)


async def test_a_call_can_be_hung_up_while_it_rings_and_while_it_goes_on(house: Installation) -> None:
    phone = house.simulator.handset(PHONE)
    phone.no_answer()
    ringing = await house.ringline.calls.place(to=PHONE, message="Hello")

    async def rings() -> bool:
        return (await house.ringline.calls.get(ringing.id)).status == "ringing"

    await house.until(rings)
    await house.ringline.calls.hang_up(ringing.id)
    assert (await house.ended(ringing.id)).outcome == "canceled"

    phone.answer([Silent()])
    live = await house.ringline.calls.place(to=PHONE, message="word " * 300)

    async def is_live() -> bool:
        return (await house.ringline.calls.get(live.id)).status == "in-progress"

    await house.until(is_live)
    await house.ringline.calls.hang_up(live.id)
    call = await house.ended(live.id)
    assert call.status == "completed"
    assert call.duration is not None
    assert call.duration < 60


async def test_the_same_key_places_one_call(house: Installation) -> None:
    house.simulator.handset(PHONE).answer([])
    one, other = await asyncio.gather(
        *(house.ringline.calls.place(to=PHONE, message="Hello", key="order-7") for _ in range(2))
    )
    assert one.id == other.id
    await house.ended(one.id)
    assert len(house.simulator.calls) == 1


async def test_a_lost_answer_is_settled_and_nobody_is_called_twice(house: Installation) -> None:
    house.simulator.handset(PHONE).answer([])
    house.simulator.faults.drop_connection(accept=True)
    placed = await house.ringline.calls.place(to=PHONE, message="Hello there")
    call = await house.ended(placed.id)
    assert call.outcome == "answered"
    assert len([one for one in house.simulator.calls if one.status == "completed"]) == 1


async def test_a_copy_of_a_call_never_talks(house: Installation) -> None:
    """The fence: a request with another call's sid, or of another attempt, is told to hang up."""
    phone = house.simulator.handset(PHONE)
    phone.answer([])
    placed = await house.ringline.calls.place(to=PHONE, message="Only once")
    call = await house.ended(placed.id)
    answering = house.ringline.calls.answering
    n = (await house.ringline.outbox.get(call.id)).attempt_no
    form = {
        "AccountSid": house.simulator.account_sid,
        "CallSid": "CA" + "f" * 32,
        "CallStatus": "in-progress",
        "From": OURS,
        "To": PHONE,
        "Direction": "outbound-api",
    }
    assert b"<Hangup/>" in await answering.first(call.id, n, parse_call(form), form)
    assert b"Only once" not in await answering.first(call.id, n + 1, parse_call(form), form)
    own = {**form, "CallSid": call.sid or ""}
    assert b"Only once" in await answering.first(call.id, n, parse_call(own), own)

    async def flagged() -> bool:
        return (await house.ringline.outbox.get(call.id)).duplicate

    await house.until(flagged)


async def test_calls_of_an_account_go_one_a_second(house: Installation) -> None:
    house.simulator.account().calls_per_second = None
    phones = [f"+141555502{n:02d}" for n in range(3)]
    for phone in phones:
        house.simulator.handset(phone).answer([])
    placed = [await house.ringline.calls.place(to=phone, message="Hello") for phone in phones]
    for one in placed:
        await house.ended(one.id, step=0.25)
    opened = sorted(
        [attempt["opened_at"] for one in placed for attempt in await house.ringline.outbox.attempts(one.id)]
    )
    assert opened[-1] - opened[0] >= 1.0
    senders = await house.ringline.outbox.senders.list()
    assert [(one.channel, one.address, one.rate) for one in senders] == [("voice", "calls", 1.0)]


async def test_who_does_not_want_calls_is_not_called(house: Installation) -> None:
    outbox = house.ringline.outbox
    account = house.simulator.account_sid

    def opt_out(tx: object) -> None:
        outbox.stops.opt_out_in(tx, account_id=account, channel="voice", recipient=PHONE, sender=OURS, source="person")

    await outbox.database.write(opt_out)
    call = await house.ringline.calls.place(to=PHONE, message="Hello")
    assert (call.stage, call.outcome, call.refusal_reason) == ("refused", "refused", "opted_out")
    # Texts are another matter: the opt-out was from this number's calls.
    message = await house.ringline.messages.send(to=PHONE, body="Hello")
    assert message.stage != "refused"


async def test_without_a_public_url_the_message_goes_with_the_request(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> None:
    async with installation(tmp_path, database_url, simulator, clock, is_public=False) as house:
        simulator.handset(PHONE).answer([])
        placed = await house.ringline.calls.place(to=PHONE, message="Said inline")
        call = await house.ended(placed.id)
        assert (call.outcome, house.heard()) == ("answered", ["Said inline"])
        assert call.duration is not None
        assert (await house.ringline.outbox.get(call.id)).policy == "strict"
        with pytest.raises(RequestError, match="menu"):
            await house.ringline.calls.place(to=PHONE, message="Press 1", menu={"1": "yes"})
        with pytest.raises(RequestError, match="4,000"):
            await house.ringline.calls.place(to=PHONE, message="word " * 900)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"to": "555"}, "to"),
        ({"to": OURS}, "to"),
        ({"message": None}, "message"),
        ({"voice": "nobody"}, "voice"),
        ({"ring_timeout": 601}, "ring_timeout"),
        ({"max_duration": 20_000}, "max_duration"),
        ({"menu": {"12": "x"}}, "menu"),
        ({"menu": {"1": "answered"}}, "menu"),
        ({"play": ["file:///etc/passwd"]}, "play"),
    ],
)
async def test_what_cannot_be_asked_for_is_said_in_a_sentence(
    house: Installation, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - two kinds of error have a field
        await house.ringline.calls.place(**{"to": PHONE, "message": "Hello", **fields})
    assert getattr(raised.value, "field", None) == field
    assert getattr(raised.value, "fix", "")
