"""``<Say>``, ``<Play>`` and ``<Pause>``, alone and as the prompt of a ``<Gather>``."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import NamedTuple
from urllib.parse import quote_plus, urlsplit

from ringline import twiml_grammar as grammar
from ringline.simulator.calls.audio import seconds_of
from ringline.simulator.calls.conversation import Conversation, Next
from ringline.simulator.calls.documents import Attributes
from ringline.simulator.calls.speech_time import seconds_to_say
from ringline.simulator.network import LOOPBACK_HOSTS

UNHEARD_SECONDS = 5.0
"""How long a file counts as that is not fetched, because it lies outside and one works offline."""
_LARGEST_FILE = 40 * 60 * 32_000
_AUDIO_TYPES = re.compile(r"audio/(mpeg|mp3|wav|wave|x-wav|aiff|x-aifc|x-aiff|x-gsm|gsm|ulaw|basic|x-mulaw)$")
_BREAK_TIME = re.compile(r"(\d+(?:\.\d+)?)(ms|s)$")
_DIGIT_SECONDS = {"w": 0.5, "W": 1.0}


class Piece(NamedTuple):
    """A part of a prompt: words (none for a pause), and how long they take."""

    text: str
    lasts: float


async def say(talk: Conversation, asked: Attributes) -> Next | None:
    """Speak."""
    await _hear(talk, say_pieces(talk, asked.element, asked))
    return None


async def play(talk: Conversation, asked: Attributes) -> Next | None:
    """Play a file, or keys."""
    await _hear(talk, await play_pieces(talk, asked.element, asked))
    return None


async def pause(talk: Conversation, asked: Attributes) -> Next | None:
    """Wait."""
    await talk.wires.pass_time(asked.number("length") or 1)
    return None


async def prompt_of(talk: Conversation, element: ElementTree.Element) -> list[Piece]:
    """What stands in a ``<Gather>``."""
    pieces: list[Piece] = []
    for child in element:
        if child.tag not in ("Say", "Play", "Pause"):
            talk.note(13320, f"<{child.tag}> may not stand in <Gather>; it is passed over.")
            continue
        attributes = talk.attributes(child, "Gather")
        if child.tag == "Say":
            pieces += say_pieces(talk, child, attributes)
        elif child.tag == "Pause":
            pieces.append(Piece("", float(attributes.number("length") or 1)))
        elif attributes.given("digits"):
            talk.note(13430, "<Play digits> may not stand in <Gather>; it is passed over.")
        else:
            pieces += await play_pieces(talk, child, attributes)
    return pieces


def say_pieces(talk: Conversation, element: ElementTree.Element, attributes: Attributes) -> list[Piece]:
    """The words of a ``<Say>`` as often as they are said; none where Twilio would not say them."""
    text = " ".join("".join(element.itertext()).split())
    if not text:
        talk.note(13520)
        return []
    voice = attributes.text("voice").partition(".")[0].lower()
    limit = grammar.SAY_BYTES.get(voice, grammar.SAY_BYTES["basic"])
    if len(text.encode()) > limit or len(quote_plus(text)) > grammar.MAX_SAY_URL_ENCODED:
        talk.note(13521)
        return []
    lasts = seconds_to_say(text) + sum(_break_seconds(each) for each in element.iter("break"))
    return [Piece(text, lasts)] * _times(attributes)


async def play_pieces(talk: Conversation, element: ElementTree.Element, attributes: Attributes) -> list[Piece]:
    """The file of a ``<Play>`` as often as it is played."""
    digits = attributes.text("digits")
    if digits:
        return [Piece(f"[keys {digits}]", sum(_DIGIT_SECONDS.get(digit, 0.25) for digit in digits))]
    url = talk.absolute((element.text or "").strip())
    fetches = talk.wires.carrier.fetches_media
    really = fetches == "always" or (fetches == "loopback" and urlsplit(url).hostname in LOOPBACK_HOSTS)
    lasts = UNHEARD_SECONDS
    if really:
        fetched = talk.wires.webhooks.fetch(url, most_bytes=_LARGEST_FILE)
        status, content_type, data = await talk.wires.outside(fetched)
        if status is None or not 200 <= status < 300:
            talk.note(11200, f"{url} did not answer with success, so nothing is played.")
            return []
        if not _AUDIO_TYPES.match(content_type):
            talk.note(13420, f"{url} is of type {content_type}, which cannot be played.")
            return []
        lasts = seconds_of(content_type, data)
    return [Piece(f"[plays {url}]", lasts)] * _times(attributes)


async def _hear(talk: Conversation, pieces: list[Piece]) -> None:
    for piece in pieces:
        await talk.leg.hear(piece.text, piece.lasts)


def _times(attributes: Attributes) -> int:
    loop = attributes.number("loop")
    return 1 if loop is None else loop or grammar.MAX_LOOPS


def _break_seconds(element: ElementTree.Element) -> float:
    time = _BREAK_TIME.match(element.get("time", ""))
    if time is None:
        return 0.5
    return float(time[1]) / (1000 if time[2] == "ms" else 1)
