"""What Twilio sends us about messages, read into our own names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ringline.errors import RequestError
from ringline.twilio.messages import split_address

_MOST_MEDIA = 100


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """One report of how far a message has come. *to* and *from_* are without the channel's prefix.

    ``detail`` is the channel's own words about a failure. ``raw`` holds every field under Twilio's name.
    """

    account_sid: str
    sid: str
    status: str
    error_code: int | None = None
    error_message: str | None = None
    channel: str = "sms"
    to: str | None = None
    from_: str | None = None
    messaging_service_sid: str | None = None
    carrier_time: str | None = None
    detail: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class InboundMedia:
    """Something that came with a message. The URL may ask for the account's credential."""

    url: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Location:
    """A place shared on WhatsApp."""

    latitude: float
    longitude: float
    label: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message a person sent to one of our numbers. *to* (ours) and *from_* (theirs) are without the channel's prefix.

    ``opt_out_type`` is ``STOP``, ``START`` or ``HELP`` when Twilio recognised a keyword and has already answered it.
    ``reply_to_sid`` names the message this one quotes. ``raw`` holds every field under Twilio's name.
    """

    account_sid: str
    sid: str
    channel: str
    to: str
    from_: str
    body: str
    media: tuple[InboundMedia, ...] = ()
    segments: int = 1
    messaging_service_sid: str | None = None
    opt_out_type: str | None = None
    profile_name: str | None = None
    whatsapp_id: str | None = None
    button_text: str | None = None
    button_payload: str | None = None
    button_type: str | None = None
    location: Location | None = None
    reply_to_sid: str | None = None
    forwarded: bool = False
    referral: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None
    city: str | None = None
    raw: Mapping[str, str] = field(default_factory=dict, repr=False)


def parse_status_callback(form: Mapping[str, str]) -> StatusCallback:
    """Read a status callback; raises `RequestError` naming the field that is missing or unreadable."""
    to_channel, to = split_address(form.get("To", ""))
    _, from_ = split_address(form.get("From", ""))
    return StatusCallback(
        account_sid=_required(form, "AccountSid"),
        sid=_required(form, "MessageSid", "SmsSid"),
        status=_required(form, "MessageStatus", "SmsStatus").lower(),
        error_code=_integer(form, "ErrorCode"),
        error_message=form.get("ErrorMessage") or None,
        channel=form.get("ChannelPrefix") or to_channel,
        to=to or None,
        from_=from_ or None,
        messaging_service_sid=form.get("MessagingServiceSid") or None,
        carrier_time=form.get("RawDlrDoneDate") or None,
        detail=form.get("ChannelStatusMessage") or None,
        raw=dict(form),
    )


def parse_inbound(form: Mapping[str, str]) -> InboundMessage:
    """Read an inbound message; raises `RequestError` naming the field that is missing or unreadable."""
    channel, from_ = split_address(_required(form, "From"))
    _, to = split_address(_required(form, "To"))
    return InboundMessage(
        account_sid=_required(form, "AccountSid"),
        sid=_required(form, "MessageSid", "SmsSid", "SmsMessageSid"),
        channel=channel,
        to=to,
        from_=from_,
        body=form.get("Body", ""),
        media=_media(form),
        segments=_integer(form, "NumSegments") or 1,
        messaging_service_sid=form.get("MessagingServiceSid") or None,
        opt_out_type=form.get("OptOutType", "").upper() or None,
        profile_name=form.get("ProfileName") or None,
        whatsapp_id=form.get("WaId") or None,
        button_text=form.get("ButtonText") or None,
        button_payload=form.get("ButtonPayload") or None,
        button_type=form.get("ButtonType") or None,
        location=_location(form),
        reply_to_sid=form.get("OriginalRepliedMessageSid") or None,
        forwarded=form.get("Forwarded", "").lower() == "true",
        referral={name.removeprefix("Referral"): form[name] for name in form if name.startswith("Referral")},
        country=form.get("FromCountry") or None,
        city=form.get("FromCity") or None,
        raw=dict(form),
    )


def candidate_urls(target: str, *, scheme: str, headers: Mapping[str, str], public_url: str | None = None) -> list[str]:
    """The URLs Twilio may have signed for a request, likeliest first.

    *target* is path and query exactly as received, *scheme* the one it arrived by, *headers* its headers in lower
    case. With *public_url* only that counts: the proxy's headers can be set by anybody.
    """
    found = _public_urls(public_url, target) if public_url else _urls_behind_proxies(target, scheme, headers)
    return list(dict.fromkeys(found))


def _public_urls(public_url: str, target: str) -> Iterator[str]:
    base = public_url.rstrip("/")
    yield base + target
    parts = urlsplit(base)
    if parts.path and target.startswith(parts.path + "/"):  # the proxy left its prefix on
        yield f"{parts.scheme}://{parts.netloc}{target}"


def _urls_behind_proxies(target: str, scheme: str, headers: Mapping[str, str]) -> Iterator[str]:
    forwarded = {
        name.strip().lower(): value.strip(' "')
        for name, _, value in (part.partition("=") for part in _first(headers.get("forwarded")).split(";"))
    }
    host = headers.get("host", "")
    hosts = [forwarded.get("host", ""), _first(headers.get("x-forwarded-host")), host]
    schemes = [forwarded.get("proto", ""), _first(headers.get("x-forwarded-proto")), scheme, "https"]
    port = _first(headers.get("x-forwarded-port"))
    prefix = _first(headers.get("x-forwarded-prefix")).rstrip("/")
    for name in filter(None, hosts):
        for protocol in filter(None, schemes):
            for path in (prefix + target, target):
                yield f"{protocol}://{name}{path}"
                if port.isdigit() and ":" not in name:
                    yield f"{protocol}://{name}:{port}{path}"


def _first(header: str | None) -> str:
    """What the proxy nearest to the client wrote."""
    return (header or "").partition(",")[0].strip()


def _required(form: Mapping[str, str], *names: str) -> str:
    for name in names:
        if value := form.get(name):
            return value
    raise RequestError(
        f"The request lacks {names[0]}, so it is not what Twilio sends here.",
        field=names[0],
        fix="Let only Twilio call this address; a proxy must pass the form on unchanged.",
    )


def _integer(form: Mapping[str, str], name: str) -> int | None:
    value = form.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        raise RequestError(
            f"{name} is {value[:40]!r}, which is not a number.",
            field=name,
            fix="Let only Twilio call this address; a proxy must pass the form on unchanged.",
        )
    return int(value)


def _media(form: Mapping[str, str]) -> tuple[InboundMedia, ...]:
    count = min(_integer(form, "NumMedia") or 0, _MOST_MEDIA)
    return tuple(
        InboundMedia(form[f"MediaUrl{index}"], form.get(f"MediaContentType{index}", "application/octet-stream"))
        for index in range(count)
        if form.get(f"MediaUrl{index}")
    )


def _location(form: Mapping[str, str]) -> Location | None:
    try:
        latitude, longitude = float(form["Latitude"]), float(form["Longitude"])
    except (KeyError, ValueError):
        return None
    return Location(latitude, longitude, form.get("Label") or None, form.get("Address") or None)
