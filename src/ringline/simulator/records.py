"""What the simulated Twilio keeps: one plain record per resource, with the moments in seconds since the epoch."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, Self

AccountKind = Literal["full", "trial", "test"]

FINAL_STATUSES = frozenset({"delivered", "undelivered", "failed", "canceled", "read", "received"})


def new_sid(prefix: str) -> str:
    """A fresh Twilio id: two capital letters and 32 hexadecimal digits."""
    return prefix + os.urandom(16).hex()


class Record:
    """Something that can be written down as JSON and read again."""

    __slots__ = ()
    table: ClassVar[str]

    def as_json(self) -> str:
        """All fields as one JSON object."""
        return json.dumps({f.name: getattr(self, f.name) for f in fields(self)})  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The record that `as_json` wrote; fields added since then have their defaults."""
        known = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: value for name, value in json.loads(text).items() if name in known})


@dataclass(slots=True)
class Account(Record):
    """An account and what it may do."""

    table: ClassVar[str] = "accounts"

    sid: str
    auth_token: str = field(repr=False)
    kind: AccountKind = "full"
    friendly_name: str = "Simulated account"
    status: str = "active"
    created: float = 0.0
    balance: float = 100.0
    spent: float = 0.0
    verified_recipients: list[str] = field(default_factory=list)
    blocked_regions: list[str] = field(default_factory=list)
    any_sender: bool = False
    trial_rules: Literal["prefix", "templates"] = "prefix"
    api_keys: dict[str, str] = field(default_factory=dict, repr=False)
    calls_per_second: float | None = 1.0
    """How many calls that were asked for are dialled in a second, the others wait; ``None`` dials at once."""
    most_live_calls: int | None = None
    """More at a time are refused with 10004."""


@dataclass(slots=True)
class Number(Record):
    """A sender the account owns: a phone number, a short code or a WhatsApp sender."""

    table: ClassVar[str] = "numbers"

    sid: str
    account_sid: str
    number: str
    friendly_name: str = ""
    created: float = 0.0
    updated: float = 0.0
    sms: bool = True
    mms: bool = True
    voice: bool = True
    segments_per_second: float | None = None
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    sms_application_sid: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    voice_application_sid: str = ""
    voice_caller_id_lookup: bool = False
    status_callback: str = ""
    status_callback_method: str = "POST"

    @property
    def is_short_code(self) -> bool:
        """Whether it is a short code, for which Twilio keeps no opt-outs of its own."""
        return self.number.isdigit()

    @property
    def is_whatsapp(self) -> bool:
        """Whether it sends on WhatsApp."""
        return self.number.startswith("whatsapp:")


@dataclass(slots=True)
class Application(Record):
    """A set of webhook URLs that numbers and messages may refer to."""

    table: ClassVar[str] = "applications"

    sid: str
    account_sid: str
    friendly_name: str = ""
    created: float = 0.0
    updated: float = 0.0
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    sms_status_callback: str = ""
    message_status_callback: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    voice_caller_id_lookup: bool = False
    status_callback: str = ""
    status_callback_method: str = "POST"
    public_application_connect_enabled: bool = False


@dataclass(slots=True)
class Service(Record):
    """A messaging service and its pool of senders (``pool`` holds their sids, ``alpha_senders`` sid to name)."""

    table: ClassVar[str] = "services"

    sid: str
    account_sid: str
    friendly_name: str
    created: float = 0.0
    updated: float = 0.0
    inbound_request_url: str | None = None
    inbound_method: str = "POST"
    fallback_url: str | None = None
    fallback_method: str = "POST"
    status_callback: str | None = None
    sticky_sender: bool = True
    mms_converter: bool = True
    smart_encoding: bool = True
    scan_message_content: str = "inherit"
    fallback_to_long_code: bool = False
    area_code_geomatch: bool = True
    synchronous_validation: bool = False
    validity_period: int = 36_000
    usecase: str = "undeclared"
    us_app_to_person_registered: bool = False
    use_inbound_webhook_on_number: bool = False
    advanced_opt_out: bool = False
    pool: list[str] = field(default_factory=list)
    alpha_senders: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Content(Record):
    """A content template; ``approval`` is WhatsApp's word about it."""

    table: ClassVar[str] = "contents"

    sid: str
    account_sid: str
    friendly_name: str
    language: str
    variables: dict[str, str]
    types: dict[str, dict[str, Any]]
    created: float = 0.0
    updated: float = 0.0
    approval: str = "unsubmitted"
    approval_name: str = ""
    approval_category: str = ""


@dataclass(slots=True)
class Media(Record):
    """A picture or file of one message; the bytes are kept apart (``blob`` says whether there are any)."""

    table: ClassVar[str] = "media"

    sid: str
    account_sid: str
    message_sid: str
    content_type: str
    url: str | None = None
    created: float = 0.0
    blob: bool = False


@dataclass(slots=True)
class Message(Record):
    """One message, outbound or inbound; ``from_`` is ``None`` until a messaging service has chosen the sender."""

    table: ClassVar[str] = "messages"

    sid: str
    account_sid: str
    to: str
    from_: str | None
    body: str
    direction: str
    status: str
    created: float
    updated: float
    order: int
    sent: float | None = None
    num_segments: int = 1
    error_code: int | None = None
    error_message: str | None = None
    price: str | None = None
    price_from: float | None = None
    messaging_service_sid: str | None = None
    media: list[str] = field(default_factory=list)
    media_urls: list[str] = field(default_factory=list)
    status_callback: str | None = None
    validity_period: int = 36_000
    send_at: float | None = None
    listed_from: float = 0.0
    reached_phone: float | None = None
    content_sid: str | None = None
    discard_body: bool = False
    hides_address: bool = False
    exempt_from_opt_out: bool = False
    feedback: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether no further status can follow."""
        return self.status in FINAL_STATUSES

    @property
    def is_whatsapp(self) -> bool:
        """Whether it travels on WhatsApp."""
        return self.to.startswith("whatsapp:")

    @property
    def outbound(self) -> bool:
        """Whether it goes to a handset."""
        return self.direction != "inbound"


@dataclass(slots=True)
class Phone(Record):
    """A phone that somebody has in hand: it has a name, and is shown. Any other number has a phone as well.

    *signal* off holds messages back and lets calls fail; *voicemail* takes calls that nobody takes. *seen* is until
    when everything of each other side was looked at.
    """

    table: ClassVar[str] = "phones"

    sid: str
    """Its number."""
    name: str
    order: int
    signal: bool = True
    voicemail: bool = False
    seen: dict[str, float] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The phone's number."""
        return self.sid


@dataclass(frozen=True, slots=True)
class ReceivedMessage(Record):
    """A message as it lies on a phone, whatever becomes of it at Twilio. ``at`` is when it arrived."""

    table: ClassVar[str] = "inbox"

    sid: str
    phone: str
    from_: str
    to: str
    body: str
    media_urls: list[str]
    num_segments: int
    at: float

    @property
    def channel(self) -> str:
        """``sms`` or ``whatsapp``."""
        return "whatsapp" if self.to.startswith("whatsapp:") else "sms"
