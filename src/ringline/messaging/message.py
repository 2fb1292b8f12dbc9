"""What a message is to everybody above the send path: what to ask for, and what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from ringline.database import Transaction

Channel = Literal["sms", "whatsapp"]
Stage = Literal[
    "held", "ready", "posting", "unknown", "accepted", "failed", "refused", "canceled", "unresolved", "received"
]


@dataclass(frozen=True, slots=True)
class Cooldown:
    """At most one message per *key* within *seconds*; zero stamps the key and throttles nobody."""

    key: str
    seconds: float


@dataclass(frozen=True, slots=True, repr=False)
class CredentialValue:
    """A Twilio credential that arrived as values, as Roboflow's blocks hand it over."""

    account_sid: str
    auth_token: str

    def __repr__(self) -> str:
        return f"CredentialValue(account_sid={self.account_sid!r}, auth_token='********')"


@dataclass(frozen=True, slots=True)
class MessageRequest:
    """One message to one recipient, before anything has been decided about it.

    *to* and *from_* are E.164, a short code or an alphanumeric id, without a ``whatsapp:`` prefix: *channel* says it.
    *credential* is a name in the vault, values, or ``None`` for the default. *key* makes a repeated request find its
    first message. *check_numbers* is off only for Roboflow's blocks, which take any string.
    """

    to: str
    body: str | None = None
    from_: str | None = None
    channel: Channel = "sms"
    messaging_service_sid: str | None = None
    media: tuple[str, ...] = ()
    content_sid: str | None = None
    content_variables: Mapping[str, str] = field(default_factory=dict)
    credential: str | CredentialValue | None = None
    purpose: str = "notification"
    send_at: datetime | None = None
    validity_seconds: int | None = None
    cooldown: Cooldown | None = None
    key: str | None = None
    key_scope: str = "step"
    check_numbers: bool = True
    run_id: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class MessageError:
    """Why a message failed: Twilio's code and text, and what to do about it in plain words."""

    code: int | None
    message: str
    fix: str = ""
    retryable: bool = False
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands now.

    *stage* is ours and *status* Twilio's, verbatim (``pending``, ``unknown``, ``refused``, ``unresolved`` where Twilio
    has no word). *price* is Twilio's decimal text, negative for what was charged, ``None`` until reported.
    """

    id: str
    channel: Channel
    direction: Literal["outbound", "inbound"]
    to: str
    from_: str | None
    body: str | None
    stage: Stage
    status: str
    segments: int | None = None
    encoding: str | None = None
    sid: str | None = None
    account_sid: str | None = None
    messaging_service_sid: str | None = None
    content_sid: str | None = None
    media: tuple[str, ...] = ()
    purpose: str = "notification"
    price: str | None = None
    price_unit: str | None = None
    error: MessageError | None = None
    refusal_reason: str | None = None
    held_because: str | None = None
    """Why it waits, in a sentence, where a rule of ours holds it back until `send_at`."""
    run_id: str | None = None
    step: str | None = None
    created_at: datetime | None = None
    send_at: datetime | None = None
    sent_at: datetime | None = None
    updated_at: datetime | None = None
    taken_by: str | None = None
    """Of a received one: who took it (``opt_out``, ``opt_in``, ``run``, ``trigger``); None for the inbox."""
    taken_reason: str | None = None
    delivery_unknown: bool = False
    """Nothing more was heard of it for a day, and nobody asks any more: some routes give no receipt."""
    redacted_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the send itself is decided; the delivery may still go on."""
        return self.stage not in ("held", "ready", "posting", "unknown")


class StepTransaction(Protocol):
    """The transaction of a waiting step, as far as a message has to do with it."""

    tx: Transaction

    def wait_for(self, key: str, data: Mapping[str, Any] | None = None) -> None: ...

    def report(self, key: str, data: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class PreparedMessage:
    """A message that is ready to be written down by *effect*, in the transaction of the step that sends it.

    The step then waits for ``message/<id>``, by which it hears at once where the send is decided already. The id is
    *id*, unless an earlier message is found by the request's key.
    """

    id: str
    effect: Callable[[StepTransaction], None]


class MessageSender(Protocol):
    """What a block needs in order to send: one for bare workflows, one that writes everything down.

    A policy refusal (opt-out, cooldown, closed window) is a `Message` with stage ``refused``, a refusal by Twilio one
    with stage ``failed``; neither raises. Raises `RequestError` for what cannot be asked, `CredentialError` for what
    cannot be signed in.
    """

    is_durable: bool
    """True where the message is written down and outlives the process."""

    def is_cooling_down(self, cooldown: Cooldown) -> bool | Awaitable[bool]:
        """Whether a message with this cooldown would be refused now, at once where the process itself knows.

        A look that spares the work of writing the text; only `send` decides.
        """
        ...

    async def send(self, request: MessageRequest, *, wait: float | None = None) -> Message:
        """Send or queue one message.

        *wait* is how many seconds to wait for the send to be decided; ``None`` returns as soon as the message is
        written down. A sender that is not durable always sends before it returns.
        """
        ...


class DurableMessages(MessageSender, Protocol):
    """What a block of a durable run needs beside it: every sender with `is_durable` has it."""

    async def prepare(self, request: MessageRequest) -> PreparedMessage:
        """The message ready to be written down with other things. Raises as `send`."""
        ...

    def cancel_unsent_in(self, tx: Transaction, ids: Sequence[str]) -> int:
        """Keep those of the messages from going out that nobody is sending yet; returns how many there were."""
        ...

    async def get(self, id: str) -> Message:
        """A message as it stands now. Raises `NotFoundError`."""
        ...
