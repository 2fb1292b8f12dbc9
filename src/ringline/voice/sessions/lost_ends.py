"""Calls of which nobody told that they are over: after the longest they may last, Twilio is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.twilio.calls import CallEvent
from ringline.voice.sessions.carrying import ASK_TWILIO
from ringline.voice.sessions.store import sessions as store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.clock import Clock
    from ringline.database import Database, Row
    from ringline.vault import Vault
    from ringline.voice.calls import Calls

ASK_AFTER = 60.0
"""Seconds beyond the longest duration."""
ASK_AGAIN_AFTER = 600.0
MOST_QUESTIONS = 30
"""As long as a call may last with the person who took it over: four hours, and some more."""


class LostEnds:
    """Asks Twilio how a call ended whose last report did not come."""

    def __init__(self, database: Database, clock: Clock, *, calls: Calls | None, vault: Vault) -> None:
        self._database = database
        self._clock = clock
        self._calls = calls
        self._vault = vault

    async def ask(self, timer: Row) -> None:
        """Ask once; while the call goes on, again later."""
        later = self._clock.time() + ASK_AGAIN_AFTER
        # Whoever puts it off first asks; should this process die meanwhile, another one does.
        if not await self._database.write(lambda tx: store.put_off_timer(tx, timer, later=later)):
            return
        leg = int(timer["name"].removeprefix(ASK_TWILIO))
        row, session = await self._database.read(
            lambda tx: (store.leg(tx, timer["session_id"], leg), store.get(tx, timer["session_id"]))
        )
        is_done = row is None or session is None or row["ended_at"] is not None or row["sid"] is None
        if not is_done and self._calls is not None:
            assert row is not None
            assert session is not None
            resource = await (await self._vault.client(session["credential_id"])).fetch_call(row["sid"])
            # What comes of it comes as a report would have.
            await self._calls.answering.status(None, None, _event_of(resource, session["account_id"]))
        if is_done or timer["n"] >= MOST_QUESTIONS:
            await self._database.write(lambda tx: store.cancel_timer(tx, timer["session_id"], timer["name"]))
        else:
            await self._database.write(lambda tx: store.count_timer(tx, {**timer, "due": later}))


def _event_of(resource: Mapping[str, Any], account_id: str) -> CallEvent:
    duration = str(resource.get("duration") or "")
    return CallEvent(
        account_sid=str(resource.get("account_sid") or account_id),
        sid=str(resource["sid"]),
        status=str(resource.get("status") or ""),
        from_=str(resource.get("from") or ""),
        to=str(resource.get("to") or ""),
        direction=str(resource.get("direction") or ""),
        duration=int(duration) if duration.isdigit() else None,
        answered_by=resource.get("answered_by") or None,
        raw={"asked": "the report of its end did not come"},
    )
