"""A voice document built verb by verb, by the official builder and within Twilio's limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from ringline.errors import RequestError
from ringline.twilio.twiml.reading import Node, Unreadable, read_document
from ringline.twilio.twiml.splitting import pieces, writable
from ringline.twilio.twiml.voices import allows_ssml, kind_of
from ringline.twiml_grammar import ELEMENTS, MAX_DOCUMENT_BYTES, SAY_BYTES

if TYPE_CHECKING:
    from twilio.twiml import TwiML

_SSML = ELEMENTS["Say"].children
_TAG = re.compile(r"</?[A-Za-z][^<>]*>?")


class Speech:
    """What can be said and played, in a document or while one listens."""

    def __init__(self, verb: Any) -> None:
        self._verb = verb

    def say(self, text: str, *, voice: str | None = None, language: str | None = None, loop: int | None = None) -> Self:
        """Speak *text*, in several verbs where it is longer than one holds; nothing where there are no words.

        A text that is ``<speak>…</speak>`` as a whole is SSML; a voice that does not know it speaks the words alone.
        """
        tree = _ssml(text)
        if tree is not None and allows_ssml(voice) and _fits(tree, voice):
            _copy(tree, self._verb.say(voice=voice, language=language, loop=loop))
            return self
        words = "".join(tree.words()) if tree is not None else _without_tags(text)
        for piece in pieces(writable(words), voice):
            self._verb.say(piece, voice=voice, language=language, loop=loop)
        return self

    def play(self, url: str, *, loop: int | None = None) -> Self:
        """Play the recording at *url*."""
        self._verb.play(writable(url), loop=loop)
        return self

    def pause(self, seconds: int = 1) -> Self:
        """Say nothing for so long."""
        self._verb.pause(length=max(1, seconds))
        return self


class VoiceDocument(Speech):
    """One voice document. Attributes are given by the names of the official builder (`finish_on_key`)."""

    def __init__(self) -> None:
        from twilio.twiml.voice_response import VoiceResponse

        super().__init__(VoiceResponse())

    def gather(self, **attributes: Any) -> Speech:
        """Listen; what is said and played into the result can be interrupted by the answer."""
        return Speech(self._verb.gather(**_writable(attributes)))

    def start_recording(self, callback: str, *, channels: str = "dual") -> Self:
        """Record the call from here on; *callback* is told when the recording stands, fails or is missing."""
        self._verb.start().recording(
            recording_status_callback=writable(callback),
            recording_status_callback_event="in-progress completed absent",
            channels=channels,
        )
        return self

    def dial(self, to: str, *, action: str, **attributes: Any) -> Self:
        """Connect the call with *to*: a number in E.164, ``sip:…`` or ``client:…``. *action* takes how it ended."""
        dial = self._verb.dial(action=writable(action), method="POST", **_writable(attributes))
        if to.startswith("sip:"):
            dial.sip(writable(to))
        elif to.startswith("client:"):
            dial.client(writable(to.removeprefix("client:")))
        else:
            dial.number(writable(to))
        return self

    def redirect(self, url: str) -> Self:
        """Go on with the document at *url*."""
        self._verb.redirect(writable(url), method="POST")
        return self

    def hangup(self) -> Self:
        """End the call."""
        self._verb.hangup()
        return self

    def to_bytes(self) -> bytes:
        """The document as it is answered. Raises `RequestError` where it is larger than Twilio reads."""
        document = str(self._verb.to_xml()).encode()
        if len(document) > MAX_DOCUMENT_BYTES:
            raise RequestError(
                f"The call's document has {len(document):,} bytes; Twilio reads up to {MAX_DOCUMENT_BYTES:,}.",
                fix="Say less at once.",
                code="twiml_too_long",
            )
        return document

    def __str__(self) -> str:
        return self.to_bytes().decode()


def _writable(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: writable(value) if isinstance(value, str) else value for name, value in attributes.items()}


def ssml_fault(text: str, voice: str | None) -> str | None:
    """What is wrong with *text* where it is meant as SSML (``<speak>…``); ``None`` for any other text."""
    if not text.lstrip().startswith("<speak"):
        return None
    try:
        tree = read_document(writable(text.strip()))
    except Unreadable as error:
        return f"The SSML cannot be read: {error.reason} (line {error.line})"
    unknown = next((node.name for node in _all(tree) if node.name not in _SSML), None)
    if unknown is not None:
        return f"SSML has no <{unknown}>"
    if not allows_ssml(voice):
        return f"The voice {voice or 'man'} does not know SSML; choose one of Polly or Google"
    return None


def _ssml(text: str) -> Node | None:
    """*text* as a tree where it is ``<speak>…</speak>`` with known tags only."""
    if not text.lstrip().startswith("<speak"):
        return None
    try:
        tree = read_document(writable(text.strip()))
    except Unreadable:
        return None
    is_known = tree.name == "speak" and all(node.name in _SSML for node in _all(tree))
    return tree if is_known and "".join(tree.words()).strip() else None


def _without_tags(text: str) -> str:
    """The words of what is meant as SSML and cannot be read: a name with an ampersand in it, say. Better than tags."""
    return " ".join(_TAG.sub(" ", text).split()) if text.lstrip().startswith("<speak") else text


def _all(tree: Node) -> list[Node]:
    return [node for child in tree.children for node in (child, *_all(child))]


def _fits(tree: Node, voice: str | None) -> bool:
    """Whether one ``<Say>`` holds it; Google counts the tags too, so they are counted for every voice."""
    tags = sum(node.tag_size() for node in _all(tree))
    words = writable("".join(tree.words()))
    return len(pieces(words, voice)) == 1 and len(words.encode()) + tags <= SAY_BYTES[kind_of(voice)]


def _copy(tree: Node, verb: TwiML) -> None:
    for part in tree.content:
        if isinstance(part, str):
            verb.nest(part)
        else:
            child = verb.add_child(part.name)
            child.attrs.update(part.attributes)
            _copy(part, child)
