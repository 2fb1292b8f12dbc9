"""Calls on Twilio's wire: the form that places one, and what Twilio tells us about calls and recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ringline.errors import RequestError
from ringline.twilio.messages import encode_form
from ringline.twilio.webhooks import StatusCallback

EVENTS = ("initiated", "ringing", "answered", "completed")
"""What we want to hear of; the first is the earliest sign that Twilio has the call."""

MAX_TWIML = 4_000
"""Characters of inline TwiML that Twilio takes with the request for a call (its error 32018)."""
LONGEST_RING = 600
LONGEST_CALL = 14_400
SHORTEST_CALL = 1

CONNECTION_OVERRIDES = "#rc=5&rp=ct,rt,5xx"
"""Appended to addresses of a live call: five more tries, so that a short restart of ours does not end it."""

MachineDetection = Literal["off", "detect", "message_end"]

_DETECTION: Mapping[str, str] = {"detect": "Enable", "message_end": "DetectMessageEnd"}


@dataclass(frozen=True, slots=True)
class CallForm:
    """The fields of a new call. Of *url* and *twiml* exactly one is given: what Twilio is to do when it is answered.

    *fallback_url* is asked where the answer to *url*, or to a later request of the call, did not come.
    *ring_timeout* is how long it may ring, *time_limit* how long the whole call may last, in seconds. With
    *amd_callback* the verdict on who answered comes there while the call goes on; without, Twilio waits for it and
    tells it with the request to *url*.
    """

    to: str
    from_: str
    url: str | None = None
    fallback_url: str | None = None
    twiml: str | None = None
    status_callback: str | None = None
    ring_timeout: int | None = None
    time_limit: int | None = None
    machine_detection: MachineDetection = "off"
    amd_callback: str | None = None

    def fields(self) -> list[tuple[str, str]]:
        """Twilio's names and values."""
        detection = _DETECTION.get(self.machine_detection)
        is_async = detection is not None and self.amd_callback is not None
        pairs: list[tuple[str, str | None]] = [
            ("To", self.to),
            ("From", self.from_),
            ("Url", self.url),
            ("Method", "POST" if self.url is not None else None),
            ("FallbackUrl", self.fallback_url),
            ("FallbackMethod", "POST" if self.fallback_url is not None else None),
            ("Twiml", self.twiml),
            ("StatusCallback", self.status_callback),
            *(("StatusCallbackEvent", event) for event in EVENTS if self.status_callback is not None),
            ("StatusCallbackMethod", "POST" if self.status_callback is not None else None),
            ("Timeout", None if self.ring_timeout is None else str(self.ring_timeout)),
            ("TimeLimit", None if self.time_limit is None else str(self.time_limit)),
            ("MachineDetection", detection),
            ("AsyncAmd", "true" if is_async else None),
            ("AsyncAmdStatusCallback", self.amd_callback if is_async else None),
            ("AsyncAmdStatusCallbackMethod", "POST" if is_async else None),
        ]
        return [(name, value) for name, value in pairs if value is not None]

    def encode(self) -> bytes:
        """The form as it goes over the wire."""
        return encode_form(self.fields())


@dataclass(frozen=True, slots=True)
class CallEvent:
    """What a request of Twilio's says about a call: a status callback, or a request for what to do next.

    *duration* is in whole seconds, on the last callback only; *answered_by* is ``human``, ``machine_start``, … where
    the call was placed with machine detection.
    """

    account_sid: str
    sid: str
    status: str
    from_: str
    to: str
    direction: str = ""
    duration: int | None = None
    answered_by: str | None = None
    parent_sid: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_inbound(self) -> bool:
        """Whether somebody calls one of our numbers."""
        return self.direction == "inbound"

    def as_status(self) -> StatusCallback:
        """The same as the outbox keeps it."""
        return StatusCallback(
            account_sid=self.account_sid,
            sid=self.sid,
            status=self.status,
            channel="voice",
            to=self.to or None,
            from_=self.from_ or None,
            raw=self.raw,
        )


def is_asked_again(form: Mapping[str, str]) -> bool:
    """Whether Twilio asks since an earlier request of the call went wrong: an answer that broke off, say."""
    return "ErrorUrl" in form


@dataclass(frozen=True, slots=True)
class RecordingEvent:
    """How far a recording is: ``completed`` once it can be fetched. *duration* is in seconds."""

    account_sid: str
    call_sid: str
    sid: str
    status: str
    duration: int | None = None
    channels: int = 1
    source: str | None = None


def parse_call(form: Mapping[str, str]) -> CallEvent:
    """Read what Twilio says about a call; raises `RequestError` naming the field that is missing or unreadable."""
    return CallEvent(
        account_sid=_required(form, "AccountSid"),
        sid=_required(form, "CallSid"),
        status=form.get("CallStatus", "").lower(),
        from_=form.get("From", ""),
        to=form.get("To", ""),
        direction=form.get("Direction", ""),
        duration=_integer(form, "CallDuration"),
        answered_by=form.get("AnsweredBy") or None,
        parent_sid=form.get("ParentCallSid") or None,
        raw=dict(form),
    )


def parse_recording(form: Mapping[str, str]) -> RecordingEvent:
    """Read a recording's status callback; raises `RequestError` as `parse_call`."""
    return RecordingEvent(
        account_sid=_required(form, "AccountSid"),
        call_sid=_required(form, "CallSid"),
        sid=_required(form, "RecordingSid"),
        status=form.get("RecordingStatus", "completed").lower(),
        duration=_integer(form, "RecordingDuration"),
        channels=_integer(form, "RecordingChannels") or 1,
        source=form.get("RecordingSource") or None,
    )


def is_machine(answered_by: str | None) -> bool:
    """Whether not a person but a machine picked up: voicemail or a fax."""
    return answered_by is not None and (answered_by.startswith("machine") or answered_by == "fax")


def _required(form: Mapping[str, str], name: str) -> str:
    if value := form.get(name):
        return value
    raise _not_twilios(f"The request lacks {name}, so it is not what Twilio sends here.", name)


def _integer(form: Mapping[str, str], name: str) -> int | None:
    value = form.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.lstrip("-").isdigit() and len(value) <= 9):
        raise _not_twilios(f"{name} is {value[:40]!r}, which is not a number.", name)
    # Twilio says -1 where it knows no duration.
    return max(0, int(value)) if int(value) >= 0 else None


def _not_twilios(sentence: str, name: str) -> RequestError:
    return RequestError(
        sentence, field=name, fix="Let only Twilio call this address; a proxy must pass the form on unchanged."
    )
