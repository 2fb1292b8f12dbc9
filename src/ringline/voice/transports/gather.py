"""A conversation carried by TwiML: each turn is one document, each answer one webhook.

What is said before a question stands inside ``<Gather>``, so that an answer cuts it short. Only what must be heard, a
notice, stands before it. Who says nothing falls through ``<Gather>`` to a redirect that reports the silence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal
from xml.sax.saxutils import escape

from ringline.interview.actions import Action, Ask, End, EndLeg, Play, Say, StartRecording, Transfer
from ringline.interview.events import (
    Event,
    KeysPressed,
    LegEnded,
    PlaybackDone,
    Silence,
    Transferred,
    UserSaid,
)
from ringline.twilio.twiml.building import Speech, VoiceDocument
from ringline.twilio.twiml.splitting import first_words, writable
from ringline.twiml_grammar import KEYS, MAX_HINT_CHARACTERS, MAX_HINTS
from ringline.voice.speech import locale_of, speakable, voice_for

Part = Literal["answer", "silence", "played", "dial", "recording"]
PARTS: tuple[Part, ...] = ("answer", "silence", "played", "dial", "recording")

# Of the 64 kB of a document, as they are written there; some forty minutes of speech, so nobody misses what is beyond.
_MOST_WORDS = 40_000
_TAGS_OF_A_SAY = 120
_MOST_HINTS = 8_000
_SLOW_TYPES = frozenset({"text", "number", "phone", "email", "digits", "date", "time", "duration"})
_FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


def render(
    actions: Sequence[Action], *, address: Callable[[int, str], str], voice: str | None = None, turn: int = 0
) -> bytes:
    """The document of one turn. *address* gives the address that takes a part of a turn, see `PARTS`.

    *turn* is the number of the turn for what carries none itself: the end of what is only said, and the recording.
    Timers, suppressions, other legs and pausing a recording are no matter of a document and left to the caller.
    """
    turn = next((action.turn for action in actions if isinstance(action, Ask | Transfer)), turn)
    return _Turn(address, voice, turn).carry_out(actions)


def event_of(part: str, form: Mapping[str, str], *, leg: int, turn: int) -> Event:
    """What a webhook for *part* of a turn reports. Raises ``ValueError`` for the recording's, which is no event."""
    if part == "dial":
        status = form.get("DialCallStatus") or "failed"
        talked = status in ("completed", "answered")  # who was not reached comes with a duration of 0, or with none
        return Transferred(leg, status, _seconds(form.get("DialCallDuration")) if talked else None)
    if part == "answer" and (digits := form.get("Digits") or ""):
        return KeysPressed(leg, turn, digits, form.get("FinishedOnKey") or None)
    if part == "answer" and (words := (form.get("SpeechResult") or "").strip()):
        return UserSaid(leg, turn, words, confidence_of(form.get("Confidence")), form.get("Language") or None)
    if part not in ("answer", "silence", "played"):
        raise ValueError(f"{part!r} is no part of a turn that reports an event")
    if (status := form.get("CallStatus", "")) in _FINAL:
        return LegEnded(leg, status)  # Twilio may report who hung up in the middle of an answer so
    return PlaybackDone(leg, turn) if part == "played" else Silence(leg, turn)


def confidence_of(value: str | None) -> float | None:
    """How sure the recogniser was, ``None`` where it does not say: a model without scores sends ``0.0``."""
    try:
        confidence = float(value or "")
    except ValueError:
        return None
    return min(confidence, 1.0) if math.isfinite(confidence) and confidence > 0 else None


class _Turn:
    """The document of a turn as its actions are carried out."""

    def __init__(self, address: Callable[[int, str], str], voice: str | None, turn: int) -> None:
        self._address = address
        self._voice = voice
        self._turn = turn
        self._document = VoiceDocument()
        self._waiting: list[Say | Play] = []
        self._words_left = _MOST_WORDS
        self._said = False

    def carry_out(self, actions: Sequence[Action]) -> bytes:
        for action in actions:
            match action:
                case Say(kind="notice"):
                    self._waiting.append(action)
                    self._speak_what_waits(self._document)
                case Say() | Play():
                    self._waiting.append(action)
                case StartRecording():
                    self._speak_what_waits(self._document)
                    self._document.start_recording(self._address(self._turn, "recording"))
                case Ask():
                    self._speak_what_waits(self._document.gather(**self._listening(action)))
                    return self._document.redirect(self._address(action.turn, "silence")).to_bytes()
                case Transfer():
                    self._speak_what_waits(self._document)
                    return self._document.dial(action.to, action=self._address(action.turn, "dial")).to_bytes()
                case EndLeg() | End():
                    self._speak_what_waits(self._document)
                    return self._document.hangup().to_bytes()
                case _:
                    pass
        self._speak_what_waits(self._document)
        if not self._said:
            self._document.pause(1)  # a turn that takes no time would be asked for again at once, without end
        return self._document.redirect(self._address(self._turn, "played")).to_bytes()

    def _speak_what_waits(self, place: Speech) -> None:
        for action in self._waiting:
            if isinstance(action, Play):
                place.play(action.url)
                self._said = True
            else:
                self._speak(action, place)
        self._waiting.clear()

    def _speak(self, action: Say, place: Speech) -> None:
        words = _within(speakable(action.text, action.language), self._words_left)
        self._words_left -= _written(words) + _TAGS_OF_A_SAY
        if words:
            place.say(words, voice=voice_for(self._voice, action.language), language=locale_of(action.language))
            self._said = True

    def _listening(self, ask: Ask) -> dict[str, Any]:
        """The attributes of ``<Gather>`` for a question."""
        attributes: dict[str, Any] = {
            "input": " ".join(kind for kind, wanted in (("dtmf", ask.keys), ("speech", ask.speech)) if wanted)
            or "dtmf",
            "action": self._address(ask.turn, "answer"),
            "method": "POST",
            "timeout": _whole_seconds(ask.timeout),
        }
        if ask.keys or not ask.speech:
            attributes["finish_on_key"] = ask.finish_on if ask.finish_on == "" or ask.finish_on in list(KEYS) else "#"
            if ask.digits is not None and ask.digits > 0:
                attributes["num_digits"] = ask.digits
        if ask.speech:
            attributes |= {
                "language": locale_of(ask.language),
                "speech_timeout": _speech_timeout(ask),
                "profanity_filter": ask.profanity_filter,
                "hints": hints_of(ask.hints) or None,
            }
            if ask.speech_model is not None:
                attributes["speech_model"] = ask.speech_model
                attributes["enhanced"] = True if ask.enhanced and ask.speech_model == "phone_call" else None
        return attributes


def hints_of(hints: Sequence[str]) -> str:
    """*hints* as one attribute: each once, without commas of its own, as many as Twilio takes."""
    entries: dict[str, None] = {}
    size = 0
    for hint in hints:
        entry = " ".join(writable(speakable(hint)).replace(",", " ").split())
        size += len(entry.encode("utf-8", "surrogatepass")) + 1
        if size > _MOST_HINTS or len(entries) >= MAX_HINTS:
            break
        if entry and len(entry) <= MAX_HINT_CHARACTERS:
            entries[entry] = None
    return ",".join(entries)


def _within(text: str, most: int) -> str:
    """As much of *text* as takes *most* bytes in a document, where some characters are escaped."""
    while text and (size := _written(text)) > max(most, 0):
        raw = len(text.encode("utf-8", "surrogatepass"))
        text = first_words(text, min(raw - 1, raw * max(most, 0) // size))
    return text


def _written(text: str) -> int:
    return len(escape(text).encode("utf-8", "surrogatepass"))


def _speech_timeout(ask: Ask) -> int | str:
    """How long a pause ends what is said; with a model Twilio wants seconds, without it may find out by itself."""
    if ask.speech_timeout is not None:
        return _whole_seconds(ask.speech_timeout)
    if ask.speech_model is None:
        return "auto"
    return 3 if ask.expect.get("type") in _SLOW_TYPES else 2


def _whole_seconds(seconds: float) -> int:
    return max(1, min(600, math.ceil(seconds)))


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdecimal() else None
