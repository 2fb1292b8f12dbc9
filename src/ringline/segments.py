"""How many parts a text message is billed as, and where it breaks.

A part carries 140 octets. One that is not alone gives six of them to a header, so a text of several parts holds
less in each: 153 instead of 160 septets of GSM-7, 67 instead of 70 16-bit units of UCS-2. A text is GSM-7 when every
character of it is; a single other character makes the whole of it UCS-2. Breaks never fall inside an escaped GSM-7
character, nor inside what a reader sees as one character (an extended grapheme cluster of UAX 29).
"""

from __future__ import annotations

import codecs
import functools
import unicodedata
from typing import Literal, NamedTuple

__all__ = ["Segments", "count_segments", "grapheme_clusters", "is_gsm7", "non_gsm7_characters", "smart_encode"]

Encoding = Literal["GSM-7", "UCS-2"]

GSM7_SINGLE, GSM7_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67

# 3GPP TS 23.038, in the order of their codes; 0x1B, the escape, is not a character.
_GSM7_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_ESCAPED = "\f^{}\\[~]|€"
# One byte per character of GSM-7, the escaped ones last, so that C code tells and counts them. Most texts are
# Latin-1, where the characters' own codes do and the codec is ten times as fast.
_GSM7_TABLE = codecs.charmap_build(_GSM7_BASIC + _GSM7_ESCAPED + "\ufffe" * (256 - 137))
_ESCAPED_BYTES = bytes(range(127, 137))
_LATIN1_BASIC = _GSM7_BASIC.encode("latin-1", "ignore")
_LATIN1_ESCAPED = _GSM7_ESCAPED.encode("latin-1", "ignore")


class Segments(NamedTuple):
    """What a text costs to carry."""

    encoding: Encoding
    segments: int
    """How many parts are sent and billed; an empty text is one."""
    units: list[int]
    """What each part holds without its header: septets in GSM-7, 16-bit units in UCS-2."""


def count_segments(text: str) -> Segments:
    """How Twilio would split *text*, as its own calculator does.

    A grapheme cluster too large for any part is broken between code points, because nothing else is possible.
    """
    try:
        encoded = text.encode("latin-1")
    except UnicodeEncodeError:
        return _count_beyond_latin1(text)
    others = encoded.translate(None, _LATIN1_BASIC)
    if others.translate(None, _LATIN1_ESCAPED):
        return _count_ucs2(text)
    return _count_gsm7(encoded, len(others), _LATIN1_ESCAPED)


def is_gsm7(text: str) -> bool:
    """Whether every character of *text* has a code in GSM-7."""
    return not non_gsm7_characters(text)


def non_gsm7_characters(text: str) -> list[str]:
    """The characters that make *text* UCS-2, each once, in order of appearance."""
    return [character for character in dict.fromkeys(text) if character not in _GSM7_CHARACTERS]


def smart_encode(text: str) -> str:
    """*text* with the look-alikes that Twilio's Smart Encoding replaces, so that more of it stays GSM-7.

    Follows Twilio's published reference (curly quotes, dashes, ellipsis, wide spaces, full-width and small-capital
    letters); what production replaces beyond it is not published.
    """
    return text if text.isascii() and "\t" not in text and "`" not in text else text.translate(_smart_encoding())


def _count_beyond_latin1(text: str) -> Segments:
    try:
        encoded, length = codecs.charmap_encode(text, "strict", _GSM7_TABLE)
    except UnicodeEncodeError:
        return _count_ucs2(text)
    return _count_gsm7(encoded, length - len(encoded.translate(None, _ESCAPED_BYTES)), _ESCAPED_BYTES)


def _count_gsm7(encoded: bytes, escapes: int, escaped: bytes) -> Segments:
    septets = len(encoded) + escapes
    if septets <= GSM7_SINGLE:
        return Segments("GSM-7", 1, [septets])
    units = _around_escapes(encoded, escaped) if escapes else _evenly(septets, GSM7_PART)
    return Segments("GSM-7", len(units), units)


def _evenly(total: int, part: int) -> list[int]:
    full, rest = divmod(total, part)
    return [part] * full + ([rest] if rest else [])


def _around_escapes(encoded: bytes, escaped: bytes) -> list[int]:
    units = []
    start = 0
    while start < len(encoded):
        chunk = encoded[start : start + GSM7_PART]
        septets = 2 * len(chunk) - len(chunk.translate(None, escaped))
        end = len(chunk)
        while septets > GSM7_PART:
            end -= 1
            septets -= 2 if chunk[end] in escaped else 1
        units.append(septets)
        start += end
    return units


def _count_ucs2(text: str) -> Segments:
    total = _utf16_units(text)
    if total <= UCS2_SINGLE:
        return Segments("UCS-2", 1, [total])
    if total == len(text) and not any(map(_joins, set(text))):
        units = _evenly(total, UCS2_PART)
    else:
        units = _around_clusters(text)
    return Segments("UCS-2", len(units), units)


def _utf16_units(text: str) -> int:
    # A lone half of a surrogate pair is one unit too.
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _around_clusters(text: str) -> list[int]:
    units = []
    filled = 0
    for cluster in grapheme_clusters(text):
        size = _utf16_units(cluster)
        pieces = [size] if size <= UCS2_PART else [_utf16_units(character) for character in cluster]
        for piece in pieces:
            if filled + piece > UCS2_PART:
                units.append(filled)
                filled = 0
            filled += piece
    units.append(filled)
    return units


# --- grapheme clusters ------------------------------------------------------------------------------------------
# UAX 29 as Twilio's calculator has it: without the later rule for Indic conjuncts (GB9c), and CR LF are two.

_PLAIN, _CONTROL, _EXTEND, _ZWJ, _PREPEND, _REGIONAL, _PICTOGRAPH, _L, _V, _T, _LV, _LVT = range(12)


def _codes(ranges: str) -> frozenset[int]:
    pairs = (text.partition("-") for text in ranges.split())
    return frozenset(code for first, _, last in pairs for code in range(int(first, 16), int(last or first, 16) + 1))


_PREPENDED = _codes(
    "0600-0605 06DD 070F 0890-0891 08E2 0D4E 110BD 110CD 111C2-111C3 1193F 11941 11A3A 11A84-11A89 11D46 11F02"
)
# Spacing marks that stand alone, and others that attach though their category does not say so.
_SPACING_BUT_ALONE = _codes(
    "102B-102C 1038 1062-1064 1067-106D 1083 1087-108C 108F 109A-109C 1A61 1A63-1A64 AA7B AA7D 11720-11721"
)
_ATTACHING = _codes("0E33 0EB3 200C FF9E-FF9F 1F3FB-1F3FF E0020-E007F")
_EXTENDED_PICTOGRAPHIC = (
    "00A9 00AE 203C 2049 2122 2139 2194-2199 21A9-21AA 231A-231B 2328 2388 23CF 23E9-23F3 23F8-23FA 24C2 25AA-25AB "
    "25B6 25C0 25FB-25FE 2600-2605 2607-2612 2614-2685 2690-2705 2708-2712 2714 2716 271D 2721 2728 2733-2734 2744 "
    "2747 274C 274E 2753-2755 2757 2763-2767 2795-2797 27A1 27B0 27BF 2934-2935 2B05-2B07 2B1B-2B1C 2B50 2B55 3030 "
    "303D 3297 3299 1F000-1F0FF 1F10D-1F10F 1F12F 1F16C-1F171 1F17E-1F17F 1F18E 1F191-1F19A 1F1AD-1F1E5 1F201-1F20F "
    "1F21A 1F22F 1F232-1F23A 1F23C-1F23F 1F249-1F3FA 1F400-1F53D 1F546-1F64F 1F680-1F6FF 1F774-1F77F 1F7D5-1F7FF "
    "1F80C-1F80F 1F848-1F84F 1F85A-1F85F 1F888-1F88F 1F8AE-1F8FF 1F90C-1F93A 1F93C-1F945 1F947-1FAFF 1FC00-1FFFD"
)


def grapheme_clusters(text: str) -> list[str]:
    """*text* cut into what a reader sees as single characters; CR and LF are two."""
    clusters = []
    start = 0
    before = _CONTROL
    flags = 0  # regional indicators in a row up to here
    pictograph = False  # whether a pictograph stands before here, with nothing but extending marks in between
    for position, character in enumerate(text):
        kind = _break_class(character)
        if position and not _stays_together(before, kind, flags, pictograph):
            clusters.append(text[start:position])
            start = position
        flags = flags + 1 if kind == _REGIONAL else 0
        pictograph = kind == _PICTOGRAPH or (pictograph and kind in (_EXTEND, _ZWJ))
        before = kind
    if text:
        clusters.append(text[start:])
    return clusters


def _stays_together(before: int, kind: int, flags: int, pictograph: bool) -> bool:
    if before == _CONTROL or kind == _CONTROL:  # GB4, GB5
        return False
    if kind in (_EXTEND, _ZWJ) or before == _PREPEND:  # GB9, GB9a, GB9b
        return True
    if kind in (_L, _V, _T, _LV, _LVT):  # GB6, GB7, GB8
        return (
            (before == _L and kind != _T)
            or (before in (_LV, _V) and kind in (_V, _T))
            or (before in (_LVT, _T) and kind == _T)
        )
    if kind == _PICTOGRAPH:  # GB11
        return before == _ZWJ and pictograph
    return kind == _REGIONAL and flags % 2 == 1  # GB12, GB13


def _joins(character: str) -> bool:
    """Whether *character* could be in one cluster with a neighbour."""
    kind = _break_class(character)
    return kind not in (_PLAIN, _CONTROL, _PICTOGRAPH)


@functools.lru_cache(maxsize=4096)
def _break_class(character: str) -> int:
    code = ord(character)
    if 0xAC00 <= code <= 0xD7A3:
        return _LV if (code - 0xAC00) % 28 == 0 else _LVT
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return _L
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return _V
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return _T
    if 0x1F1E6 <= code <= 0x1F1FF:
        return _REGIONAL
    if code == 0x200D:
        return _ZWJ
    if code in _PREPENDED:
        return _PREPEND
    if code in _ATTACHING:
        return _EXTEND
    if code in _pictographs():
        return _PICTOGRAPH
    category = unicodedata.category(character)
    if category in ("Mn", "Me") or (category == "Mc" and code not in _SPACING_BUT_ALONE):
        return _EXTEND
    # Unassigned code points that are invisible by default (UAX 44) part clusters like the controls they may become.
    unassigned_control = category == "Cn" and (0xE0000 <= code <= 0xE0FFF or 0xFFF0 <= code <= 0xFFF8 or code == 0x2065)
    return _CONTROL if category in ("Cc", "Cf", "Cs", "Zl", "Zp") or unassigned_control else _PLAIN


@functools.cache
def _pictographs() -> frozenset[int]:
    return _codes(_EXTENDED_PICTOGRAPHIC)


# --- Smart Encoding ---------------------------------------------------------------------------------------------

_GSM7_CHARACTERS = frozenset(_GSM7_BASIC + _GSM7_ESCAPED)

_REPLACED_BY = {
    '"': "«»“”„‟ʺˮ❝❞〝〞",
    "'": "‘’‛´`ʻˈʼʽʹˊˋ❛❜‗\u0313\u0314︐︑",
    "-": "–—―‐‑•⁃⎼⎽",
    "/": "÷⁄∕⧸\u0337\u0338",
    "\\": "⧹⧵\u20e5",
    "_": "\u0332",
    "|": "∣⎸⎹⏐⎜⎟\u20d2\u20d3",
    "!": "ǃ︕",
    "!!": "‼",
    "?": "︖",
    ",": "‚、､\u0326﹑",
    ".": "。｡",
    ":": "ː˸⦂꞉︓",
    ";": "⁏︔",
    "...": "…",
    "(": "❨❪⟮⦅",
    ")": "❩❫⟯⦆",
    "{": "❴",
    "}": "❵",
    "<": "‹",
    ">": "›",
    "=": "꞊\u0347",
    "+": "˖",
    "^": "ˆ\u0302\u1dcd",
    "~": "˜˷∼\u0303\u0330\u0334",
    "*": "⁎∗⊛✢✣✤✥✱✲✳✺✻✼✽❃❉❊❋⧆",
    "1/4": "¼",
    "1/2": "½",
    "3/4": "¾",
    " ": "\u2001\u2028\u2029",
    "  ": "\u00a0\u2000\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\x80\x8d\x90\x9b\x9f",
    "       ": "\t",
    "": "\u200b\u2060\ufeff\x00\x03\x04\x10\x11\x12\x13\x14\x17\x19",
}
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "ABCDEFGHIJKLMNOPRSTUVWYZ", strict=True))


@functools.cache
def _smart_encoding() -> dict[int, str]:
    replacements = {ord(character): text for text, characters in _REPLACED_BY.items() for character in characters}
    replacements |= {ord(character): letter for character, letter in _SMALL_CAPITALS.items()}
    # Full-width and small forms are ASCII to anybody who reads them.
    for code in (*range(0xFF01, 0xFF5F), *range(0xFE50, 0xFE6C)):
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1 and plain.isascii():
            replacements.setdefault(code, plain)
    return replacements
