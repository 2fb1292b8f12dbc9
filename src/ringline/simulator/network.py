"""The life of a message after Twilio has accepted it: queue, carrier, phone, and a callback for each status."""

from __future__ import annotations

import asyncio
import mimetypes
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ringline.segments import count_segments
from ringline.simulator import whatsapp
from ringline.simulator.carrier import Carrier, Outcome
from ringline.simulator.handset import Phones
from ringline.simulator.records import Account, Message, Number, Service
from ringline.simulator.refusals import LATER_SENTENCES
from ringline.simulator.state import State
from ringline.simulator.timeline import Timeline
from ringline.simulator.webhooks import Callback, Webhooks, new_token
from ringline.simulator.wire import API_VERSION

LARGEST_MEDIA = 5 * 1024 * 1024
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Network:
    """Moves messages from status to status; every step is an event of the timeline."""

    def __init__(self, state: State, timeline: Timeline, carrier: Carrier, webhooks: Webhooks, phones: Phones) -> None:
        self._state = state
        self._timeline = timeline
        self._carrier = carrier
        self._webhooks = webhooks
        self._phones = phones
        # When each sender will have sent what waits for it, by the monotonic clock.
        self._free_at: dict[str, float] = {}
        self._fetching: set[asyncio.Task[None]] = set()
        # What waits until a phone without signal has one again.
        self._held: dict[str, list[tuple[Message, Outcome]]] = {}

    @property
    def busy(self) -> bool:
        """Whether something is going on that no due time stands for."""
        return bool(self._fetching)

    # -- entry -----------------------------------------------------------------------------------------------------

    def accept(self, message: Message) -> None:
        """Take an outbound message in and plan its way; its status is ``queued``, ``accepted`` or ``scheduled``."""
        if message.status == "scheduled":
            assert message.send_at is not None
            self._timeline.plan(message.send_at - self._timeline.time(), self._start_scheduled, message)
        elif message.status == "accepted":
            self._timeline.plan(self._carrier.queued_after, self._choose_sender, message)
        else:
            self._queue(message)

    def resume(self) -> None:
        """Plan the way on of every message that was under way when the simulator stopped."""
        for message in list(self._state.messages.values()):
            if not message.outbound or message.is_final:
                continue
            if message.status in ("scheduled", "accepted"):
                self.accept(message)
            elif message.status in ("queued", "sending"):
                self._timeline.plan(self._carrier.sending_after, self._start_sending, message)
            elif message.reached_phone is None:
                self._timeline.plan(self._carrier.delivered_after, self._arrive, message, self._outcome(message))

    def refuse_later(self, message: Message, code: int) -> None:
        """Let an accepted message fail a moment later."""
        self._timeline.plan(self._carrier.sending_after, self._fail, message, code)

    def cancel(self, message: Message) -> bool:
        """Stop a message that has not left yet; ``False`` when it is too late."""
        if message.status not in ("scheduled", "accepted", "queued"):
            return False
        self._set_status(message, "canceled")
        return True

    def mark_read(self, message: Message) -> None:
        """The person has seen a WhatsApp message."""
        if message.status in ("sent", "delivered"):
            self._set_status(message, "read")

    def queue_is_full(self, account_sid: str, sender: str) -> bool:
        """Whether the sender has more work waiting than the carrier allows."""
        if self._pace_of(account_sid, sender) is None:
            return False
        waiting = self._free_at.get(sender, 0.0) - self._timeline.monotonic()
        return waiting > self._carrier.queue_seconds

    def clear(self) -> None:
        """Forget the queues of all senders, and what is held back."""
        self._free_at.clear()
        self._held.clear()

    async def close(self) -> None:
        """Stop fetching media."""
        tasks = list(self._fetching)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- the way ---------------------------------------------------------------------------------------------------

    def _start_scheduled(self, message: Message) -> None:
        if message.status == "scheduled":
            self._choose_sender(message)

    def _choose_sender(self, message: Message) -> None:
        if message.status not in ("accepted", "scheduled"):
            return
        service = self._state.services.get(message.messaging_service_sid or "")
        if service is not None and (message.to, service.sid) in self._state.opt_outs:
            self._fail(message, 21610)
            return
        if message.from_ is None:
            message.from_ = self._sender_for(message, service)
            if message.from_ is None:
                self._fail(message, 21703)
                return
        if self.queue_is_full(message.account_sid, message.from_):
            self._fail(message, 30001)
            return
        message.num_segments = segments_of(message)
        self._set_status(message, "queued")
        self._queue(message)

    def _sender_for(self, message: Message, service: Service | None) -> str | None:
        """The sender of the service's pool that has the least to do; the same one for the same person."""
        if service is None:
            return None
        pool = [self._state.numbers[sid] for sid in service.pool if sid in self._state.numbers]
        able = [number for number in pool if number.is_whatsapp == message.is_whatsapp and number.sms]
        if not able:
            alphanumeric = next(iter(service.alpha_senders.values()), None)
            return None if message.is_whatsapp else alphanumeric
        known = self._state.sticky_senders.get((message.to, service.sid)) if service.sticky_sender else None
        if known is not None and any(number.number == known for number in able):
            return known
        chosen = min(able, key=lambda number: self._free_at.get(number.number, 0.0)).number
        self._state.sticky_senders[message.to, service.sid] = chosen
        return chosen

    def _queue(self, message: Message) -> None:
        """Take the sender's next free moment; what would wait longer than it is valid fails when it expires."""
        sender = message.from_ or ""
        now = self._timeline.monotonic()
        starts = now + self._carrier.sending_after
        pace = self._pace_of(message.account_sid, sender)
        if pace is not None:
            starts = max(starts, self._free_at.get(sender, 0.0))
            if starts - now > message.validity_period:
                self._timeline.plan(message.validity_period, self._expire, message)
                return
            self._free_at[sender] = starts + message.num_segments / pace
        self._timeline.plan(starts - now, self._start_sending, message)

    def _pace_of(self, account_sid: str, sender: str) -> float | None:
        number = self._state.number_at(account_sid, sender)
        if number is not None and number.segments_per_second is not None:
            return number.segments_per_second
        return self._carrier.segments_per_second

    def _expire(self, message: Message) -> None:
        if message.status == "queued":
            self._fail(message, 30001)

    def _start_sending(self, message: Message) -> None:
        if message.status not in ("queued", "sending"):
            return
        self._set_status(message, "sending", silent=not self._carrier.reports_sending)
        self._timeline.plan(self._carrier.sent_after, self._hand_over, message)

    def _hand_over(self, message: Message) -> None:
        if message.status != "sending":
            return
        if message.is_whatsapp and not message.exempt_from_opt_out:
            fault = whatsapp.fault_of(
                self._state.contents.get(message.content_sid or ""),
                self._state.last_inbound.get((message.to, message.from_ or "")),
                self._timeline.time(),
            )
            if fault is not None:
                self._fail(message, fault)
                return
        missing = [url for url in message.media_urls if not self._has_media(message, url)]
        if missing:
            task = asyncio.get_running_loop().create_task(
                self._fetch_then_send(message, missing, self._timeline.monotonic())
            )
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)
            return
        self._send(message)

    def _send(self, message: Message) -> None:
        outcome = self._outcome(message)
        if outcome.ending == "failed":
            self._fail(message, outcome.error or 30008)
            return
        now = self._timeline.time()
        message.sent = now
        message.price = self._price_of(message)
        message.price_from = now + self._carrier.price_after
        account = self._state.accounts[message.account_sid]
        account.spent -= float(message.price)
        self._state.save(account)
        reordered = outcome.ending != "sent" and self._carrier.happens(self._carrier.reordered)
        self._set_status(message, "sent", late_by=outcome.delivered_after * 1.5 if reordered else 0.0)
        self._timeline.plan(outcome.delivered_after, self._arrive, message, outcome)

    def signal_is_back(self, number: str) -> None:
        """A phone is in reach again: what was held back for it comes."""
        for message, outcome in self._held.pop(number, []):
            if not message.is_final:
                self._timeline.plan(self._carrier.delivered_after, self._arrive, message, outcome)

    def _arrive(self, message: Message, outcome: Outcome) -> None:
        number = message.to.removeprefix("whatsapp:")
        phone = self._state.phones.get(number)
        if phone is not None and not phone.signal and outcome.reaches_phone:
            self._held.setdefault(number, []).append((message, outcome))
            left = message.created + message.validity_period - self._timeline.time()
            self._timeline.plan(left, self._never_reached, message)
            return
        if outcome.reaches_phone and message.reached_phone is None:
            message.reached_phone = self._timeline.time()
            self._phones.deliver(message)
        if outcome.ending == "delivered":
            self._set_status(message, "delivered")
        elif outcome.ending == "undelivered":
            self._fail(message, outcome.error or self._carrier.undelivered_error, status="undelivered")
        else:
            self._state.save(message)

    def _never_reached(self, message: Message) -> None:
        if message.reached_phone is None and not message.is_final:
            self._fail(message, 30003, status="undelivered")

    def _outcome(self, message: Message) -> Outcome:
        return self._carrier.outcome_for(message.to.removeprefix("whatsapp:"))

    def _fail(self, message: Message, code: int, *, status: str = "failed") -> None:
        message.error_code = code
        message.error_message = LATER_SENTENCES.get(code, f"The message failed with error {code}")
        if status == "failed":
            message.price = None
        self._set_status(message, status)

    def _set_status(self, message: Message, status: str, *, silent: bool = False, late_by: float = 0.0) -> None:
        message.status = status
        message.updated = self._timeline.time()
        if message.discard_body and message.is_final:
            message.body = ""
        self._state.save(message)
        if not silent and message.status_callback and self._carrier.callbacks:
            self._report(message, late_by)

    # -- callbacks -------------------------------------------------------------------------------------------------

    def _report(self, message: Message, late_by: float) -> None:
        assert message.status_callback is not None
        account = self._state.accounts[message.account_sid]
        callback = Callback(
            message.status_callback,
            status_parameters(message, self._timeline.time()),
            account.auth_token,
            idempotency_token=new_token(),
        )
        delay = self._carrier.callback_after + late_by
        if delay > 0:
            self._timeline.plan(delay, self._webhooks.post_later, message.sid, callback)
        else:
            self._webhooks.post_later(message.sid, callback)
        if self._carrier.happens(self._carrier.duplicated):
            again = delay + self._carrier.duplicate_after
            self._timeline.plan(again, self._webhooks.post_later, message.sid, callback)

    # -- media -----------------------------------------------------------------------------------------------------

    def _has_media(self, message: Message, url: str) -> bool:
        return any(self._state.media[sid].url == url for sid in message.media if sid in self._state.media)

    async def _fetch_then_send(self, message: Message, urls: list[str], moment: float) -> None:
        for url in urls:
            if message.sid not in self._state.messages:
                return  # deleted or reset meanwhile
            really = self._carrier.fetches_media == "always" or (
                self._carrier.fetches_media == "loopback" and urlsplit(url).hostname in LOOPBACK_HOSTS
            )
            if not really:
                guessed = mimetypes.guess_type(urlsplit(url).path)[0] or "application/octet-stream"
                self._state.new_media(message, guessed, url=url, data=None, at=self._timeline.time())
                continue
            status, content_type, data = await self._webhooks.fetch(url, most_bytes=LARGEST_MEDIA)
            if status is None or not 200 <= status < 300 or not data:
                self._fail(message, 63019 if message.is_whatsapp else 11200)
                break
            if len(data) > LARGEST_MEDIA:
                self._fail(message, 63019 if message.is_whatsapp else 30019)
                break
            self._state.new_media(message, content_type, url=url, data=data, at=self._timeline.time())
        else:
            if message.status == "sending":
                self._timeline.run_as_of(moment, self._send, message)
        self._state.commit()

    def _price_of(self, message: Message) -> str:
        if message.is_whatsapp:
            amount = self._carrier.price_per_whatsapp
        elif message.media_urls:
            amount = self._carrier.price_per_mms
        else:
            amount = self._carrier.price_per_segment * message.num_segments
        return f"-{amount:.5f}"


def segments_of(message: Message) -> int:
    """How many segments the message counts; MMS and WhatsApp are one each."""
    if message.is_whatsapp or message.media_urls:
        return 1
    return count_segments(message.body).segments


def status_parameters(message: Message, now: float) -> list[tuple[str, str]]:
    """The form fields of a status callback for the message as it stands."""
    sender = message.from_ or ""
    parameters = [
        ("AccountSid", message.account_sid),
        ("ApiVersion", API_VERSION),
        ("From", sender),
        ("MessageSid", message.sid),
        ("MessageStatus", message.status),
        ("SmsSid", message.sid),
        ("SmsStatus", message.status),
        ("To", message.to),
    ]
    if message.messaging_service_sid:
        parameters.append(("MessagingServiceSid", message.messaging_service_sid))
    if message.error_code is not None:
        parameters.append(("ErrorCode", str(message.error_code)))
        parameters.append(("ErrorMessage", message.error_message or ""))
    if message.is_whatsapp:
        parameters.append(("ChannelPrefix", "whatsapp"))
        if message.error_code is not None:
            parameters.append(("ChannelStatusMessage", message.error_message or ""))
        if message.status == "read":
            parameters.append(("EventType", "READ"))
    elif message.status in ("delivered", "undelivered"):
        parameters.append(("RawDlrDoneDate", datetime.fromtimestamp(now, UTC).strftime("%y%m%d%H%M")))
    return parameters


def scope_of_opt_out(state: State, account: Account, sender: str) -> str:
    """What an opt-out against a sender covers: its messaging service if it is in one, else the sender alone."""
    number: Number | None = state.number_at(account.sid, sender)
    service = state.service_of(number) if number is not None else None
    return service.sid if service is not None else sender
