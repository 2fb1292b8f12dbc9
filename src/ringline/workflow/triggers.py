"""What starts runs: the typed models of a definition's ``triggers`` (language rule R11).

``inputs`` maps an input's name to a value or a template over ``trigger.*``; `FIELDS` says what each type of trigger has
there. A model keeps what its author wrote (`as_data`), because that is what a published version is stored as.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    model_validator,
)

from ringline.workflow.schedules import Schedule
from ringline.workflow.trigger_fields import (
    Cron,
    Keywords,
    Method,
    People,
    Senders,
    Span,
    Statuses,
    Texts,
    Zone,
    as_duration,
    listed,
)

Match = Literal["whole", "first_word", "contains", "anything"]

_BASIC = ("type", "name", "event_id")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "api": (*_BASIC, "body", "key"),
    "schedule": (*_BASIC, "scheduled_at", "started_at", "missed"),
    "inbound_message": (
        *_BASIC,
        *("id", "sid", "body", "from", "to", "channel", "media", "keyword", "rest", "received_at", "profile_name"),
        "contact",
    ),
    "inbound_call": (*_BASIC, "call", "from", "to", "received_at"),
    "message_status": (
        *_BASIC,
        *("message_id", "status", "stage", "error_code", "to", "from", "channel", "body", "purpose"),
        *("workflow", "run_id", "step", "at"),
    ),
    "webhook": (*_BASIC, "body", "query", "headers", "method", "path", "received_at"),
}
"""What stands behind ``trigger.`` for each type."""

_PATH = re.compile(r"[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*")
_ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Trigger(BaseModel):
    """What every trigger has: its type, the inputs it fills, and a name for those who look at runs."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, hide_input_in_errors=True)

    type: str
    name: Annotated[
        str | None, Field(min_length=1, max_length=80, description="What runs and lists call it; made up if left out.")
    ] = None
    inputs: Annotated[dict[str, Any], Field(description="Input → value, or template over `trigger.…`.")] = {}

    defining: ClassVar[tuple[str, ...]] = ()
    """The fields that make it this trigger and no other; with the same ones the next version goes on with it."""

    _place: int = PrivateAttr(default=0)

    @property
    def place(self) -> int:
        """Where it stands in the definition's list."""
        return self._place

    def placed(self, place: int) -> Self:
        """Itself, standing there."""
        self._place = place
        return self

    @property
    def key(self) -> str:
        """What it is known by within its workflow, the same in every version that does not change what starts it."""
        if self.name is not None:
            return self.name
        given = self.model_dump(mode="json", by_alias=True, include=set(self.defining))
        if not self.defining:
            return self.type
        text = json.dumps(given, sort_keys=True)
        return f"{self.type}:{hashlib.sha256(text.encode()).hexdigest()[:10]}"

    @property
    def label(self) -> str:
        """What it is, in a few words for people."""
        return self.name or self.what()

    def what(self) -> str:
        """What starts a run, in a few words."""
        return self.type

    def as_data(self) -> dict[str, Any]:
        """As a document has it."""
        return {"type": self.type} | self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class ApiTrigger(Trigger):
    """A request to the API, or `ringline run`. Workflows can be started so without it; its inputs fill in the rest."""

    type: Literal["api"] = "api"


class ScheduleTrigger(Trigger):
    """The clock: `cron`, `at` or `every`."""

    type: Literal["schedule"] = "schedule"
    cron: Annotated[
        Cron | None,
        Field(description="Minute, hour, day of month, month, day of week; also `@daily` and the like."),
    ] = None
    at: Annotated[
        str | None, Field(description="Once, at this date and time; in `timezone` unless it names an offset.")
    ] = None
    every: Annotated[Span | None, Field(ge=1, description="At this interval, counted from publishing.")] = None
    timezone: Annotated[
        Zone | None,
        Field(description="IANA name; `defaults.timezone` if left out, else UTC."),
    ] = None
    catch_up: Annotated[
        Literal["once", "all", "skip"],
        Field(description="What is done about times missed while nothing ran: one run for all, one each, or none."),
    ] = "once"

    defining = ("cron", "at", "every", "timezone")

    @model_validator(mode="after")
    def _one_of_three(self) -> ScheduleTrigger:
        given = [key for key in ("cron", "at", "every") if getattr(self, key) is not None]
        if len(given) != 1:
            said = f"it has {' and '.join(f'`{key}`' for key in given)}" if given else "it says not when"
            raise ValueError(f"A schedule needs exactly one of `cron`, `at` and `every`, and {said}; write one of them")
        return self

    def zone(self, defaults: Mapping[str, Any]) -> str:
        """The zone by whose clock it is read."""
        return self.timezone or defaults.get("timezone") or "UTC"

    def schedule(self, defaults: Mapping[str, Any], *, anchor: float) -> Schedule:
        """When it fires; an interval is counted from *anchor*."""
        from ringline.workflow.schedules import read_moment

        zone = self.zone(defaults)
        at = read_moment(self.at, zone) if self.at is not None else None
        return Schedule(cron=self.cron, timezone=zone, at=at, every=self.every, anchor=anchor)

    def what(self) -> str:
        if self.cron is not None:
            return f"{self.cron} {self.timezone or ''}".strip()
        return f"at {self.at}" if self.at is not None else f"every {as_duration(self.every or 0)}"


class InboundMessageTrigger(Trigger):
    """A message that somebody sends to one of our numbers and that no run waits for."""

    type: Literal["inbound_message"] = "inbound_message"
    keyword: Annotated[Keywords, Field(description="Words that start it, in any case; one or a list.")] = []
    keywords: Annotated[Keywords, Field(description="The same as `keyword`.")] = []
    match: Annotated[
        Match | None,
        Field(description="Where the keyword stands; `first_word` if left out, `anything` where there is no keyword."),
    ] = None
    from_: Annotated[People, Field(alias="from", description="Only from these people.")] = []
    to: Annotated[Senders, Field(description="Only to these numbers of ours.")] = []
    channel: Annotated[Literal["sms", "whatsapp"] | None, Field(description="Only on this channel.")] = None

    defining = ("keyword", "keywords", "match", "from_", "to", "channel")

    @property
    def words(self) -> list[str]:
        """Every keyword."""
        return [*self.keyword, *self.keywords]

    @property
    def way(self) -> Match:
        """How its keywords are looked for."""
        return self.match or ("first_word" if self.words else "anything")

    @model_validator(mode="after")
    def _words_fit(self) -> InboundMessageTrigger:
        if self.words and self.match == "anything":
            raise ValueError("`match: anything` takes every message, so a keyword says nothing; write one of the two")
        if self.match not in (None, "anything") and not self.words:
            raise ValueError(f"`match: {self.match}` looks for a keyword, and there is none; write `keyword: JOIN`")
        return self

    def what(self) -> str:
        words = " or ".join(self.words) if self.words else "any message"
        return " ".join(filter(None, (words, f"to {', '.join(self.to)}" if self.to else "")))


class InboundCallTrigger(Trigger):
    """A call to one of our numbers."""

    type: Literal["inbound_call"] = "inbound_call"
    from_: Annotated[People, Field(alias="from", description="Only from these people.")] = []
    to: Annotated[Senders, Field(description="Only to these numbers of ours.")] = []

    defining = ("from_", "to")


class MessageStatusTrigger(Trigger):
    """A message of ours that reaches a status."""

    type: Literal["message_status"] = "message_status"
    status: Annotated[Statuses, Field(min_length=1, description="Statuses that start it; one or a list.")]
    workflow: Annotated[Texts, Field(description="Only messages that these workflows sent.")] = []
    purpose: Annotated[Texts, Field(description="Only messages for these purposes.")] = []
    to: Annotated[People, Field(description="Only messages to these people.")] = []
    include_own: Annotated[
        bool, Field(description="Also messages that this workflow itself sent, which else start nothing.")
    ] = False

    defining = ("status", "workflow", "purpose", "to", "include_own")

    def what(self) -> str:
        return f"a message is {' or '.join(self.status)}"


class FieldOf(BaseModel):
    """One field of a request: a header, a field of the body (dotted), or of the query."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    header: str | None = None
    body: str | None = None
    query: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> FieldOf:
        if sum(getattr(self, key) is not None for key in ("header", "body", "query")) != 1:
            raise ValueError("it names exactly one field of the request; write `{header: X-Event-Id}` or `{body: id}`")
        return self


class Respond(BaseModel):
    """What a webhook is answered with in place of our own answer."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    status: Annotated[int, Field(ge=200, le=299)] = 202
    body: Annotated[str, Field(description="Text, or a template over `trigger.…`; it is sent as plain text.")] = ""


class WebhookTrigger(Trigger):
    """A request to `/hooks/WORKFLOW/PATH` under the public URL."""

    type: Literal["webhook"] = "webhook"
    path: Annotated[str, Field(description="The part of the address after the workflow's name.")]
    method: Annotated[
        list[Method],
        BeforeValidator(listed),
        Field(min_length=1, description="Methods it takes; one or a list."),
    ] = ["POST"]
    auth: Annotated[
        Literal["none", "token", "hmac", "standard-webhooks"] | None,
        Field(description="How requests prove who they are; `token` where there is a `secret`, else `none`."),
    ] = None
    secret: Annotated[
        str | None, Field(description="Variable of the server's environment that holds the secret, never the secret.")
    ] = None
    header: Annotated[
        str | None,
        Field(description="Header of the token (`Authorization: Bearer …` if left out), or of the HMAC signature."),
    ] = None
    algorithm: Annotated[Literal["sha256", "sha1", "sha512"], Field(description="Hash of an HMAC.")] = "sha256"
    event_id: Annotated[
        FieldOf | None, Field(description="Where an event's own id stands: `{header: …}`, `{body: …}` or `{query: …}`.")
    ] = None
    repeat_after: Annotated[
        Span,
        Field(description="Without an id, an equal request within this time is the same event come again."),
    ] = 600.0
    respond: Annotated[Respond | None, Field(description="`{status: 200, body: ok}` in place of our own answer.")] = (
        None
    )

    defining = ("path", "method")

    @property
    def proof(self) -> Literal["none", "token", "hmac", "standard-webhooks"]:
        """How requests prove who they are."""
        return self.auth or ("token" if self.secret else "none")

    @model_validator(mode="after")
    def _secret_fits(self) -> WebhookTrigger:
        if not _PATH.fullmatch(self.path) or ".." in self.path:
            raise ValueError("`path` is words joined by slashes, without one at either end; write `path: bookings/new`")
        if self.secret is not None and not _ENVIRONMENT_NAME.fullmatch(self.secret):
            raise ValueError(
                "`secret` is the name of a variable of the server's environment, in capitals; "
                "write `secret: BOOKING_SECRET` and keep the secret itself out of the definition"
            )
        if self.secret is not None and self.secret.startswith("RINGLINE_"):
            raise ValueError("`secret` names one of Ringline's own settings; write a name of your own")
        if self.proof != "none" and self.secret is None:
            raise ValueError(f"`auth: {self.proof}` needs a secret; write `secret: NAME_OF_A_VARIABLE`")
        if self.auth == "none" and self.secret is not None:
            raise ValueError("`auth: none` asks for no secret; write one of the two")
        if self.header is not None and not _HEADER.fullmatch(self.header):
            raise ValueError("`header` is no name of a header; write for example `header: X-Signature-256`")
        if self.header is not None and self.proof not in ("token", "hmac"):
            raise ValueError("`header` goes with `auth: token` or `auth: hmac`; write `auth: hmac`, or leave it out")
        return self

    def what(self) -> str:
        return f"{'/'.join(self.method)} {self.path}"


AnyTrigger: TypeAlias = (
    ApiTrigger | ScheduleTrigger | InboundMessageTrigger | InboundCallTrigger | MessageStatusTrigger | WebhookTrigger
)

TRIGGER_TYPES: Mapping[str, type[Trigger]] = {
    "api": ApiTrigger,
    "schedule": ScheduleTrigger,
    "inbound_message": InboundMessageTrigger,
    "inbound_call": InboundCallTrigger,
    "message_status": MessageStatusTrigger,
    "webhook": WebhookTrigger,
}


def read_trigger(data: Mapping[str, Any]) -> Trigger:
    """The trigger that `Trigger.as_data` gave."""
    return TRIGGER_TYPES[data["type"]].model_validate(data)
