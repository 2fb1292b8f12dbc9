"""What both versions of Roboflow's SMS sink share: their three outputs, and what `check` says about them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ringline.errors import CredentialError, PhoneNumberError, RequestError
from ringline.phone_numbers import check_recipient, check_sender
from ringline.templating.notification import notification_text
from ringline.workflow.block import Output, StepContext

if TYPE_CHECKING:
    from ringline.messaging.message import Message, MessageRequest, MessageSender

_log = logging.getLogger(__name__)

OUTPUTS = (
    Output("error_status", ("boolean",)),
    Output("throttling_status", ("boolean",)),
    Output("message", ("string",)),
)

DECISION_SECONDS = 30.0
"""How long a step that does not fire and forget waits for the send to be decided, if it has no `step_timeout`."""


def result(message: str, *, error: bool = False, throttled: bool = False) -> dict[str, Any]:
    """The three outputs."""
    return {"error_status": error, "throttling_status": throttled, "message": message}


def disabled_by_policy() -> dict[str, Any]:
    """Whoever runs the workflow switched all sinks off."""
    return result("Sink was disabled by workflow execution policy")


def disabled_by_parameter() -> dict[str, Any]:
    """The step's own field says so."""
    return result("Sink was disabled by parameter `disable_sink`")


def throttled() -> dict[str, Any]:
    """The last message is too recent."""
    _log.info("an SMS notification was not sent: its cooldown applies")
    return result("Sink cooldown applies", throttled=True)


def failed(details: str) -> dict[str, Any]:
    """A send through one's own Twilio account that failed."""
    return result(f"Failed to send Twilio SMS notification. Internal error details: {details}", error=True)


def result_of(message: Message) -> dict[str, Any]:
    """What the block says about a message it asked for.

    A message that waits in the queue is "in the background"; one we chose not to send, and one whose fate is not
    known, are failures with the reason.
    """
    if message.refusal_reason == "cooldown":
        return throttled()
    if message.stage in ("held", "ready", "posting"):
        return result("Notification sent in the background task")
    if message.stage == "accepted":
        return result("Notification sent successfully")
    error = message.error
    if error is None:
        return failed(f"the message is {message.stage}.")
    if error.http_status is not None and message.stage == "failed":
        # The text of Twilio's own Python library, which flows may look for.
        return failed(f"HTTP {error.http_status} error: Unable to create record: {error.message}")
    return failed(error.message)


async def send(
    messages: MessageSender,
    write: Callable[[], Awaitable[MessageRequest]],
    is_throttled: bool | Awaitable[bool],
    *,
    wait: float | None,
    refusal: str | None = None,
) -> dict[str, Any]:
    """Write the message if it is not throttled, send it, and give the outputs.

    *refusal* is said instead of sending anything. What *write* finds wrong with the request is an output; an error of
    an operation is raised.
    """
    if is_throttled is not False and (is_throttled is True or await is_throttled):
        return throttled()
    if refusal is not None:
        return result(refusal, error=True)
    try:
        return result_of(await messages.send(await write(), wait=wait))
    except (CredentialError, RequestError) as error:
        return failed(str(error))


def origin_of(step: StepContext | None) -> dict[str, Any]:
    """Which step of which run asks, and the key under which it would ask again."""
    if step is None:
        return {}
    return {"key": step.key or None, "run_id": step.run_id or None, "step": step.step}


def seconds_to_wait(fire_and_forget: bool, step: StepContext | None) -> float | None:
    """How long to wait for the decision on the message; ``None`` not to wait."""
    if fire_and_forget:
        return None
    return (step.timeout if step is not None else None) or DECISION_SECONDS


def faults(step: Any) -> Iterator[tuple[str, str, str, str]]:
    """Warnings about fields of either version's manifest that are allowed and yet hardly meant:
    ``(severity, field, message, fix)``.
    """
    yield from _number_faults(step)
    yield from _account_faults(step)
    yield from _text_faults(step)


def _number_faults(step: Any) -> Iterator[tuple[str, str, str, str]]:
    for field, check in (("sender_number", check_sender), ("receiver_number", check_recipient)):
        number = getattr(step, field)
        if isinstance(number, str) and not number.startswith("$"):
            try:
                check(number, field=field)
            except PhoneNumberError as error:
                yield "warning", field, f"{error.message} Twilio will refuse it.", error.fix


def _account_faults(step: Any) -> Iterator[tuple[str, str, str, str]]:
    for field in ("twilio_account_sid", "twilio_auth_token"):
        if getattr(step, field) == "":
            yield "warning", field, "It is empty, so every message will fail.", "Write a selector to an input."


def _text_faults(step: Any) -> Iterator[tuple[str, str, str, str]]:
    named = set(notification_text(step.message).names)
    for name in sorted(named - set(step.message_parameters)):
        yield (
            "warning",
            "message",
            f"`{{{{ $parameters.{name} }}}}` has no value in `message_parameters`, so it is sent as it stands.",
            f"Add `{name}` to `message_parameters`, or correct the name.",
        )
    for name in sorted(set(step.message_parameters_operations) - set(step.message_parameters)):
        yield (
            "warning",
            "message_parameters_operations",
            f"There are operations for `{name}`, but no message parameter of that name.",
            f"Add `{name}` to `message_parameters`, or remove its operations.",
        )
    if step.message.startswith(("$inputs.", "$steps.")):
        yield (
            "warning",
            "message",
            f"`message` takes no selector: `{step.message}` is sent as it stands.",
            "Write `{{ $parameters.text }}` and set `message_parameters: {text: …}` to the selector.",
        )


def as_media_list(media: Any) -> Sequence[Any]:
    """Roboflow's ``media_url`` (one, several or none) as a list."""
    if media is None:
        return ()
    return list(media) if isinstance(media, (list, tuple)) else [media]
