"""What calls have to do with the rest: runs that wait for them, and messages, which they are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.outbox import MessageChange, Outbox
    from ringline.voice.call import CallChange
    from ringline.voice.calls import Calls
    from ringline.workflow.committing import Abandoned
    from ringline.workflow.runs import Runs

    Listener = Callable[[Transaction, Sequence[MessageChange]], None]

PREFIX = "call/"


def of_messages(listener: Listener) -> Listener:
    """Who is told of messages only."""

    def tell(tx: Transaction, changes: Sequence[MessageChange]) -> None:
        messages = [change for change in changes if change.channel != "voice"]
        if messages:
            listener(tx, messages)

    return tell


def report_calls_to(runs: Runs) -> Callable[[Transaction, CallChange], None]:
    """Tell the runs that placed them that calls are over, or which key was pressed."""

    def report(tx: Transaction, change: CallChange) -> None:
        is_news = change.is_final or change.pressed is not None
        if is_news and change.run_id is not None and change.kind == "announcement":
            runs.report_in(tx, f"{PREFIX}{change.id}", {"stage": change.stage, "status": change.status}, at=change.at)

    return report


def report_later_to(runs: Runs) -> Callable[[Transaction, str, float], None]:
    """Tell them what is known only later: the price, a recording."""
    return lambda tx, call_id, at: _report_later(runs, tx, call_id, at)


def _report_later(runs: Runs, tx: Transaction, call_id: str, at: float) -> None:
    runs.report_in(tx, f"{PREFIX}{call_id}", {"later": True}, at=at)


def end_calls_of(calls: Calls) -> Callable[[Transaction, str, str], None]:
    """Hang up what a run says on the phone, where somebody canceled it.

    A run that fails takes back calls that are not placed yet, as messages; who is on the phone hears the end.
    """

    def end(tx: Transaction, run_id: str, status: str) -> None:
        if status == "canceled":
            calls.end_of_run_in(tx, run_id)

    return end


def cancel_abandoned_calls_of(outbox: Outbox) -> Callable[[Transaction, Abandoned], None]:
    """End the calls of a step that a jump led back over."""

    def cancel(tx: Transaction, step: Abandoned) -> None:
        calls = [key.removeprefix(PREFIX) for key in step.keys if key.startswith(PREFIX)]
        if calls:
            outbox.stops.cancel_many_in(tx, calls)

    return cancel
