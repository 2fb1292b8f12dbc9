"""Calls to us, until a conversation takes them: one that broke off, or a step of the run that the call started."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ringline.voice.sessions.store import sessions as store
from ringline.voice.sessions.texting import TEXT_CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

TAKEN = "ringline_call_taken"
NOBODY = ""
RESUMABLE_FOR = 86_400.0
"""Seconds after a call broke off in which another one goes on with it."""


class Offers:
    """Which conversation a call to us belongs to."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def offer_in(self, tx: Transaction, call_id: str, run_id: str, call: Mapping[str, Any]) -> None:
        """A run was started for a call to us, which waits for the first voice step of it."""
        now = self._clock.time()
        store.offer(tx, {"call_id": call_id, "run_id": run_id, "call": json.dumps(dict(call)), "at": now})

    async def offered(self, run_id: str) -> dict[str, Any] | None:
        """The call that waits for a step of this run, with its ``id``."""
        row = await self._database.read(lambda tx: store.offered_to(tx, run_id))
        return None if row is None else {**json.loads(row["call"]), "id": row["call_id"]}

    def take_in(self, tx: Transaction, call_id: str, session_id: str) -> bool:
        """Carry a session by that call; False when another step was faster."""
        if not store.take_offer(tx, call_id, session_id):
            return False
        store.note_ref(tx, session_id, 1, call_id)
        tx.notify(TAKEN, call_id)
        return True

    def withdraw_in(self, tx: Transaction, call_id: str) -> None:
        """The call is over, or was told to call again: a step that comes now finds nobody."""
        store.take_offer(tx, call_id, NOBODY)

    def when_taken(self, call_id: str, tell: Callable[[], None]) -> Callable[[], None]:
        """Have *tell* called once a step, of whatever process, takes the call; gives what ends that."""
        return self._database.listen(TAKEN, lambda taken: tell() if taken in ("", call_id) else None)

    async def taker_of(self, call_id: str) -> tuple[str, str | None] | None:
        """The run a call to us waits for, and the session that took it."""
        row = await self._database.read(lambda tx: store.offered(tx, call_id))
        return None if row is None else (row["run_id"], row["taken_by"] or None)

    async def resumable(self, call_id: str, person: str, sender: str | None) -> tuple[str, int] | None:
        """The open session whose call broke off and that this call goes on with, and the leg it is.

        It is one of the last day with the same two numbers. The same call again gives the same.
        """

        def read(tx: Transaction) -> tuple[str, int] | None:
            leg = store.leg_of_ref(tx, call_id)
            if leg is not None and leg["leg"] > 1:
                return leg["session_id"], leg["leg"]
            for row in reversed(store.open_of_person(tx, person)):
                if row["sender"] in (sender, None):
                    legs = store.legs(tx, row["id"])
                    if self._has_broken_off(row, legs):
                        return row["id"], legs[-1]["leg"] + 1
            return None

        return await self._database.read(read)

    def _has_broken_off(self, row: Row, legs: list[Row]) -> bool:
        """Whether a call of the session ended within the day, and since then nobody talks to the person."""
        if row["phase"] != "between" and row["channel"] not in TEXT_CHANNELS:
            return False
        since = self._clock.time() - RESUMABLE_FOR
        return any(
            leg["channel"] == "voice" and leg["started_at"] is not None and (leg["ended_at"] or 0.0) >= since
            for leg in legs
        )
