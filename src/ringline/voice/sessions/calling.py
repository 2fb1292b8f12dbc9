"""Sessions on live calls: a webhook of a turn in, one TwiML document out, and the same again for who asks again."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Literal

from ringline.errors import RinglineError
from ringline.interview.actions import PauseRecording, ResumeRecording, StartRecording
from ringline.interview.events import LegStarted, PlaybackDone, RecordingPaused
from ringline.twilio.calls import is_asked_again
from ringline.voice.sessions.carrying import ASK_TWILIO, REDIRECT
from ringline.voice.sessions.carrying import HANG_UP as HANG_UP_LEG
from ringline.voice.sessions.lost_ends import ASK_AFTER
from ringline.voice.sessions.store import log as store_log
from ringline.voice.sessions.store import sessions as store
from ringline.voice.sessions.turning import HEARD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.interview.actions import Action
    from ringline.interview.events import Event
    from ringline.vault import Vault
    from ringline.voice.call import CallRow
    from ringline.voice.calls import Calls
    from ringline.voice.sessions.carrying import Carrier
    from ringline.voice.sessions.turning import Held, Turning

    _Answer = tuple[bytes, Held | None]
    """A document, and the session where the request was the first of its kind."""

_log = logging.getLogger(__name__)

FIRST = "first"
NOW = "now"
"""Parts of our own: what a call hears first, and what a live call is told to fetch beside its turns."""
RETRIES = "#rc=5&rp=ct,rt,5xx"
"""Connection overrides, so that a short restart of ours does not end a call."""
STEER_WITHIN = 1.0
"""Real seconds that a question waits for the recording to stand still."""
HANG_UP = b'<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'


class LiveCalls:
    """What the webhooks of calls come to."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        turning: Turning,
        carrier: Carrier,
        *,
        calls: Calls | None,
        vault: Vault,
        public_url: str | None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._turning = turning
        self._carrier = carrier
        self._calls = calls
        self._vault = vault
        self._base = (public_url or "").rstrip("/")

    async def first(self, session_id: str, leg: int, call: CallRow, form: Mapping[str, str]) -> bytes:
        """Somebody picked up, or a call came in: what they hear first.

        Where a later request of the call went wrong, what is being asked is said again.
        """

        def work(tx: Transaction) -> _Answer:
            held = self._turning.hold(tx, session_id)
            if held is None:
                return HANG_UP, None
            stored = store_log.response(tx, session_id, leg=leg, turn=0, part=FIRST, token=None)
            if stored is not None and is_asked_again(form):
                stored = store_log.last_response(tx, session_id, leg=leg)
            if stored is not None or held.is_over:
                return stored or HANG_UP, None
            direction = "inbound" if call.direction == "inbound" else "outbound"
            row = store.leg(tx, session_id, leg)
            answered_by = form.get("AnsweredBy") or (row["answered_by"] if row is not None else None)
            store.add_leg(tx, {"session_id": session_id, "leg": leg, "channel": "voice", "direction": direction})
            store.begin_leg(
                tx,
                session_id,
                leg,
                ref=call.id,
                sid=form.get("CallSid") or call.sid,
                answered_by=answered_by,
                at=self._clock.time(),
            )
            self._let_one_talk(tx, held, leg)
            self._turning.fold(tx, held, LegStarted(leg, "voice", direction, answered_by))  # type: ignore[arg-type]
            return self._document(tx, held, leg, 0, FIRST, None), held

        return await self._steered(await self._database.write(work), leg, 0, FIRST, None)

    def _let_one_talk(self, tx: Transaction, held: Held, leg: int) -> None:
        """Hear of this call's end at all events, and take back one that still rings."""
        now = self._clock.time()
        self._carrier.set_timer(tx, held.id, f"{ASK_TWILIO}{leg}", n=1, due=now + held.spec.max_duration + ASK_AFTER)
        for row in store.legs(tx, held.id):
            is_ringing = row["channel"] == "voice" and row["started_at"] is None and row["ended_at"] is None
            if is_ringing and row["leg"] != leg and row["ref"]:
                self._carrier.set_timer(tx, held.id, f"{HANG_UP_LEG}{row['leg']}", n=1, due=now)

    async def turn(
        self, session_id: str, leg: int, turn: int, part: str, form: Mapping[str, str], token: str | None
    ) -> bytes:
        """What Twilio tells of a turn, and what the person hears next.

        A request that was answered before gets the same bytes; a late one of an older turn gets what is being asked
        now. Nothing of that touches the session.
        """

        def work(tx: Transaction) -> _Answer:
            held = self._turning.hold(tx, session_id)
            row = store.leg(tx, session_id, leg) if held is not None else None
            if held is None or row is None or not _belongs(row, form):
                _log.warning("a turn of %s, leg %s, that is not this call's was refused", session_id, leg)
                return HANG_UP, None
            if part != NOW:
                stored = store_log.response(tx, session_id, leg=leg, turn=turn, part=part, token=token)
                if stored is not None:
                    return stored, None
            event = None
            if part != NOW and not held.is_over and leg == held.state.leg and turn >= held.state.turn:
                event = _event_of(part, form, leg=leg, turn=turn)
            if event is None:
                return store_log.last_response(tx, session_id, leg=leg) or HANG_UP, None
            if isinstance(event, PlaybackDone) and held.state.then == "ask":
                # The recording that was just begun, or whose pause nobody heard of, is to stand still first.
                held.actions.append(PauseRecording())
                return b"", held
            self._turning.fold(tx, held, event)
            return self._document(tx, held, leg, turn, part, token), held

        return await self._steered(await self._database.write(work), leg, turn, part, token)

    async def _steered(self, answer: _Answer, leg: int, turn: int, part: str, token: str | None) -> bytes:
        """The answer, once the call's recording stands still where what is asked next is not to be recorded.

        Should this process die before, Twilio asks for what follows, and it is asked with the recording given up.
        """
        body, held = answer
        if held is None:
            return body
        kinds = {type(action) for action in held.actions}
        if ResumeRecording in kinds:
            await self._record(held, leg, "in-progress")
        if PauseRecording not in kinds or StartRecording in kinds:
            # What only begins with this document can be paused once that has been played.
            return body
        stands_still = await self._record(held, leg, "paused")
        if not stands_still:
            await self._record(held, leg, "stopped")
        said = held.actions

        def work(tx: Transaction) -> bytes:
            again = self._turning.hold(tx, held.id)
            assert again is not None
            if not self._turning.fold(tx, again, RecordingPaused(leg, stands_still)):
                return store_log.last_response(tx, held.id, leg=leg) or HANG_UP
            again.actions[:0] = said
            return self._document(tx, again, leg, turn, part, token)

        return await self._database.write(work)

    async def _record(self, held: Held, leg: int, status: Literal["paused", "in-progress", "stopped"]) -> bool:
        """Steer a call's recording; False where it did not work in time."""
        row = await self._database.read(lambda tx: store.leg(tx, held.id, leg))
        if row is None or not row["sid"]:
            return False
        try:
            async with asyncio.timeout(STEER_WITHIN):
                await (await self._vault.client(held.row["credential_id"])).steer_recording(row["sid"], status)
        except (RinglineError, TimeoutError) as error:
            _log.warning("the recording of %s, leg %s, could not be %s: %s", held.id, leg, status, error)
            return False
        return True

    def tell_in(self, tx: Transaction, held: Held, actions: Sequence[Action]) -> None:
        """Have a live call fetch what was decided beside its turns; a call that still rings is hung up at the end."""
        if not any(isinstance(action, HEARD) for action in actions):
            return
        row = store.leg(tx, held.id, max(held.state.leg, 1))
        if row is None or row["channel"] != "voice" or row["ended_at"] is not None:
            return
        if row["started_at"] is not None:
            self._document(tx, held, row["leg"], held.state.turn, NOW, None)
        elif not held.is_over:
            return
        self._carrier.set_timer(tx, held.id, REDIRECT, n=held.state.turn, due=self._clock.time())

    async def redirect(self, timer: Row) -> None:
        """Carry out what `tell_in` wants of a call."""
        row = await self._database.read(lambda tx: self._live_leg(tx, timer["session_id"]))
        if row is None or row["ref"] is None or self._calls is None:
            return
        if row["started_at"] is None:
            await self._calls.hang_up(row["ref"])
        else:
            await self._calls.redirect(row["ref"], self.address(timer["session_id"], row["leg"], timer["n"], NOW))

    async def hang_up(self, timer: Row) -> None:
        """Take back the call of a leg that is not needed any more."""
        leg = int(timer["name"].removeprefix(HANG_UP_LEG))
        row = await self._database.read(lambda tx: store.leg(tx, timer["session_id"], leg))
        if row is not None and row["ended_at"] is None and row["ref"] and self._calls is not None:
            await self._calls.hang_up(row["ref"])
        await self._database.write(lambda tx: store.cancel_timer(tx, timer["session_id"], timer["name"]))

    def address(self, session_id: str, leg: int, turn: int, part: str) -> str:
        """Where Twilio tells of a part of a turn."""
        return f"{self._base}/twilio/turn/{session_id}.{leg}.{turn}.{part}{RETRIES}"

    def _live_leg(self, tx: Transaction, session_id: str) -> Row | None:
        rows = [row for row in store.legs(tx, session_id) if row["channel"] == "voice" and row["ended_at"] is None]
        return rows[-1] if rows else None

    def _document(self, tx: Transaction, held: Held, leg: int, turn: int, part: str, token: str | None) -> bytes:
        from ringline.voice.transports import gather

        if not any(isinstance(action, HEARD) for action in held.actions):
            # What came changes nothing for the person: the question stands.
            body = store_log.last_response(tx, held.id, leg=leg) or HANG_UP
        else:
            row = store.leg(tx, held.id, leg)

            def address(number: int, name: str) -> str:
                # What becomes of a recording is told of the call, as it is of every call.
                if name == "recording" and row is not None and row["ref"]:
                    return f"{self._base}/twilio/recording/{row['ref']}"
                return self.address(held.id, leg, number, name)

            body = gather.render(held.actions, address=address, voice=held.spec.voice, turn=held.state.turn)
        values = {"session_id": held.id, "leg": leg, "turn": turn, "part": part, "token": token}
        store_log.add_response(tx, {**values, "seq": held.row["seq"], "body": body})
        return body


def _event_of(part: str, form: Mapping[str, str], *, leg: int, turn: int) -> Event | None:
    from ringline.voice.transports import gather

    if part not in gather.PARTS or part == "recording":
        return None
    return gather.event_of(part, form, leg=leg, turn=turn)


def _belongs(row: Row, form: Mapping[str, str]) -> bool:
    """Whether a request comes from the call of this leg."""
    sid = form.get("CallSid")
    return row["sid"] is None or not sid or row["sid"] == sid
