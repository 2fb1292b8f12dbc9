"""``<Record>``, and the recording of a whole call by ``<Start>`` and ``<Stop>``."""

from __future__ import annotations

from ringline.simulator.calls.conversation import Conversation, Ends, Next
from ringline.simulator.calls.documents import Attributes
from ringline.simulator.calls.ear import Ear, Pressed, Spoken
from ringline.simulator.calls.leg import CallOver
from ringline.simulator.calls.plan import RecordingWish
from ringline.simulator.calls.question import Question
from ringline.simulator.calls.reporting import call_parameters, recording_url, seconds
from ringline.simulator.calls.tape import Tape
from ringline.simulator.wire import API_VERSION

BEEP_SECONDS = 0.5
TRANSCRIBED_AFTER = 3.0
SHORTEST_TRANSCRIBED, LONGEST_TRANSCRIBED = 2.0, 120.0


async def record(talk: Conversation, asked: Attributes) -> Next | None:
    """Record the person until silence, a key or the longest time; an empty recording goes on to the next verb."""
    leg = talk.leg
    if asked.flag("playBeep"):
        talk.wires.tell("beep", leg.call, "")
        await leg.hear("", BEEP_SECONDS)
    # Its beep is not on it, and neither is what we say: nothing is said meanwhile.
    tape = Tape(talk.wires, leg.call, wish_of(asked, source="RecordVerb", channels=1))
    leg.tapes.append(tape)
    ear = Ear(talk.wires.timeline, keys=True, speech=True)
    leg.listen(ear, 0.0, (), Question("record", finish_on=asked.text("finishOnKey")))
    said: list[str] = []
    try:
        key = await _until_it_ends(talk, asked, ear, said)
    except CallOver:
        _finish(talk, asked, tape, said)
        _tell_of_hang_up(talk, asked, tape)
        raise
    finally:
        leg.stop_listening()
        tape.stop()
        if tape in leg.tapes:
            leg.tapes.remove(tape)
    _finish(talk, asked, tape, said)
    if not tape.recording.duration:
        return None
    action = asked.url("action") or talk.url
    if not action:
        talk.note(11100, "<Record> in a document without an address needs an absolute action.")
        raise Ends
    return Next(action, asked.method(), tuple(_result(talk, tape, key)))


async def start(talk: Conversation, asked: Attributes) -> Next | None:
    """Begin to record the call, and go on at once."""
    for child in asked.element:
        if child.tag == "Recording":
            inner = talk.attributes(child, "Start")
            channels = 1 if inner.text("channels") == "mono" else 2
            wish = wish_of(inner, source="StartCallRecordingTwiML", channels=channels, track=inner.text("track"))
            talk.leg.tapes.append(Tape(talk.wires, talk.leg.call, wish))
        else:
            _refuse(talk, "Start", child.tag)
    return None


async def stop(talk: Conversation, asked: Attributes) -> Next | None:
    """End the recording of the call that began last."""
    for child in asked.element:
        if child.tag != "Recording":
            _refuse(talk, "Stop", child.tag)
        elif talk.leg.tapes:
            talk.leg.tapes.pop().stop()
        else:
            talk.note(12200, "<Stop><Recording> has nothing to stop.")
    return None


def wish_of(attributes: Attributes, *, source: str, channels: int, track: str = "both") -> RecordingWish:
    """What the recording attributes ask for."""
    return RecordingWish(
        source=source,
        channels=channels,
        track=track or "both",
        trim=attributes.text("trim") == "trim-silence",
        status_callback=attributes.url("recordingStatusCallback") or None,
        status_callback_method=attributes.method("recordingStatusCallbackMethod"),
        events=attributes.words("recordingStatusCallbackEvent") or ("completed",),
    )


def _refuse(talk: Conversation, outer: str, tag: str) -> None:
    code = 12200 if outer == "Stop" or tag in ("Stream", "Siprec", "Transcription") else 14300
    talk.note(code, f"The simulator carries out <{outer}><Recording> only, not <{tag}>; the call goes on.")


async def _until_it_ends(talk: Conversation, attributes: Attributes, ear: Ear, said: list[str]) -> str:
    """The key that ended it, or nothing."""
    now = talk.wires.timeline.time
    number = attributes.number("timeout")
    silence = float(5 if number is None else number)
    latest = now() + float(attributes.number("maxLength") or 3600)
    finishing, quiet_since = attributes.text("finishOnKey"), now()
    has_spoken = False
    while True:
        until = latest if silence == 0 or (ear.patient and not has_spoken) else min(latest, quiet_since + silence)
        if until <= now() + 1e-9:
            return ""
        sign = await ear.next(until - now())
        if isinstance(sign, Pressed):
            if sign.key in finishing:
                return sign.key
            quiet_since = max(quiet_since, now())
        elif isinstance(sign, Spoken):
            has_spoken = True
            said.append(sign.text)
            quiet_since = max(quiet_since, now() + sign.lasts)
        else:
            return ""


def _finish(talk: Conversation, attributes: Attributes, tape: Tape, said: list[str]) -> None:
    tape.stop()
    if not attributes.flag("transcribe") or not attributes.url("transcribeCallback"):
        return
    text, length = " ".join(said), tape.recording.duration or 0.0
    is_done = SHORTEST_TRANSCRIBED < length < LONGEST_TRANSCRIBED and bool(text)
    tape.recording.transcription = text if is_done else None
    talk.wires.state.save(tape.recording)
    talk.wires.timeline.plan(
        TRANSCRIBED_AFTER,
        _tell_transcription,
        talk,
        attributes.url("transcribeCallback"),
        tape,
        text if is_done else None,
    )


def _tell_transcription(talk: Conversation, url: str, tape: Tape, text: str | None) -> None:
    sid = "TR" + tape.recording.sid[2:]
    root = f"{talk.wires.base_url}/{API_VERSION}/Accounts/{tape.recording.account_sid}"
    parameters = [
        *call_parameters(talk.leg.call),
        ("TranscriptionSid", sid),
        ("TranscriptionText", text or ""),
        ("TranscriptionStatus", "failed" if text is None else "completed"),
        ("TranscriptionUrl", f"{root}/Transcriptions/{sid}"),
        ("RecordingSid", tape.recording.sid),
        ("RecordingUrl", recording_url(talk.wires, tape.recording)),
    ]
    talk.wires.post(talk.leg.call, url, "POST", parameters, queue="/recording")


def _result(talk: Conversation, tape: Tape, key: str) -> list[tuple[str, str]]:
    return [
        ("RecordingUrl", recording_url(talk.wires, tape.recording)),
        ("RecordingSid", tape.recording.sid),
        ("RecordingDuration", seconds(tape.recording.duration)),
        ("Digits", key),
    ]


def _tell_of_hang_up(talk: Conversation, attributes: Attributes, tape: Tape) -> None:
    action = attributes.url("action") or talk.url
    if action and tape.recording.duration:
        parameters = [*call_parameters(talk.leg.call), *_result(talk, tape, "hangup")]
        talk.wires.post(talk.leg.call, action, attributes.method(), parameters)
