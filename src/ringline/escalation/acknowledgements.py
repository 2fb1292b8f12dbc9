"""What remains to be known of an escalation outside its run: its links, who took it, and who answered too late."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ringline.errors import NotFoundError, RequestError
from ringline.escalation import store
from ringline.escalation.policy import Words
from ringline.ids import new_id
from ringline.phone_numbers import mask

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.escalation.progress import Acknowledgement, Alert

Report = Callable[["Transaction", str, Mapping[str, Any], float], int]
"""Tells the runs that wait for a key; gives how many there were."""

LATE_SECONDS = 24 * 3600.0
"""How long after the end a reply still counts as a late answer."""
KEEP_ENDED = 90 * 86_400.0
_TOKEN_BYTES = 16
_MOST_LATE = 50

State = Literal["open", "acknowledged", "over"]
Press = Literal["acknowledge", "resolve"]


@dataclass(frozen=True, slots=True)
class Click:
    """What the page behind a link shows: *state* now, whether it is *mine*, and who took it."""

    state: State
    text: str
    level: int
    needs_resolution: bool
    taken_by: str | None = None
    taken_at: float | None = None
    is_mine: bool = False
    was_recorded: bool = False
    """Whether pressing the button did something."""
    is_exhausted: bool = False


@dataclass(frozen=True, slots=True)
class LateReply:
    """An answer to somebody whose acknowledgement came after the end, to the alert with *token*."""

    token: str
    to: str
    channel: str
    text: str
    sender: str | None
    service: str | None
    credential: str | None


def key_of(escalation_id: str) -> str:
    """The key under which a pressed link is reported to the run."""
    return f"ack/{escalation_id}"


class Acknowledgements:
    """Escalations as people outside see them. A run owns its escalation; here is only what its links point at."""

    def __init__(self, database: Database, clock: Clock, *, public_url: str | None, report: Report) -> None:
        self._database = database
        self._clock = clock
        self._prefix = f"{public_url.rstrip('/')}/a/" if public_url else None
        self._report = report

    def new_id(self) -> str:
        """An id for the next escalation."""
        return new_id("esc", at=self._clock.time())

    def new_token(self) -> str:
        """What nobody guesses."""
        return secrets.token_urlsafe(_TOKEN_BYTES)

    def link(self, token: str) -> str:
        """The address that acknowledges; raises `RequestError` where there is no public one."""
        if self._prefix is None:
            raise RequestError(
                "A link can acknowledge only where it can be reached, and no public address is set.",
                field="acknowledge",
                fix="Set RINGLINE_PUBLIC_URL to the address at which this server is reached from outside, or let "
                "people acknowledge by a reply.",
            )
        return self._prefix + token

    # --- the run's side, in its transactions --------------------------------------------------------------------

    def open_in(
        self,
        tx: Transaction,
        escalation_id: str,
        *,
        run_id: str,
        step: str,
        words: Words,
        needs_resolution: bool,
        late_answer: str | None,
    ) -> None:
        """Write down that an escalation begins."""
        store.add(
            tx,
            {
                "id": escalation_id,
                "run_id": run_id,
                "step": step,
                "status": "open",
                "needs_resolution": int(needs_resolution),
                "words": json.dumps(words.as_data()),
                "late_answer": late_answer,
                "late": "[]",
                "created_at": self._clock.time(),
            },
        )

    def alert_in(
        self,
        tx: Transaction,
        escalation_id: str,
        alerts: Sequence[tuple[Alert, str]],
        *,
        sender: str | None,
        service: str | None,
        credential: str | None,
    ) -> None:
        """Write down who is alerted now, each with the text; their links work from then on."""
        now = self._clock.time()
        store.add_alerts(
            tx,
            [
                {
                    "token": alert.token,
                    "escalation_id": escalation_id,
                    "to": alert.to,
                    "name": alert.name,
                    "channel": alert.channel,
                    "level": alert.level,
                    "text": text,
                    "sender": sender,
                    "service": service,
                    "credential": credential,
                    "created_at": now,
                }
                for alert, text in alerts
            ],
        )

    def change_in(
        self, tx: Transaction, escalation_id: str, status: str, taken: Acknowledgement | None, *, has_ended: bool
    ) -> None:
        """Write down how it stands: taken, open again, or over."""
        values = {"by": None, "by_name": None, "by_how": None, "at": None}
        if taken is not None:
            values = {"by": taken.by, "by_name": taken.name, "by_how": taken.how, "at": taken.at}  # type: ignore[dict-item]
        ended_at = self._clock.time() if has_ended else None
        store.change(tx, escalation_id, status=status, taken=values, ended_at=ended_at)

    # --- the page behind a link --------------------------------------------------------------------------------

    async def look(self, token: str) -> Click:
        """How things stand, changing nothing: whoever previews a link must not acknowledge. `NotFoundError`."""
        return _click(await self._database.read(lambda tx: _found(tx, token)))

    async def press(self, token: str, what: Press | None = None) -> Click:
        """Acknowledge, or resolve what is acknowledged; `NotFoundError`.

        *what* is what the button said that was pressed: somebody who taps "Acknowledge" twice has resolved nothing.
        Without it, the press means what the page shows now.
        """
        now = self._clock.time()

        def work(tx: Transaction) -> Click:
            row = _found(tx, token)
            if row["ended_at"] is not None:
                self._note_late(tx, row, "link", now)
                return _click(_found(tx, token))
            means = _next_of(row)
            if means is None or what not in (None, means) or not store.press(tx, row, what=means):
                return _click(_found(tx, token))
            data = {"what": means, "token": token, "how": "link", "at": now}
            if self._report(tx, key_of(row["id"]), data, now) == 0:
                # The run was cancelled or has failed, so nobody waits any more.
                store.end(tx, row["id"], at=now)
                self._note_late(tx, row, "link", now)
                return _click(_found(tx, token))
            return _click(_found(tx, token), was_recorded=True)

        return await self._database.write(work)

    # --- replies after the end ---------------------------------------------------------------------------------

    def late_reply_in(
        self, tx: Transaction, *, person: str, channel: str, to: str, service: str | None, text: str, at: float
    ) -> LateReply | None:
        """The answer to a message that acknowledges what is over, which is recorded; None for any other message."""
        for row in store.last_alerts(tx, person=person, channel=channel, since=at - LATE_SECONDS):
            came_to_us = to == row["alert_sender"] if row["alert_sender"] else row["alert_service"] in (None, service)
            if not came_to_us or not Words.of(json.loads(row["words"])).fit(text):
                continue
            self._note_late(tx, row, "reply", at)
            return _late_reply(row)
        return None

    async def late_reply(self, token: str) -> LateReply:
        """What whoever got the alert with *token* is told, now that it is over. Raises `NotFoundError`."""
        return _late_reply(await self._database.read(lambda tx: _found(tx, token)))

    async def late(self, escalation_id: str) -> list[dict[str, Any]]:
        """Who answered after the end: ``by``, ``how``, ``at``, oldest first."""
        row = await self._database.read(lambda tx: store.get(tx, escalation_id))
        if row is None:
            raise NotFoundError(f"There is no escalation {escalation_id}.", fix="Look at the run that started it.")
        return list(json.loads(row["late"]))

    def end_in(self, tx: Transaction, run_id: str) -> None:
        """Its run has ended: whatever of its escalations is still open is over."""
        store.end_of_run(tx, run_id, at=self._clock.time())

    def end_one_in(self, tx: Transaction, escalation_id: str) -> None:
        """Its run does not wait for it any more."""
        store.end(tx, escalation_id, at=self._clock.time())

    async def forget_old(self) -> int:
        """Delete what ended three months ago, and say how many there were."""
        before = self._clock.time() - KEEP_ENDED
        return await self._database.write(lambda tx: store.forget(tx, before=before))

    def _note_late(self, tx: Transaction, row: Row, how: str, at: float) -> None:
        known = json.loads(row["late"])
        if len(known) < _MOST_LATE and row["taken_by"] != row["alert_to"]:
            store.note_late(tx, row["id"], json.dumps([*known, {"by": row["alert_to"], "how": how, "at": at}]))


def _late_reply(row: Row) -> LateReply:
    return LateReply(
        row["alert_token"],
        row["alert_to"],
        row["alert_channel"],
        _late_text(row),
        row["alert_sender"],
        row["alert_service"],
        row["alert_credential"],
    )


def _late_text(row: Row) -> str:
    """What somebody is told who answered after the end."""
    if row["taken_by"] is None:
        return row["late_answer"] or "Thank you, but this alert is over."
    if row["taken_by"] == row["alert_to"]:
        return "Thank you, you have this one already."
    by = row["taken_name"] or mask(row["taken_by"])
    return (row["late_answer"] or "Thank you, {by} has this one already.").replace("{by}", by)


def _found(tx: Transaction, token: str) -> Row:
    row = store.by_token(tx, token) if len(token) <= 64 else None
    if row is None:
        raise NotFoundError("There is no such alert.", fix="Check the address; it may have been cut off.")
    return row


def _next_of(row: Row) -> Press | None:
    """What pressing the link would do, whether or not the run has seen the press before."""
    if row["status"] == "open" and row["pressed"] is None:
        return "acknowledge"
    is_taken = row["pressed"] == "acknowledge" or (row["status"] == "acknowledged" and row["pressed"] is None)
    return "resolve" if is_taken and row["needs_resolution"] else None


def _click(row: Row, *, was_recorded: bool = False) -> Click:
    by, name, at = row["taken_by"], row["taken_name"], row["taken_at"]
    state: State = "over" if row["ended_at"] is not None else row["status"]
    if row["pressed"] is not None:
        # The run has not seen it yet; for people it has happened.
        if row["status"] == "open":
            by, name, at = row["pressed_by"], None, None
        state = "acknowledged" if row["pressed"] == "acknowledge" and row["needs_resolution"] else "over"
    return Click(
        state=state,
        text=row["alert_text"],
        level=int(row["alert_level"]),
        needs_resolution=bool(row["needs_resolution"]),
        taken_by=None if by is None else name or mask(by),
        taken_at=at,
        is_mine=by == row["alert_to"],
        was_recorded=was_recorded,
        is_exhausted=row["status"] in ("exhausted", "failed", "ended"),
    )
