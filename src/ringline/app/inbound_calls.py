"""Where a call to us meets a conversation that broke off, or a workflow that it starts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ringline.triggers.calls import IncomingCall
from ringline.twilio.twiml.building import VoiceDocument
from ringline.workflow.run import number_of_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.app.system import Ringline
    from ringline.database import Transaction
    from ringline.voice.call import CallRow

READY_WITHIN = 2.0
"""Real seconds that a webhook waits for the run; beyond, the caller is asked to hold on."""
HOLD_AT_MOST = 10.0
MOST_TRIES = 5

HOLD_ON = "One moment, please."
NOT_READY = "Sorry, we cannot take your call right now. Please call again later."
NOBODY = "Sorry, nobody takes calls at this number."
_RETRIES = "#rc=5&rp=ct,rt,5xx"


class InboundCalls:
    """What calls to our numbers hear first."""

    def __init__(self, parts: Ringline) -> None:
        self._parts = parts

    async def answer(self, call: CallRow, form: Mapping[str, str]) -> bytes:
        """Somebody calls."""
        sessions = self._parts.sessions
        broken_off = await sessions.offers.resumable(call.id, call.from_, call.to)
        if broken_off is not None:
            session, leg = broken_off
            return await sessions.live.first(session, leg, call, form)
        run_id = await self._parts.database.write(lambda tx: self._start(tx, call))
        if run_id is None:
            return _said(NOBODY)
        return await self._go_on(call, run_id, 0, form)

    async def again(self, call_id: str, tries: int, form: Mapping[str, str]) -> bytes:
        """Somebody was asked to hold on, and has."""
        taken = await self._parts.sessions.offers.taker_of(call_id)
        if taken is None:
            return _said(NOBODY)
        return await self._go_on(await self._parts.calls.get(call_id), taken[0], tries, form)

    def _start(self, tx: Transaction, call: CallRow) -> str | None:
        now = self._parts.clock.time()
        run_id = self._parts.triggers.take_call(tx, IncomingCall(call.id, call.from_, call.to, now))
        if run_id is not None:
            told = {
                "from": call.from_,
                "to": call.to,
                "account_id": call.account_id,
                "credential_id": call.credential_id,
            }
            self._parts.sessions.offers.offer_in(tx, call.id, run_id, told)
        return run_id

    async def _go_on(self, call: CallRow, run_id: str, tries: int, form: Mapping[str, str]) -> bytes:
        session = await self._taker(call.id, run_id)
        if session is not None:
            return await self._parts.sessions.live.first(session, 1, call, form)
        run = await self._parts.runs.get(run_id)
        if run.finished_at is not None or tries >= MOST_TRIES:
            await self._parts.database.write(lambda tx: self._parts.sessions.offers.withdraw_in(tx, call.id))
            return _said(NOT_READY)
        document = VoiceDocument()
        if tries == 0:
            document.say(HOLD_ON)
        document.pause(int(HOLD_AT_MOST / MOST_TRIES))
        url = (self._parts.settings.public_url or "").rstrip("/")
        return document.redirect(f"{url}/twilio/hold/{call.id}.{tries + 1}{_RETRIES}").to_bytes()

    async def _taker(self, call_id: str, run_id: str) -> str | None:
        """The conversation that a step of the run holds on this call, if one does within `READY_WITHIN`."""
        offers = self._parts.sessions.offers
        is_taken = asyncio.Event()
        stop_listening = offers.when_taken(call_id, is_taken.set)
        try:
            taken = await offers.taker_of(call_id)
            if taken is not None and taken[1] is None:
                # The same as the run's job does; whichever comes second finds nothing to do.
                advance = asyncio.create_task(self._parts.runs.advance(str(number_of_run(run_id))))
                hearing = asyncio.create_task(is_taken.wait())
                await asyncio.wait({hearing}, timeout=READY_WITHIN)
                hearing.cancel()
                if advance.done():
                    advance.exception()
                taken = await offers.taker_of(call_id)
        finally:
            stop_listening()
        return None if taken is None else taken[1]


def _said(sentence: str) -> bytes:
    return VoiceDocument().say(sentence).hangup().to_bytes()
