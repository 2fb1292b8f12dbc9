"""What Twilio checks before it accepts a message, and the record it makes of one."""

from __future__ import annotations

import re
import zlib
from urllib.parse import urlsplit

from ringline.clock import Clock
from ringline.segments import smart_encode
from ringline.simulator import trial, whatsapp
from ringline.simulator.carrier import Carrier
from ringline.simulator.network import Network, scope_of_opt_out, segments_of
from ringline.simulator.records import Account, Message, Service, new_sid
from ringline.simulator.refusals import Refusal
from ringline.simulator.state import State
from ringline.simulator.wire import parse_moment

E164 = re.compile(r"^\+[1-9]\d{6,14}$")
SHORT_CODE = re.compile(r"^\d{3,8}$")
ALPHANUMERIC = re.compile(r"^(?=.*[A-Za-z])[A-Za-z0-9 _&+-]{1,11}$")
LONGEST_BODY = 1600
MOST_MEDIA = 10
LONGEST_VALIDITY = 36_000
SOONEST_SCHEDULE, LATEST_SCHEDULE = 300, 35 * 24 * 3600
LINK_DOMAIN = "twil.test"
_LINK = re.compile(r"https?://\S+")
_PUNCTUATION = str.maketrans("", "", " ().-")

Form = dict[str, list[str]]

MAGIC_RECIPIENTS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
MAGIC_SENDERS = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
MAGIC_GOOD_SENDER = "+15005550006"


class Sending:
    """Accepts or refuses requests to send a message."""

    def __init__(self, state: State, clock: Clock, network: Network, carrier: Carrier) -> None:
        self._state = state
        self._clock = clock
        self._network = network
        self._carrier = carrier

    def create(self, account: Account, form: Form) -> Message:
        """A new message, on its way. Raises `Refusal` when Twilio would not take it."""
        if account.status != "active":
            raise Refusal(20005)
        message = self._checked(account, form)
        if account.kind == "test":
            return message  # accepted and forgotten: nothing is kept, sent or reported
        self._state.add(message)
        self._network.accept(message)
        return message

    def _checked(self, account: Account, form: Form) -> Message:
        def value(name: str) -> str | None:
            values = form.get(name)
            return values[0] if values else None

        trial.check_form(account, form)
        to = recipient_of(value("To"))
        service = self._service(account, value("MessagingServiceSid"))
        sender = value("From") or None
        if sender is None and service is None:
            raise Refusal(21603)
        body, media, content_sid = self._content(account, form)
        if len(body) > LONGEST_BODY:
            raise Refusal(21617)
        status_callback = self._status_callback(account, service, value("StatusCallback"), value("ApplicationSid"))
        send_at = self._schedule(service, value("ScheduleType"), value("SendAt"))
        validity = self._validity(service, value("ValidityPeriod"))
        _check_choice(value("ContentRetention"), ("retain", "discard"), 30029)
        _check_choice(value("AddressRetention"), ("retain", "obfuscate"), 30030)
        if sender is not None:
            sender = self._check_sender(account, sender, to, service, has_media=bool(media))
        self._check_recipient(account, to, sender, service)

        if value("SmartEncoded") == "true" or (service is not None and service.smart_encoding):
            body = smart_encode(body)
        if value("ShortenUrls") == "true" and service is not None:
            body = shorten_links(body)
        body = trial.text_of(account, body)
        now = self._clock.time()
        message = Message(
            sid=new_sid("MM" if media else "SM"),
            account_sid=account.sid,
            to=to,
            from_=sender,
            body=body,
            direction="outbound-api",
            status="queued" if service is None else "accepted" if send_at is None else "scheduled",
            created=now,
            updated=now,
            order=self._state.next_order(),
            messaging_service_sid=service.sid if service is not None else None,
            media_urls=media,
            status_callback=status_callback,
            validity_period=validity,
            send_at=send_at,
            listed_from=now + self._carrier.listed_after,
            content_sid=content_sid,
            discard_body=value("ContentRetention") == "discard",
            hides_address=value("AddressRetention") == "obfuscate",
        )
        # A service's message has no sender and no segments until it is routed.
        message.num_segments = segments_of(message) if service is None else 0
        return message

    # -- the parts -------------------------------------------------------------------------------------------------

    def _service(self, account: Account, sid: str | None) -> Service | None:
        if not sid:
            return None
        if account.kind == "test" or not re.fullmatch(r"MG[0-9a-fA-F]{32}", sid):
            raise Refusal(21705, sid=sid)
        service = self._state.services.get(sid)
        if service is None or service.account_sid != account.sid:
            raise Refusal(21701, sid=sid)
        if not service.pool and not service.alpha_senders:
            raise Refusal(21704, sid=sid)
        return service

    def _content(self, account: Account, form: Form) -> tuple[str, list[str], str | None]:
        """Body, media URLs and template; one of them has to be there."""
        body = form.get("Body", [""])[0]
        media = [url for url in form.get("MediaUrl", []) if url]
        content_sid = form.get("ContentSid", [""])[0] or None
        variables = form.get("ContentVariables", [""])[0]
        if len(media) > MOST_MEDIA:
            raise Refusal(21623)
        for url in media:
            if not _is_web_url(url):
                raise Refusal(21620)
        if content_sid is None:
            if variables:
                raise Refusal(21654)
            if not body and not media:
                raise Refusal(21602)
            return body, media, None
        content = self._state.contents.get(content_sid)
        if content is None or content.account_sid != account.sid:
            raise Refusal(21655, sid=content_sid)
        body, media = whatsapp.render(content, whatsapp.parse_variables(variables))
        return body, media, content_sid

    def _status_callback(
        self, account: Account, service: Service | None, url: str | None, application_sid: str | None
    ) -> str | None:
        if url:
            if not _is_web_url(url) or "_" in (urlsplit(url).hostname or ""):
                raise Refusal(21609, url=url)
            return url
        if application_sid:
            application = self._state.applications.get(application_sid)
            if application is None or application.account_sid != account.sid:
                raise Refusal(21218, sid=application_sid)
            return application.message_status_callback or application.sms_status_callback or None
        return (service.status_callback or None) if service is not None else None

    def _schedule(self, service: Service | None, schedule_type: str | None, send_at: str | None) -> float | None:
        if schedule_type is None and send_at is None:
            return None
        if schedule_type not in (None, "fixed"):
            raise Refusal(35126)
        if service is None:
            raise Refusal(35118)
        if not send_at:
            raise Refusal(35111)
        moment = parse_moment(send_at)
        if moment is None:
            raise Refusal(35114, send_at=send_at)
        if schedule_type is None:
            return None  # Twilio sends at once when only SendAt is given
        ahead = moment - self._clock.time()
        if not SOONEST_SCHEDULE <= ahead <= LATEST_SCHEDULE:
            raise Refusal(35115, least=SOONEST_SCHEDULE, most=LATEST_SCHEDULE)
        return moment

    def _validity(self, service: Service | None, text: str | None) -> int:
        if not text:
            return service.validity_period if service is not None else LONGEST_VALIDITY
        if not text.isdigit() or not 1 <= int(text) <= LONGEST_VALIDITY:
            raise Refusal(21624)
        return int(text)

    def _check_sender(self, account: Account, sender: str, to: str, service: Service | None, *, has_media: bool) -> str:
        if sender.startswith("whatsapp:"):
            if not to.startswith("whatsapp:"):
                raise Refusal(21612, to=to, from_=sender, protocol="SMS")
            if self._state.number_at(account.sid, sender) is None and not account.any_sender:
                raise Refusal(63007)
            return sender
        if to.startswith("whatsapp:"):
            raise Refusal(63007)
        if sender.startswith("+"):
            sender = sender.translate(_PUNCTUATION)
        if account.kind == "test":
            return _check_magic_sender(sender)
        if not (E164.match(sender) or SHORT_CODE.match(sender)):
            if not ALPHANUMERIC.match(sender):
                raise Refusal(21212, from_=sender)
            if to.startswith("+1"):
                # No alphanumeric senders in North America.
                raise Refusal(21612, to=to, from_=sender, protocol="SMS")
            return sender
        if sender == to:
            raise Refusal(21211, to=to, message="'To' and 'From' number cannot be the same.")
        number = self._state.number_at(account.sid, sender)
        if number is None:
            if account.any_sender:
                return sender
            raise Refusal(21606, from_=sender)
        if not number.sms:
            raise Refusal(21606, from_=sender)
        if has_media and not number.mms:
            raise Refusal(21621, from_=sender)
        if service is not None and number.sid not in service.pool:
            raise Refusal(21606, from_=sender)
        return sender

    def _check_recipient(self, account: Account, to: str, sender: str | None, service: Service | None) -> None:
        phone = to.removeprefix("whatsapp:")
        code = MAGIC_RECIPIENTS.get(phone) or self._carrier.refusal_for(phone)
        if code is not None:
            raise Refusal(code, to=to, from_=sender or "", protocol="SMS")
        if any(phone.startswith(prefix) for prefix in account.blocked_regions):
            raise Refusal(21408, to=to)
        trial.check_recipient(account, to)
        if account.kind == "test" or sender is None or service is not None:
            return  # behind a service an opt-out and a full queue show later, as `failed`
        scope = scope_of_opt_out(self._state, account, sender)
        if (to, scope) in self._state.opt_outs or (to, sender) in self._state.opt_outs:
            raise Refusal(21610)
        if self._network.queue_is_full(account.sid, sender):
            raise Refusal(21611)


def shorten_links(body: str) -> str:
    """The text with each web address replaced by a short one of Twilio's own making."""
    return _LINK.sub(lambda found: f"https://{LINK_DOMAIN}/{zlib.crc32(found[0].encode()):08x}", body)


def recipient_of(text: str | None) -> str:
    """The address in ``To`` in Twilio's own spelling. Raises `Refusal` 21604 or 21211."""
    if not text or not text.strip():
        raise Refusal(21604)
    channel, colon, number = text.strip().rpartition(":")
    if number.startswith("+"):
        number = number.translate(_PUNCTUATION)
    if channel not in ("", "whatsapp") or not E164.match(number) or not _has_full_length(number):
        raise Refusal(21211, to=text)
    return f"{channel}{colon}{number}"


def _has_full_length(number: str) -> bool:
    # North American numbers have ten digits, and the first is not 0 or 1; 555 numbers are as good as others here.
    return not number.startswith("+1") or (len(number) == 12 and number[2] in "23456789")


def _check_magic_sender(sender: str) -> str:
    if sender == MAGIC_GOOD_SENDER:
        return sender
    raise Refusal(MAGIC_SENDERS.get(sender, 21606), from_=sender)


def _check_choice(value: str | None, choices: tuple[str, ...], code: int) -> None:
    if value and value not in choices:
        raise Refusal(code)


def _is_web_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
