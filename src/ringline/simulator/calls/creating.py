"""What Twilio checks before it takes a call, and the record it makes of one."""

from __future__ import annotations

import re

from ringline.clock import Clock
from ringline.simulator.calls.documents import is_address
from ringline.simulator.calls.exchange import Exchange
from ringline.simulator.calls.plan import EVENTS, LONGEST_CALL, CallPlan, MachineDetection, RecordingWish
from ringline.simulator.calls.records import Call
from ringline.simulator.calls.wires import Wires
from ringline.simulator.records import Account, new_sid
from ringline.simulator.refusals import Refusal
from ringline.simulator.sending import E164, Form

LONGEST_RING = 600
LONGEST_TWIML = 4000
_SEND_DIGITS = re.compile(r"[0-9A-Da-d#*wW]{0,32}$")
_PUNCTUATION = str.maketrans("", "", " ().-")

MAGIC_RECIPIENTS = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
MAGIC_GOOD_CALLER = "+15005550006"
MAGIC_BAD_CALLER = "+15005550001"


class CallRequest:
    """Reads one request's form."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def text(self, name: str) -> str:
        """A field, or nothing."""
        values = self._form.get(name)
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        """A field that may come more than once."""
        return self._form.get(name, [])

    def address(self, name: str, code: int) -> str:
        """A field that is a URL. Raises `Refusal` with *code* where it is none."""
        value = self.text(name)
        if value and not is_address(value):
            raise Refusal(code, url=value)
        return value

    def method(self, name: str) -> str:
        """``GET`` or ``POST``; POST where it is left out."""
        value = self.text(name).upper() or "POST"
        if value not in ("GET", "POST"):
            raise Refusal(20422, detail=f"{name} is GET or POST, not {value}")
        return value

    def number(self, name: str, default: int, least: int, most: int, code: int = 20422) -> int:
        """A whole number within bounds. Raises `Refusal` with *code*."""
        value = self.text(name)
        if not value:
            return default
        if not value.isdigit() or not least <= int(value) <= most:
            raise Refusal(code, detail=f"{name} is a whole number from {least} to {most}, not {value}")
        return int(value)

    def flag(self, name: str) -> bool:
        """Whether it is true."""
        value = self.text(name).lower()
        if value not in ("", "true", "false"):
            raise Refusal(20422, detail=f"{name} is true or false, not {value}")
        return value == "true"

    def events(self, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """Events to be told about, given one by one or with blanks between."""
        asked = tuple(word for value in self.all(name) for word in value.split())
        wrong = [word for word in asked if word not in known]
        if wrong:
            raise Refusal(21626, detail=wrong[0])
        return asked or ("completed",)


class Calling:
    """Accepts or refuses requests to call somebody."""

    def __init__(self, wires: Wires, exchange: Exchange, clock: Clock) -> None:
        self._wires = wires
        self._exchange = exchange
        self._clock = clock

    def create(self, account: Account, form: Form) -> Call:
        """A new call, waiting to be dialled. Raises `Refusal` when Twilio would not take it."""
        if account.status != "active":
            raise Refusal(20005)
        asked = CallRequest(form)
        to, caller = self._people(account, asked)
        plan = self._plan(account, asked)
        if account.kind == "test":
            now = self._clock.time()
            # Accepted and forgotten: nobody is called.
            return Call(new_sid("CA"), account.sid, to, caller, "outbound-api", "queued", now, now, order=0)
        live = sum(leg.call.account_sid == account.sid for leg in self._exchange.live.values())
        if account.most_live_calls is not None and live >= account.most_live_calls:
            raise Refusal(10004)
        call = self._exchange.new_outbound(account, to, caller)
        if plan.url and plan.twiml:
            self._wires.note(call, 32019, "Both Url and Twiml are given; Twiml is ignored.")
        amd = plan.machine_detection
        if amd is not None and amd.is_async and not amd.callback:
            self._wires.note(call, 21262, "AsyncAmd without AsyncAmdStatusCallback tells nobody what it finds.")
        self._exchange.accept(account, call, plan)
        return call

    def _people(self, account: Account, asked: CallRequest) -> tuple[str, str]:
        to = asked.text("To").strip()
        caller = asked.text("From").strip().translate(_PUNCTUATION)
        if not to:
            raise Refusal(21201)
        if not caller:
            raise Refusal(21213)
        if account.kind == "test":
            if caller == MAGIC_BAD_CALLER:
                raise Refusal(21212, from_=caller)
            if caller != MAGIC_GOOD_CALLER:
                raise Refusal(21210, from_=caller)
            if to in MAGIC_RECIPIENTS:
                raise Refusal(MAGIC_RECIPIENTS[to], to=to)
        plain = to.translate(_PUNCTUATION)
        if plain.isdigit():
            plain = f"+1{plain}" if len(plain) == 10 else f"+{plain}"
        if not E164.match(plain) or plain == caller:
            raise Refusal(21211, to=to)
        if account.kind == "test":
            return plain, caller
        if not E164.match(caller):
            raise Refusal(21212, from_=caller)
        number = self._wires.state.number_at(account.sid, caller)
        may_show = caller in account.verified_recipients or account.any_sender
        if not may_show and (number is None or not number.voice):
            raise Refusal(21210, from_=caller)
        if account.kind == "trial" and plain not in account.verified_recipients:
            raise Refusal(21219, to=plain)
        if any(plain.startswith(region) for region in account.blocked_regions):
            raise Refusal(21215, to=plain)
        refused = self._wires.carrier.refusal_for(plain)
        if refused is not None:
            raise Refusal(refused, to=plain, from_=caller)
        return plain, caller

    def _plan(self, account: Account, asked: CallRequest) -> CallPlan:
        plan = CallPlan(
            timeout=float(asked.number("Timeout", 60, 1, LONGEST_RING)),
            time_limit=float(asked.number("TimeLimit", LONGEST_CALL, 1, LONGEST_CALL)),
            send_digits=asked.text("SendDigits"),
        )
        if not _SEND_DIGITS.match(plan.send_digits):
            raise Refusal(21206, detail=plan.send_digits)
        self._where(account, asked, plan)
        plan.recording = _recording(asked) if asked.flag("Record") else None
        # Keys that are sent first and listening for a machine exclude each other; Twilio then does not listen.
        plan.machine_detection = None if plan.send_digits else _machine_detection(asked)
        return plan

    def _where(self, account: Account, asked: CallRequest, plan: CallPlan) -> None:
        sid = asked.text("ApplicationSid")
        if sid:
            application = self._wires.state.applications.get(sid)
            if application is None or application.account_sid != account.sid:
                raise Refusal(21218, sid=sid)
            plan.url, plan.method = application.voice_url, application.voice_method
            plan.fallback_url, plan.fallback_method = application.voice_fallback_url, application.voice_fallback_method
            plan.status_callback = application.status_callback
            plan.status_callback_method = application.status_callback_method
            return
        change_source(plan, asked)
        if not plan.url and not plan.twiml:
            raise Refusal(21205, url="")
        plan.status_callback = asked.address("StatusCallback", 21609)
        plan.status_callback_method = asked.method("StatusCallbackMethod")
        plan.events = asked.events("StatusCallbackEvent", EVENTS)


def change_source(plan: CallPlan, asked: CallRequest) -> None:
    """Take over where the next document comes from, and what to ask if that fails."""
    plan.url, plan.method = asked.address("Url", 21205), asked.method("Method")
    plan.twiml = asked.text("Twiml")
    if len(plan.twiml) > LONGEST_TWIML:
        raise Refusal(32018)
    if asked.text("FallbackUrl"):
        plan.fallback_url = asked.address("FallbackUrl", 21205)
        plan.fallback_method = asked.method("FallbackMethod")


def _recording(asked: CallRequest) -> RecordingWish:
    return recording_wish(asked, source="OutboundAPI", trims=True)


def recording_wish(asked: CallRequest, *, source: str, trims: bool) -> RecordingWish:
    """What the recording parameters of a request ask for."""
    channels, track = asked.text("RecordingChannels") or "mono", asked.text("RecordingTrack") or "both"
    trim = asked.text("Trim") or ("trim-silence" if trims else "do-not-trim")
    if channels not in ("mono", "dual") or track not in ("inbound", "outbound", "both"):
        raise Refusal(20422, detail=f"RecordingChannels is {channels}, RecordingTrack is {track}")
    if trim not in ("trim-silence", "do-not-trim"):
        raise Refusal(20422, detail=f"Trim is trim-silence or do-not-trim, not {trim}")
    return RecordingWish(
        source=source,
        channels=2 if channels == "dual" else 1,
        track=track,
        trim=trim == "trim-silence",
        status_callback=asked.address("RecordingStatusCallback", 21609) or None,
        status_callback_method=asked.method("RecordingStatusCallbackMethod"),
        events=asked.events("RecordingStatusCallbackEvent", ("in-progress", "completed", "absent")),
    )


def _machine_detection(asked: CallRequest) -> MachineDetection | None:
    mode = asked.text("MachineDetection")
    if mode in ("", "none"):
        return None
    if mode not in ("Enable", "DetectMessageEnd"):
        raise Refusal(21234, detail=f"MachineDetection is Enable or DetectMessageEnd, not {mode}")
    timeout = asked.number("MachineDetectionTimeout", 30, 3, 60, 21234)
    asked.number("MachineDetectionSpeechThreshold", 2400, 1000, 6000, 21234)
    asked.number("MachineDetectionSpeechEndThreshold", 1200, 500, 5000, 21234)
    silence = asked.number("MachineDetectionSilenceTimeout", 5000, 2000, 10_000, 21234)
    return MachineDetection(
        mode="Enable" if mode == "Enable" else "DetectMessageEnd",
        timeout=float(timeout),
        silence_timeout=silence / 1000,
        is_async=asked.flag("AsyncAmd"),
        callback=asked.address("AsyncAmdStatusCallback", 21609) or None,
        callback_method=asked.method("AsyncAmdStatusCallbackMethod"),
    )
