"""Where what people write meets the runs that wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.messaging.replies import reply_data
from ringline.workflow.replies import Reply, ReplyRouter

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.messaging.inbound import Hook, InboundRow
    from ringline.workflow.replies import Runs


def reply_hook(runs: Runs) -> Hook:
    """Gives a message received to the run that waits for it, if there is one."""
    router = ReplyRouter(runs)

    def take_reply(tx: Transaction, row: InboundRow) -> bool:
        routed = router.route_in(
            tx,
            Reply(
                channel=row.channel,
                person=row.from_,
                to=row.to,
                account=row.account_sid,
                service=row.messaging_service_sid,
                quoted_sid=row.quoted_sid,
                texts=row.texts,
                data=reply_data(row),
                at=row.received_at,
            ),
        )
        return routed is not None and row.take("run", routed.reason, run_id=routed.run_id)

    return take_reply
