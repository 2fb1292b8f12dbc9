"""A product broken on purpose, so that the verdict can be seen to notice. Applied in a worker after its fork."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from ringline.outbox.transitions import Transitions
from ringline.twilio.messages import PostResult


def resend_after_time_out() -> None:
    """What was not answered counts as never written."""
    from ringline.outbox.draining import Drains

    post = Drains._post

    async def hopeful(self: Any, permission: Any, claimed_at: float) -> PostResult:
        result = await post(self, permission, claimed_at)
        return PostResult("not_sent", retry_after=0.0) if result.kind == "unknown" else result

    Drains._post = hopeful  # type: ignore[method-assign]


def forget_claims() -> None:
    """As if a claim had not been committed before its request was written: who starts knows nothing of it."""
    from ringline.app import Ringline

    start = Ringline.start
    forget = (
        text("UPDATE attempts SET outcome = 'not_sent', next_check_at = NULL WHERE outcome = 'open'"),
        text("UPDATE messages SET stage = 'ready' WHERE stage = 'posting'"),
    )

    async def forgetful(self: Any) -> None:
        await start(self)
        await self.database.write(lambda tx: [tx.run(statement) for statement in forget])

    Ringline.start = forgetful  # type: ignore[method-assign]


def last_callback_wins() -> None:
    """A late report sets a message's status back."""
    join = Transitions.join_status

    def last(self: Any, message: Any, *given: Any, **more: Any) -> Any:
        message.status_rank = 0
        return join(self, message, *given, **more)

    Transitions.join_status = last  # type: ignore[method-assign]


def start_without_key() -> None:
    """Whoever asks again for a run gets another one."""
    from ringline.workflow.starting import Starts

    write = Starts.write_in
    Starts.write_in = lambda self, tx, plan, row, *, key: write(self, tx, plan, row, key=None)  # type: ignore[method-assign]


def tell_no_run() -> None:
    """What runs wait for is reported to nobody."""
    from ringline.workflow.reporting import Reporter

    Reporter.report = lambda self, tx, news, **more: 0  # type: ignore[method-assign]


MUTATIONS: dict[str, Callable[[], None]] = {
    work.__name__: work
    for work in (
        resend_after_time_out,
        forget_claims,
        last_callback_wins,
        start_without_key,
        tell_no_run,
    )
}
