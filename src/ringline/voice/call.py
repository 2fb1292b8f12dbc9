"""What a call is to everybody above the send path: what to ask for, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from ringline.twilio.calls import LONGEST_CALL, is_machine
from ringline.twilio.statuses import is_final

if TYPE_CHECKING:
    from datetime import datetime

    from ringline.database import Transaction

Kind = Literal["announcement", "session"]
MachineDetection = Literal["off", "detect", "message_end"]

MENU_KEYS = frozenset("0123456789*#")
OUTCOMES = ("answered", "voicemail", "busy", "no_answer", "canceled", "failed", "refused", "unknown")
"""How a call may end; the keys of a menu add theirs."""

_BY_STATUS: Mapping[str, str] = {"busy": "busy", "no-answer": "no_answer", "canceled": "canceled", "failed": "failed"}
_BY_STAGE: Mapping[str, str] = {
    "failed": "failed",
    "refused": "refused",
    "canceled": "canceled",
    "unresolved": "unknown",
}


@dataclass(frozen=True, slots=True)
class MenuKey:
    """A key that may be pressed: *label* names the outcome, *say* is what is said before the call ends."""

    label: str
    say: str | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a call says by itself.

    *notice* is said first; only after it is the call recorded. *message* is spoken, *play* played after it (both
    *repeat* times), then *menu* is waited for, *menu_prompt* being said while one listens. *voicemail* is left on an
    answering machine; without it a machine is hung up on.
    """

    message: str | None = None
    voice: str | None = None
    language: str = "en"
    repeat: int = 1
    play: tuple[str, ...] = ()
    notice: str | None = None
    record: bool = False
    menu: Mapping[str, MenuKey] = field(default_factory=dict)
    menu_prompt: str | None = None
    menu_timeout: int = 5
    voicemail: str | None = None

    def as_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Announcement:
        data: dict[str, Any] = json.loads(text)
        menu = {key: MenuKey(**value) for key, value in data.pop("menu").items()}
        return cls(**{**data, "play": tuple(data["play"]), "menu": menu})


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call to one person, before anything has been decided about it.

    *to* and *from_* are E.164; without *from_* the credential's default sender. *kind* says who answers when it is
    picked up: the *announcement*, or the session *ref* with its *leg*. *ring_timeout* and *max_duration* are seconds.
    *key* makes a repeated request find its first call.
    """

    to: str
    from_: str | None = None
    kind: Kind = "announcement"
    ref: str | None = None
    leg: int = 1
    announcement: Announcement | None = None
    credential: str | None = None
    ring_timeout: int = 60
    max_duration: int = LONGEST_CALL
    machine_detection: MachineDetection = "off"
    record: bool = False
    purpose: str = "notification"
    send_at: float | None = None
    """Not before this moment, in seconds since the epoch."""
    key: str | None = None
    key_scope: str = "step"
    run_id: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class CallError:
    """Why a call failed, and what to do about it."""

    code: int | None
    message: str
    fix: str = ""
    retryable: bool = False


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as it stands now.

    *stage* is ours and *status* Twilio's, verbatim. *pressed* is the label of the key of its menu; *price* Twilio's
    decimal text, negative for what was charged; *recording* the id under which the sound can be heard.
    """

    id: str
    direction: Literal["outbound", "inbound"]
    kind: Kind
    ref: str | None
    leg: int
    to: str
    from_: str
    account_id: str
    credential_id: str | None
    sid: str | None
    stage: str
    status: str
    status_rank: int
    answered_by: str | None
    pressed: str | None
    started_at: datetime | None
    ended_at: datetime | None
    duration: int | None
    price: str | None
    price_unit: str | None
    error: CallError | None
    refusal_reason: str | None
    purpose: str
    recording: str | None
    recording_duration: int | None
    run_id: str | None
    step: str | None
    created_at: datetime
    updated_at: datetime
    announcement: Announcement | None = field(default=None, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen on it."""
        return is_over(self.stage, self.status)

    @property
    def outcome(self) -> str | None:
        """How it ended, as steps say it: a label of its menu, or one of `OUTCOMES`; None while it goes on."""
        if not self.is_over:
            return None
        return self.pressed or outcome_of(self.stage, self.status, self.answered_by)


class CallChange(NamedTuple):
    """A call whose status has just been written, or of whom it became known who picked up or what was pressed."""

    id: str
    kind: str
    ref: str | None
    leg: int
    status: str
    answered_by: str | None
    duration: int | None
    is_final: bool
    stage: str = "accepted"
    run_id: str | None = None
    at: float = 0.0
    pressed: str | None = None


OnCallChange = Callable[["Transaction", CallChange], None]
"""Called before the change is committed. What it raises undoes it, so it should not."""


class StepTransaction(Protocol):
    """The transaction of a waiting step, as far as a call has to do with it."""

    tx: Transaction

    def wait_for(self, key: str, data: Mapping[str, Any] | None = None) -> None: ...

    def report(self, key: str, data: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class PreparedCall:
    """A call that is ready to be written down by *effect*, in the transaction of the step that places it.

    The step then waits for ``call/<id>``. The id is *id*, unless an earlier call is found by the request's key.
    """

    id: str
    effect: Callable[[StepTransaction], None]


def is_over(stage: str, status: str) -> bool:
    """Whether a call is done with."""
    return stage in _BY_STAGE or (stage == "accepted" and is_final(status, "voice"))


def outcome_of(stage: str, status: str, answered_by: str | None) -> str:
    """How a call that is over ended, but for what was pressed."""
    if stage in _BY_STAGE:
        return _BY_STAGE[stage]
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "voicemail" if is_machine(answered_by) else "answered"
