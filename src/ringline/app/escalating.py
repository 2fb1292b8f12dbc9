"""What escalations and webhooks have to do with the rest: late answers, and deliveries that runs wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.blocks.data.webhook_event import data_of, key_of
from ringline.messaging.message import MessageRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.database import Transaction
    from ringline.dispatch import Dispatcher, Handler
    from ringline.escalation.acknowledgements import Acknowledgements
    from ringline.messaging.durable import DurableSender
    from ringline.messaging.inbound import Hook, InboundRow
    from ringline.webhooks import Delivery
    from ringline.workflow.committing import Abandoned
    from ringline.workflow.runs import Runs

ANSWER_LATE = "answer_late_acknowledgement"
_PURPOSE = "notification"


def report_webhooks_to(runs: Runs) -> Callable[[Transaction, Delivery], None]:
    """Tell the runs that sent them how deliveries ended."""

    def report(tx: Transaction, delivery: Delivery) -> None:
        runs.report_in(tx, key_of(delivery.id), data_of(delivery))

    return report


def end_escalations_of(acknowledgements: Acknowledgements) -> Callable[[Transaction, str, str], None]:
    """Let the links of a run that failed or was canceled say so; one that completes has ended its own."""

    def end(tx: Transaction, run_id: str, status: str) -> None:
        if status != "completed":
            acknowledgements.end_in(tx, run_id)

    return end


def end_abandoned_of(acknowledgements: Acknowledgements) -> Callable[[Transaction, Abandoned], None]:
    """Let the links of an escalation say that it is over, where its run has gone back over it."""

    def end(tx: Transaction, step: Abandoned) -> None:
        for key in step.keys:
            if key.startswith("ack/"):
                acknowledgements.end_one_in(tx, key.removeprefix("ack/"))

    return end


def late_answer_hook(acknowledgements: Acknowledgements, dispatcher: Dispatcher) -> Hook:
    """Takes what acknowledges an escalation that is over, and has it answered."""

    def take(tx: Transaction, row: InboundRow) -> bool:
        late = acknowledgements.late_reply_in(
            tx,
            person=row.from_,
            channel=row.channel,
            to=row.to,
            service=row.messaging_service_sid,
            text=row.body,
            at=row.received_at,
        )
        if late is None:
            return False
        dispatcher.enqueue(tx, ANSWER_LATE, f"{late.token} {row.id}")
        return row.take("escalation", "It acknowledges an alert that was over already.")

    return take


def late_answers(acknowledgements: Acknowledgements, sender: DurableSender) -> Handler:
    """Answers those who acknowledged too late; the same message once."""

    async def answer(payload: str) -> None:
        token, inbound_id = payload.split()
        late = await acknowledgements.late_reply(token)
        channel: Any = late.channel
        await sender.send(
            MessageRequest(
                to=late.to,
                body=late.text,
                from_=late.sender,
                channel=channel,
                messaging_service_sid=late.service,
                credential=late.credential,
                purpose=_PURPOSE,
                key=inbound_id,
                key_scope="late acknowledgement",
            )
        )

    return answer
