"""The words of a turn as one text message, written down in the transaction of the turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.interview.actions import Play, Say
from ringline.outbox.rows import NewMessage
from ringline.voice.sessions.store import sessions as store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.database import Transaction
    from ringline.interview.actions import Action
    from ringline.outbox import Outbox
    from ringline.voice.sessions.turning import Held

NEVER_SENT = frozenset({"refused", "failed", "canceled"})
KEY_SCOPE = "session"
TEXT_CHANNELS = ("sms", "whatsapp")


class Texting:
    """Sends what a conversation by text says."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def say_in(self, tx: Transaction, held: Held, actions: Sequence[Action]) -> bool:
        """Send the words of these actions as one message; False when it may not be sent."""
        words = [words_of(action) for action in actions]
        body = "\n".join(word for word in words if word)
        if not body:
            return True
        row = self._outbox.enqueue_in(
            tx,
            NewMessage(
                account_id=held.row["account_id"],
                credential_id=held.row["credential_id"],
                to=held.row["person"],
                sender=held.row["sender"],
                channel=held.state.channel,
                body=body,
                purpose=held.row["purpose"],
                # One message for one event of the log, however often the transaction is tried.
                key=f"{held.id}/{held.row['seq']}",
                key_scope=KEY_SCOPE,
                run_id=held.row["run_id"],
                step=held.row["step"],
            ),
        )
        store.note_ref(tx, held.id, held.state.leg, row.id)
        return row.stage not in NEVER_SENT


def words_of(action: Action) -> str:
    """What an action says to somebody who reads."""
    if isinstance(action, Say):
        return action.text.strip()
    return action.url if isinstance(action, Play) else ""
