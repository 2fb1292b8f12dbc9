"""`twilio/wait_for_delivery@v1`: suspend the run until a message is delivered, or read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from ringline.blocks.twilio.asked import step_names
from ringline.errors import RequestError
from ringline.messaging.delivery import FIELDS, OTHER_NAMES, view
from ringline.workflow.block import (
    Block,
    Done,
    Manifest,
    Output,
    SelectorOf,
    StepContext,
    StepReference,
    StepTransaction,
    Template,
    Wait,
    Woken,
)
from ringline.workflow.durations import TemplatedDuration
from ringline.workflow.form_hints import shown_first

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.messaging.message import Message
    from ringline.messaging.replies import Replies

LONGEST_WAIT = 86400.0
"""How long a step without `wait_for` waits: carriers try no longer."""

_STAGES = {"failed": "failed", "refused": "failed", "canceled": "failed"}
_STATUSES = {"delivered": "delivered", "read": "read", "undelivered": "undelivered", "failed": "failed"}


class WaitForDeliveryManifest(Manifest):
    """Waits until a message has arrived, or was read."""

    model_config = ConfigDict(json_schema_extra=shown_first("after", "until", "wait_for"))

    type: Literal["twilio/wait_for_delivery@v1"]
    after: Annotated[str | list[str] | None, StepReference(nearest_sender=True)] = Field(
        default=None, description="The step that sends it; the nearest one before, if left out."
    )
    until: Literal["delivered", "read"] = Field(
        default="delivered", description="What to wait for; only WhatsApp tells what was read."
    )
    wait_for: Annotated[TemplatedDuration | None, Template(), SelectorOf("string", "duration")] = Field(
        title="Wait for at most", default=None, description="How long to wait; 24 hours, if left out."
    )


class WaitForDelivery(Block):
    """What was reported before the step began to wait counts, and a message that is final already ends it at once."""

    manifest: ClassVar[type[Manifest]] = WaitForDeliveryManifest
    title = "Wait for delivery"
    icon = "check-check"
    outputs = tuple(Output(name, kinds) for name, kinds in FIELDS.items())
    outcomes = ("delivered", "read", "undelivered", "failed", "timeout")
    failing_outcomes = frozenset({"undelivered", "failed"})
    response_fields = OTHER_NAMES
    can_wait = True

    def __init__(self, *, clock: Clock, replies: Replies | None = None) -> None:
        self._clock = clock
        self._replies = replies

    async def run(
        self, *, after: str | Sequence[str] | None, until: str, wait_for: float | None, step: StepContext
    ) -> Done | Wait:
        assert self._replies is not None, "who runs durable workflows hands it out"
        names = step_names(after)
        message = await self._replies.question(step.run_id, names)
        if message is None:
            listed = ", ".join(f"`{name}`" for name in names)
            raise RequestError(
                f"No message was sent by {listed}." if names else "No message was sent before this step.",
                field="after",
                fix="Name the step that sends it in `after`.",
            )
        if until == "read" and message.channel != "whatsapp":
            raise RequestError(_CANNOT_BE_READ[0], field="until", fix=_CANNOT_BE_READ[1])
        deadline = self._clock.time() + (LONGEST_WAIT if wait_for is None else wait_for)
        state = {"message": message.id, "until": until, "deadline": deadline}
        return _ended(message, until) or self._wait(state)

    async def resume(self, *, woken: Woken, step: StepContext) -> Done | Wait:
        assert self._replies is not None
        state = woken.state
        message = await self._replies.message(state["message"])
        ended = _ended(message, state["until"])
        if ended is not None:
            return ended
        if woken.key is None:
            return _done(message, "timeout")
        return self._wait(state)

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, WaitForDeliveryManifest)
        if manifest.wait_for is not None:
            return ()
        return [
            (
                "warning",
                "wait_for",
                "The step does not say how long it waits; after 24 hours it ends with `timeout`.",
                "Write `wait_for: 1h`, or what suits the message.",
            )
        ]

    @classmethod
    def faults_after(
        cls, manifest: Manifest, senders: Mapping[str, type[Block]]
    ) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, WaitForDeliveryManifest)
        if not senders:
            return [
                (
                    "error",
                    "after",
                    f"`{manifest.name}` waits for a delivery but nothing sends before it.",
                    f"Lead the step that sends to it (`next_steps: [$steps.{manifest.name}]`), or name it.",
                )
            ]
        unread = [name for name, block in senders.items() if getattr(block, "channel", None) == "sms"]
        if manifest.until == "read" and unread:
            return [("error", "until", f"{_CANNOT_BE_READ[0]} `{unread[0]}` sends one.", _CANNOT_BE_READ[1])]
        return ()

    def _wait(self, state: Mapping[str, Any]) -> Wait:
        assert self._replies is not None
        replies, message_id, until = self._replies, state["message"], state["until"]
        key = f"message/{message_id}"

        def listen(on: StepTransaction) -> None:
            message = replies.message_in(on.tx, message_id)
            if _outcome(message, until) is None:
                on.wait_for(key)
            else:
                on.report(key, {"stage": message.stage, "status": message.status})

        return Wait(deadline=state["deadline"], state=dict(state), effects=(listen,))


_CANNOT_BE_READ = ("Nobody tells whether an SMS was read.", "Write `until: delivered`, or send it on WhatsApp.")


def _outcome(message: Message, until: str) -> str | None:
    """How the step ends with the message as it stands; None while it may still get there."""
    if message.stage in _STAGES:
        return _STAGES[message.stage]
    outcome = _STATUSES.get(message.status)
    if outcome == "read" and until == "delivered":
        return "delivered"
    return None if outcome == "delivered" and until == "read" else outcome


def _ended(message: Message, until: str) -> Done | None:
    outcome = _outcome(message, until)
    return None if outcome is None else _done(message, outcome)


def _done(message: Message, outcome: str) -> Done:
    error = message.error
    said = None
    if error is not None:
        said = {"code": error.code, "message": error.message, "fix": error.fix, "retryable": error.retryable}
    return Done({**view(message), "error": said}, outcome=outcome)
