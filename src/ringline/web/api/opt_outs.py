"""What is known of what people do not want, for the answers about them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from ringline.contacts.contact import OptOut


class OptOutOut(BaseModel):
    """What a person does not want."""

    number: str = Field(description="Their number that it is about.")
    covers: str = Field(description="How far it reaches: `sender`, `service` or `account`.")
    channel: str | None = Field(description="`sms`, `whatsapp` or `voice`; null where it covers all.")
    sender: str | None = Field(description="Our number or messaging service; null where it covers the account.")
    scope: str
    since: datetime
    source: str = Field(description="How it is known: `reply`, `twilio` (error 21610), `call`, or who wrote it down.")
    evidence: str | None = Field(description="The message or the answer that says so.")


def opt_out_out(one: OptOut) -> OptOutOut:
    """The opt-out in the API's form."""
    covers, _, rest = one.scope.partition("/")
    parts = rest.split("/", 2)
    channel = sender = None
    if covers == "sender" and len(parts) == 3:
        _, channel, sender = parts
    elif covers == "service" and len(parts) == 2:
        sender = parts[1]
    return OptOutOut(
        number=one.number,
        covers=covers,
        channel=channel,
        sender=sender,
        scope=one.scope,
        since=one.since,
        source=one.source,
        evidence=one.evidence,
    )
