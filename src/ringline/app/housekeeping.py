"""What is deleted every hour because nobody needs it any more."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from ringline.app.pace import DAY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ringline.app.system import Ringline
    from ringline.database import Transaction

_log = logging.getLogger(__name__)

KEEP_CONVERSATIONS = 90 * DAY
"""Seconds for which a conversation that ended is kept, with its log."""


class Housekeeping:
    """Tidies up, in whichever processes work; it does no harm if several do."""

    def __init__(self, parts: Ringline) -> None:
        self._parts = parts
        self.chores: list[Callable[[], Awaitable[object]]] = []
        """What higher rooms want done as well."""

    async def run(self, stop: asyncio.Event, *, every: float) -> None:
        """Tidy up every so many seconds until *stop* is set."""
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            try:
                await self.tidy()
            except Exception:
                # What could not be deleted now is deleted an hour later; the worker's own work goes on.
                _log.exception("tidying up failed")
            pause = asyncio.create_task(self._parts.clock.sleep(every))
            await asyncio.wait((pause, stopping), return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()
            if not stop.is_set():
                # Not at the start: whoever runs one command should not have Twilio asked for it.
                await self._parts.balances.look()

    async def tidy(self) -> None:
        """Delete expired media, old events and texts, and credentials that came as values with what is settled now."""
        parts = self._parts
        await parts.media.sweep()
        await parts.triggers.tidy()
        await parts.webhooks.forget_old()
        await parts.live.forget_old()
        await parts.acknowledgements.forget_old()
        await parts.access.tidy()
        await parts.budgets.tidy()
        await parts.sessions.keeping.forget_older_than(KEEP_CONVERSATIONS)
        if parts.settings.keep_inbound_days is not None:
            await parts.inbound.erase_older_than(parts.settings.keep_inbound_days * DAY)
        if parts.settings.keep_texts_days is not None:
            await parts.calls.forget_texts(parts.settings.keep_texts_days * DAY)
        if parts.settings.keep_recordings_days is not None:
            await parts.calls.recordings.forget_older_than(parts.settings.keep_recordings_days * DAY)
        for chore in self.chores:
            await chore()
        await parts.database.write(lambda tx: parts.credentials.forget_sealed(tx, self._needs_sealed))

    def _needs_sealed(self, tx: Transaction, credential_id: str) -> bool:
        parts = self._parts
        return parts.outbox.needs_credential_in(tx, credential_id) or parts.webhooks.needs_secret_in(tx, credential_id)
