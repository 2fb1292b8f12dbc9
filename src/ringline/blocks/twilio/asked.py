"""The message that a later step speaks of: whom it asked, through what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError
from ringline.messaging.channels import rules_of
from ringline.messaging.validation import checked_recipient, checked_sender

if TYPE_CHECKING:
    from ringline.messaging.message import Message
    from ringline.messaging.replies import Awaited, Replies
    from ringline.workflow.block import StepContext

_NEVER_SENT = frozenset({"failed", "refused", "canceled"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose reply is awaited, to which sender or service of ours, from when on."""

    channel: str
    person: str
    since: float
    sender: str | None = None
    service: str | None = None
    account: str | None = None
    sid: str | None = None
    message_id: str | None = None
    purpose: str = "notification"
    was_sent: bool = True
    reason: str = ""

    @property
    def awaited(self) -> Awaited:
        """The same for who looks through the replies."""
        from ringline.messaging.replies import Awaited

        return Awaited(self.channel, self.person, self.since, self.sender, self.service, self.account)


async def asked_of(
    replies: Replies,
    step: StepContext,
    *,
    after: str | Sequence[str] | None,
    to: str | None,
    sender: str | None,
    channel: str | None,
    now: float,
) -> Asked:
    """What the steps *after* asked in this run, else what *to*, *sender* and *channel* say."""
    names = step_names(after)
    message = await replies.question(step.run_id, names) if names else None
    if message is not None:
        return _of_message(message)
    if to is None:
        listed = ", ".join(f"`{name}`" for name in names)
        raise RequestError(
            f"No message was sent by {listed}." if names else "No message was sent before this step.",
            field="after",
            fix="Name the step that asks in `after`, or the person in `to`.",
        )
    rules = rules_of(channel or "sms")
    ours = None if sender is None else checked_sender(sender, rules)
    return Asked(channel or "sms", checked_recipient(to, rules), now, sender=ours)


def _of_message(message: Message) -> Asked:
    from ringline.messaging.replies import SLACK

    moment = message.sent_at or message.created_at
    assert moment is not None
    return Asked(
        channel=message.channel,
        person=message.to,
        since=moment.timestamp() - SLACK,
        sender=message.from_,
        service=message.messaging_service_sid,
        account=message.account_sid,
        sid=message.sid,
        message_id=message.id,
        purpose=message.purpose,
        was_sent=message.stage not in _NEVER_SENT,
        reason=message.error.message if message.error is not None else message.refusal_reason or message.status,
    )


def nothing_sent(asked: Asked, what: str) -> dict[str, Any]:
    """The output `error` of a step whose question never went out."""
    return {
        "code": "not_sent",
        "message": f"{what}: {asked.reason}",
        "fix": "Handle the outcomes `failed` and `refused` of the step that sends the message.",
        "retryable": False,
    }


def step_names(after: str | Sequence[str] | None) -> list[str]:
    """Names of steps from `$steps.NAME`."""
    given = [after] if isinstance(after, str) else list(after or ())
    return [name.removeprefix("$steps.") for name in given]
