"""What holds for one element only, over several of its attributes or for the words in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from ringline.twilio.twiml.reading import Node
from ringline.twilio.twiml.voices import kind_of
from ringline.twiml_grammar import MAX_SAY_URL_ENCODED, SAY_BYTES

Found = Iterator[tuple[int | None, str, str]]
"""Twilio's code or ``None``, what is wrong and what to do about it."""

_NUMBER = re.compile(r"\+?[0-9()\-. ]{3,30}")
_CALLER = re.compile(r"\+?[0-9]{3,15}|client:.+|sip:.+")
_RING_TONE = re.compile(r"automatic|[a-z]{2}(-old)?")
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
_MAX_NOUNS = 10
_MAX_QUEUE_NAME = 64
_MAX_TRANSCRIBED = 120


def _say(node: Node, _parent: Node) -> Found:
    voice = kind_of(node.attributes.get("voice"))
    if voice == "basic" and node.children:
        message = f"<{node.children[0].name}> stands in a <Say> whose voice does not know SSML."
        yield 12200, message, "Choose a voice Polly.<name> or Google.<name>, or leave the tags out."
    words = "".join(node.words())
    size = len(words.encode("utf-8", "surrogatepass"))
    if voice == "google":
        size += _tags(node)
    if size > SAY_BYTES[voice]:
        message = f"<Say> has {size:,} bytes of text; this voice speaks {SAY_BYTES[voice]:,} at once."
        yield 13521, message, "Split it into several <Say>."
    elif (encoded := len(quote(words.encode("utf-8", "surrogatepass"), safe=""))) > MAX_SAY_URL_ENCODED:
        message = f"<Say> has {encoded:,} characters once it is URL-encoded; {MAX_SAY_URL_ENCODED:,} are the most."
        yield 13521, message, "Split it into several <Say>."


def _tags(node: Node) -> int:
    return sum(child.tag_size() + _tags(child) for child in node.children)


def _play(node: Node, parent: Node) -> Found:
    if not node.text and "digits" not in node.attributes:
        yield 11100, "<Play> names no recording.", "Write its address into it."
    if parent.name == "Gather" and "digits" in node.attributes:
        yield 13430, "<Play> plays keys inside <Gather>, where they may not be played.", "Put it before <Gather>."


def _gather(node: Node, _parent: Node) -> Found:
    values = node.attributes
    if "speechModel" in values and values.get("speechTimeout") == "auto":
        message = 'speechTimeout="auto" does not go with a speechModel.'
        yield 13335, message, 'Write a number of seconds, such as speechTimeout="2".'
    if values.get("enhanced") == "true" and values.get("speechModel") != "phone_call":
        message = 'enhanced="true" does nothing without speechModel="phone_call".'
        yield None, message, 'Add speechModel="phone_call" or leave `enhanced` out.'
    if "speech" not in values.get("input", "dtmf").split():
        for name in ("hints", "speechModel", "speechTimeout", "profanityFilter", "partialResultCallback"):
            if name in values:
                yield None, f"`{name}` does nothing where only keys are taken.", 'Add input="dtmf speech".'


def _record(node: Node, _parent: Node) -> Found:
    if node.attributes.get("transcribe") == "true" or "transcribeCallback" in node.attributes:
        length = node.attributes.get("maxLength", "3600")
        if "maxLength" in node.attributes and length.isdigit() and int(length) > _MAX_TRANSCRIBED:
            message = f"A recording of {length} s is too long for a transcription."
            yield 13615, message, f'Write maxLength="{_MAX_TRANSCRIBED}" or less.'
        if node.attributes.get("transcribe") != "true":
            yield None, '`transcribeCallback` does nothing without transcribe="true".', 'Add transcribe="true".'


def _dial(node: Node, parent: Node) -> Found:
    caller = node.attributes.get("callerId")
    if caller is not None and not _CALLER.fullmatch(caller):
        message = f'`callerId` of <Dial> is "{caller[:60]}".'
        yield 13214, message, "Write a number of yours in E.164, or client:<name>."
    tone = node.attributes.get("ringTone")
    if tone is not None and not _RING_TONE.fullmatch(tone):
        yield 13220, f'`ringTone` of <Dial> is "{tone[:60]}".', 'Write a country such as "us", or "automatic".'
    if not node.children and not node.text:
        yield 13223, "<Dial> names nobody to call.", "Write a <Number> into it."
    elif node.text and not node.children:
        yield from _number(node, parent)
    if len(node.children) > _MAX_NOUNS:
        yield None, f"<Dial> calls {len(node.children)} at once; {_MAX_NOUNS} are the most.", "Call fewer."


def _number(node: Node, _parent: Node) -> Found:
    if node.text and not _NUMBER.fullmatch(node.text):
        yield 13223, f'"{node.text[:60]}" is no telephone number.', "Write it in E.164, such as +15551234567."


def _conference(node: Node, _parent: Node) -> Found:
    coached = node.attributes.get("coach")
    if coached is not None and not _CALL_SID.fullmatch(coached):
        yield 13240, f'`coach` of <Conference> is "{coached[:60]}".', "Write the SID of a call, CA and 32 digits."


def _enqueue(node: Node, _parent: Node) -> Found:
    if not node.text and "workflowSid" not in node.attributes:
        yield 14204, "<Enqueue> names no queue.", "Write the queue's name into it, or give a workflowSid."
    if len(node.text) > _MAX_QUEUE_NAME:
        message = f"The name of the queue has {len(node.text)} characters; {_MAX_QUEUE_NAME} are the most."
        yield 14205, message, "Give it a shorter name."


def _redirect(node: Node, _parent: Node) -> Found:
    if not node.text:
        message = "<Redirect> names no address, so this very document is asked for again."
        yield None, message, "Write an address into it."


def _stream(node: Node, parent: Node) -> Found:
    if parent.name == "Connect" and node.attributes.get("track", "inbound_track") != "inbound_track":
        yield 31941, "In <Connect> a stream carries the inbound track only.", 'Write track="inbound_track".'


def _conversation_relay(node: Node, _parent: Node) -> Found:
    url = node.attributes.get("url")
    if url is not None and not url.startswith("wss://"):
        yield 64102, "<ConversationRelay> leads to no websocket.", "Let its `url` begin with wss://."


OF_ELEMENTS: Mapping[str, Callable[[Node, Node], Found]] = {
    "Say": _say,
    "Play": _play,
    "Gather": _gather,
    "Record": _record,
    "Dial": _dial,
    "Number": _number,
    "Conference": _conference,
    "Enqueue": _enqueue,
    "Redirect": _redirect,
    "Stream": _stream,
    "ConversationRelay": _conversation_relay,
}
