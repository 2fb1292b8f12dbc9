"""Recordings: fetched once from Twilio with our credential, kept here, and served a part at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ringline.clock import utc
from ringline.dispatch.ticker import Ticker
from ringline.errors import CredentialError, NotFoundError, TwilioError
from ringline.ids import new_id
from ringline.voice import store
from ringline.voice.recording_files import RecordingFiles

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.dispatch import Dispatcher, Handler
    from ringline.twilio.calls import RecordingEvent
    from ringline.twilio.client import TwilioClient

_log = logging.getLogger(__name__)

FETCH = "fetch_recording"
PAUSES = (10.0, 60.0, 300.0, 1_800.0, 7_200.0, 43_200.0)
"""Seconds until the next try at fetching; after the last one it is given up."""
HELD_FOR = 300.0
"""How long one worker has to fetch it before another may."""
GONE = 404

Later = Callable[["Transaction", str, float], None]
"""Told of a call of which more is known after its end, and when."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as it stands: ``waiting`` to be fetched, ``kept`` here, ``failed`` to be fetched, or ``absent``."""

    id: str
    call_id: str
    sid: str
    status: str
    duration: int | None
    channels: int
    content_type: str | None
    size: int | None
    problem: str | None
    created_at: datetime


class Recordings:
    """The recordings of this installation. *clients* gives the Twilio client of a credential's id."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        dispatcher: Dispatcher,
        *,
        clients: Callable[[str], Awaitable[TwilioClient]],
        on_later: list[Later],
        folder: Path | None = None,
    ) -> None:
        """*folder*, which every process must see, takes the sound instead of the database."""
        self._database = database
        self._clock = clock
        self._dispatcher = dispatcher
        self._clients = clients
        self._on_later = on_later
        self._files = RecordingFiles(folder) if folder is not None else None
        self.ticker = Ticker(self, clock, longest=30.0, what="recordings")

    def handlers(self) -> dict[str, Handler]:
        """What the dispatcher has to run."""
        return {FETCH: self.fetch}

    async def note(self, call_id: str, event: RecordingEvent) -> None:
        """Twilio says how far a recording of this call is. A complete one is fetched by a job."""
        await self._database.write(lambda tx: self.note_in(tx, call_id, event))

    def note_in(self, tx: Transaction, call_id: str, event: RecordingEvent) -> None:
        """As `note`, in the caller's transaction; what is nobody's call is left alone."""
        row = store.get_call(tx, call_id)
        if row is None or row["account_id"] != event.account_sid or event.status == "in-progress":
            return
        now = self._clock.time()
        is_there = event.status == "completed"
        recording_id = new_id("rec", at=now)
        is_new = store.add_recording(
            tx,
            {
                "id": recording_id,
                "call_id": call_id,
                "account_id": event.account_sid,
                "credential_id": row["credential_id"],
                "sid": event.sid,
                "status": "waiting" if is_there else "absent",
                "duration": event.duration,
                "channels": event.channels,
                "fetch_at": now if is_there else None,
                "created_at": now,
            },
        )
        if is_new and is_there:
            self._dispatcher.enqueue(tx, FETCH, recording_id)
            for listener in self._on_later:
                listener(tx, call_id, now)

    async def fetch(self, id: str) -> None:
        """Fetch one that waits; harmless if it is asked for twice."""
        now = self._clock.time()
        taken = await self._database.write(
            lambda tx: store.take_recording(tx, id, now=now, until=now + HELD_FOR) and store.get_recording(tx, id)
        )
        if not taken:
            return
        try:
            client = await self._clients(taken["credential_id"])
            content_type, content = await client.download_recording(taken["sid"])
        except (TwilioError, CredentialError) as error:
            _log.warning("recording %s could not be fetched: %s", id, error)
            is_gone, problem = getattr(error, "status", None) == GONE, error.message
            await self._database.write(lambda tx: self._put_off(tx, taken, problem, is_gone=is_gone))
            return

        if self._files is not None:
            await asyncio.to_thread(self._files.keep, id, content)

        def keep(tx: Transaction) -> None:
            if self._files is None:
                store.keep_blob(tx, id, content)
            values = {"status": "kept", "size": len(content), "content_type": content_type}
            store.change_recording(tx, id, {**values, "fetch_at": None, "problem": None})

        await self._database.write(keep)

    def _put_off(self, tx: Transaction, row: Row, problem: str, *, is_gone: bool) -> None:
        tries = row["tries"]
        # A recording may be announced a moment before it can be fetched, so being told that there is none counts twice.
        if tries >= len(PAUSES) or (is_gone and tries > 2):
            store.change_recording(tx, row["id"], {"status": "failed", "fetch_at": None, "problem": problem})
            return
        due = self._clock.time() + PAUSES[tries - 1]
        store.change_recording(tx, row["id"], {"fetch_at": due, "problem": problem})
        tx.after_commit(lambda: self.ticker.note([due]))

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Have those fetched whose time has come; returns when the next one's does."""
        now = self._clock.time()

        def work(tx: Transaction) -> list[str]:
            due = store.recordings_due(tx, now)
            for recording_id in due:
                self._dispatcher.enqueue(tx, FETCH, recording_id)
            return due

        due = await self._database.write(work)
        following = await self._database.read(store.next_fetch)
        # Those just handed out are on their way; should their job be lost, the next round finds them.
        return now + min(PAUSES) if due else following

    async def get(self, id: str) -> Recording:
        """One recording. Raises `NotFoundError`."""
        row = await self._database.read(lambda tx: store.get_recording(tx, id))
        if row is None:
            raise NotFoundError(f"there is no recording {id!r}", fix="`ringline calls show` names a call's recordings")
        return _recording(row)

    async def of_call(self, call_id: str) -> list[Recording]:
        """The recordings of a call, the oldest first."""
        return [_recording(row) for row in await self._database.read(lambda tx: store.recordings_of(tx, call_id))]

    async def read(self, id: str, start: int, end: int) -> bytes:
        """The sound's bytes from *start* up to, and without, *end*."""
        if self._files is not None:
            found = await asyncio.to_thread(self._files.read, id, start, end)
            if found is not None:
                return found
        # What was kept before there was a folder is still here.
        return await self._database.read(lambda tx: store.read_blob(tx, id, start, end))

    async def forget_older_than(self, seconds: float) -> int:
        """Delete recordings kept for longer than that; how many there were."""
        before = self._clock.time() - seconds

        def work(tx: Transaction) -> int:
            ids = store.old_recordings(tx, before)
            self.drop_in(tx, ids)
            return len(ids)

        return await self._database.write(work)

    def drop_in(self, tx: Transaction, ids: Sequence[str]) -> None:
        """Delete recordings and their sound; files go once that is committed."""
        store.drop_recordings(tx, ids)
        files = self._files
        if files is not None:
            for recording in ids:
                tx.after_commit(partial(files.drop, recording))


def _recording(row: Row) -> Recording:
    return Recording(
        id=row["id"],
        call_id=row["call_id"],
        sid=row["sid"],
        status=row["status"],
        duration=row["duration"],
        channels=row["channels"],
        content_type=row["content_type"],
        size=row["size"],
        problem=row["problem"],
        created_at=utc(row["created_at"]),
    )
