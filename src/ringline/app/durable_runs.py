"""What runs have to do with the rest: messages they wait for, messages they take back, and the key of their secrets."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ringline.outbox.rows import UNDECIDED
from ringline.workflow.execution.keeping import Keeper

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.outbox import MessageChange, Outbox
    from ringline.vault.keyring import Keyring
    from ringline.workflow.committing import Abandoned
    from ringline.workflow.runs import Runs

_BOUND_TO = "run"


def keeper_of(keyring: Keyring) -> Keeper:
    """Keeps values of runs, secrets under the installation's key."""

    def seal(secret: str) -> str:
        return base64.b64encode(keyring.encrypt(secret, bound_to=_BOUND_TO)).decode()

    def unseal(sealed: str) -> str:
        return keyring.decrypt(base64.b64decode(sealed), bound_to=_BOUND_TO)

    return Keeper(seal, unseal)


def report_messages_to(runs: Runs) -> Callable[[Transaction, Sequence[MessageChange]], None]:
    """Tell the runs that sent them what has become of messages."""

    def report(tx: Transaction, changes: Sequence[MessageChange]) -> None:
        news = [
            (
                f"message/{change.id}",
                {"stage": change.stage, "status": change.status, "error_code": change.error_code},
            )
            for change in changes
            # Broadcasts name themselves there too, and nobody waits for what may still go either way.
            # Of calls a room of their own tells.
            if change.run_id is not None and change.run_id.startswith("run_") and change.stage not in UNDECIDED
            if change.channel != "voice"
        ]
        if news:
            runs.report_many_in(tx, news, at=changes[0].at)

    return report


def cancel_unsent_of(outbox: Outbox) -> Callable[[Transaction, str, str], None]:
    """Take back what a run has not sent yet, where it failed or was canceled."""

    def cancel(tx: Transaction, run_id: str, status: str) -> None:
        if status != "completed":
            outbox.stops.cancel_run_in(tx, run_id)

    return cancel


def cancel_abandoned_of(outbox: Outbox) -> Callable[[Transaction, Abandoned], None]:
    """Take back what a step has not sent yet, where a jump led back over it."""

    def cancel(tx: Transaction, step: Abandoned) -> None:
        prefix, mine = "message/", (step.run_id, step.step)
        awaited = [outbox.hold_in(tx, key.removeprefix(prefix)) for key in step.keys if key.startswith(prefix)]
        # A step may also wait for the delivery of what another one has sent.
        own = [row.id for row in awaited if (row.run_id, row.step) == mine]
        if own:
            outbox.stops.cancel_unsent_in(tx, own)

    return cancel
