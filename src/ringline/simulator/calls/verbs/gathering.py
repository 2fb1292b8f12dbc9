"""``<Gather>``: keys and speech, with all their timers."""

from __future__ import annotations

from dataclasses import dataclass, field

from ringline.simulator.calls.conversation import Conversation, Next
from ringline.simulator.calls.documents import Attributes
from ringline.simulator.calls.ear import Ear, Pressed, Sign, Spoken
from ringline.simulator.calls.question import question_of
from ringline.simulator.calls.reporting import call_parameters
from ringline.simulator.calls.verbs.speaking import Piece, prompt_of

AUTO_SILENCE = 1.0
"""Seconds of silence after which ``speechTimeout="auto"`` takes what was said for finished."""


@dataclass(slots=True)
class _Heard:
    """What was gathered."""

    digits: str = ""
    finished_on: str | None = None
    texts: list[str] = field(default_factory=list)
    confidence: float | None = None

    @property
    def is_empty(self) -> bool:
        return not self.digits and not " ".join(self.texts).strip()


async def gather(talk: Conversation, asked: Attributes) -> Next | None:
    """Ask and listen; goes on to `action` with what came, or to the next verb if nothing did."""
    takes = asked.words("input")
    if asked.given("speechModel") and asked.text("speechTimeout") == "auto":
        talk.note(13335)
    ear = Ear(talk.wires.timeline, keys="dtmf" in takes, speech="speech" in takes)
    pieces = await prompt_of(talk, asked.element)
    prompt = tuple(piece.text for piece in pieces if piece.text)
    talk.leg.listen(ear, sum(piece.lasts for piece in pieces), prompt, question_of(asked))
    try:
        sign = await _prompt(talk, ear, pieces, barge_in=asked.flag("bargeIn"))
        if sign is None:
            sign = await ear.next(None if ear.patient else float(asked.number("timeout") or 5))
        heard = _Heard()
        if isinstance(sign, Pressed):
            await _keys(ear, asked, sign, heard)
        elif isinstance(sign, Spoken):
            await _speech(talk, ear, asked, sign, heard)
    finally:
        talk.leg.stop_listening()
    return _after(talk, asked, takes, heard)


async def _prompt(talk: Conversation, ear: Ear, pieces: list[Piece], *, barge_in: bool) -> Sign | None:
    """Say what there is to say; with barge-in the first sign breaks it off."""
    ear.deaf = not barge_in
    for piece in pieces:
        sign = await talk.leg.hear(piece.text, piece.lasts, ear)
        if sign is not None:
            return sign
    ear.deaf = False
    return None


async def _keys(ear: Ear, attributes: Attributes, first: Pressed, heard: _Heard) -> None:
    most, finishing = attributes.number("numDigits"), attributes.text("finishOnKey")
    sign: Sign | None = first
    while sign is not None:
        if isinstance(sign, Pressed):
            if sign.key in finishing:
                heard.finished_on = sign.key
                return
            heard.digits += sign.key
            if most is not None and len(heard.digits) >= most:
                return
        elif not isinstance(sign, Spoken):
            return
        waits = isinstance(sign, Pressed) and sign.more
        sign = await ear.next(None if waits else float(attributes.number("timeout") or 5))


async def _speech(talk: Conversation, ear: Ear, attributes: Attributes, first: Spoken, heard: _Heard) -> None:
    now = talk.wires.timeline.time
    silence = float(attributes.number("speechTimeout") or attributes.number("timeout") or 5)
    if attributes.text("speechTimeout") == "auto":
        silence = AUTO_SILENCE
    latest = now() + float(attributes.number("maxSpeechTime") or 60)
    partial = _Partials(talk, attributes)
    sign: Sign | None = first
    speaks_until = now()
    while True:
        if isinstance(sign, Spoken):
            speaks_until = max(speaks_until, now() + sign.lasts)
            heard.texts.append(sign.text)
            if sign.confidence is not None:
                lowest = sign.confidence if heard.confidence is None else heard.confidence
                heard.confidence = min(lowest, sign.confidence)
            partial.plan(sign, " ".join(heard.texts[:-1]))
        elif sign is not None and not isinstance(sign, Pressed):
            return
        until = min(speaks_until + silence, latest)
        if until <= now() + 1e-9:
            return
        sign = await ear.next(until - now())
        if sign is None:
            return


class _Partials:
    """Tells what was understood so far: after half of each utterance, and at its end."""

    def __init__(self, talk: Conversation, attributes: Attributes) -> None:
        self._talk = talk
        self._url = attributes.url("partialResultCallback")
        self._method = attributes.method("partialResultCallbackMethod")
        self._sent = 0

    def plan(self, spoken: Spoken, before: str) -> None:
        if self._url:
            words = spoken.text.split()
            half = " ".join(words[: max(1, len(words) // 2)])
            timeline = self._talk.wires.timeline
            timeline.plan(spoken.lasts / 2, self._send, before, half)
            timeline.plan(spoken.lasts, self._send, f"{before} {spoken.text}".strip(), "")

    def _send(self, stable: str, unstable: str) -> None:
        call = self._talk.leg.call
        if call.is_final:
            return
        parameters = [
            *call_parameters(call),
            ("StableSpeechResult", stable),
            ("UnstableSpeechResult", unstable),
            ("Stability", "0.9" if not unstable else "0.5"),
            ("SequenceNumber", str(self._sent)),
        ]
        self._sent += 1
        self._talk.wires.post(call, self._url, self._method, parameters, queue="/partial")


def _after(talk: Conversation, attributes: Attributes, takes: tuple[str, ...], heard: _Heard) -> Next | None:
    if heard.is_empty and not attributes.flag("actionOnEmptyResult"):
        return None
    action = attributes.url("action") or talk.url
    if not action:
        talk.note(15004, "<Gather> in a document without an address needs an absolute action; nothing is sent.")
        return None
    parameters: list[tuple[str, str]] = [("msg", "Gather End")]
    if heard.texts:
        parameters.append(("SpeechResult", " ".join(heard.texts)))
        if heard.confidence is not None:
            parameters.append(("Confidence", f"{heard.confidence:g}"))
    elif heard.digits or "dtmf" in takes:
        parameters.append(("Digits", heard.digits))
        parameters.append(("FinishedOnKey", heard.finished_on or ""))
    else:
        parameters.append(("SpeechResult", ""))
    return Next(action, attributes.method(), tuple(parameters))
