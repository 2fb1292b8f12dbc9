"""Words for a voice, cut where a speaker pauses, into as much as Twilio lets one ``<Say>`` hold."""

from __future__ import annotations

import re

from ringline.segments import grapheme_clusters
from ringline.twilio.twiml.voices import kind_of
from ringline.twiml_grammar import MAX_SAY_URL_ENCODED, SAY_BYTES

# What XML 1.0 has no way to write, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = re.compile(r"\r\n?")
_SENTENCE_END = re.compile(r"[.!?…؟।]['\"»”’)]*\s+|[。！？]|\n+")
_BLANK = re.compile(r"\s+")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def writable(text: str) -> str:
    """*text* without the characters that XML cannot hold, with every line end as XML reads it."""
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))


def pieces(text: str, voice: str | None = None) -> list[str]:
    """*text* in pieces that *voice* speaks at once: ends of sentences first, then of words, then characters.

    The pieces put together are *text*, except for the blanks between them; blank text has none.
    """
    rest = text.strip()
    most = SAY_BYTES[kind_of(voice)]
    found = []
    while rest:
        end = _reach(rest, most, MAX_SAY_URL_ENCODED)
        if end < len(rest):
            end = _pause(rest, end)
        piece = rest[:end].strip()
        if piece:
            found.append(piece)
        rest = rest[end:].lstrip()
    return found


def first_words(text: str, most: int) -> str:
    """As many whole sentences or words of *text* as *most* bytes hold."""
    end = _reach(text, most, 3 * most)
    if end == 0:
        return ""
    return text if end == len(text) else text[: _pause(text, end)].rstrip()


def _reach(text: str, most_bytes: int, most_encoded: int) -> int:
    """How many characters of *text* stay within both limits."""
    size = encoded = 0
    for position, character in enumerate(text):
        width = 1 if character < "\x80" else len(character.encode("utf-8", "surrogatepass"))
        size += width
        encoded += 1 if character in _UNRESERVED else 3 * width
        if size > most_bytes or encoded > most_encoded:
            return position
    return len(text)


def _pause(text: str, end: int) -> int:
    """The best place to stop at or before *end*; a stop in the first half would only make more pieces."""
    within = text[: end + 1]
    for pattern in (_SENTENCE_END, _BLANK):
        stops = [
            match.end() for match in pattern.finditer(within) if end // 2 <= match.start() and match.end() <= end + 1
        ]
        if stops:
            return stops[-1]
    clusters = grapheme_clusters(text[max(0, end - 64) : end + 1])
    start = end + 1 - len(clusters[-1]) if len(clusters) > 1 else end
    return max(1, min(end, start))
