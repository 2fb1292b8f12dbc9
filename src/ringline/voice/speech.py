"""How texts are spoken: in which language and voice, and with words for signs that a voice reads badly."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ringline.twilio.twiml.values import is_language
from ringline.twilio.twiml.voices import kind_of

_LOCALES: Mapping[str, str] = {
    "en": "en-US",
    "es": "es-ES",
    "fr": "fr-FR",
    "de": "de-DE",
    "pt": "pt-BR",
    "it": "it-IT",
}
# What the basic voices speak; for the other languages a named voice stands in.
_BASIC = frozenset({"en", "es", "fr", "de"})
_VOICES: Mapping[str, str] = {
    "en-US": "Polly.Joanna",
    "en-GB": "Polly.Amy",
    "es-ES": "Polly.Lucia",
    "es-MX": "Polly.Mia",
    "es-US": "Polly.Lupe",
    "fr-FR": "Polly.Lea",
    "fr-CA": "Polly.Chantal",
    "de-DE": "Polly.Vicki",
    "pt-BR": "Polly.Camila",
    "pt-PT": "Polly.Ines",
    "it-IT": "Polly.Bianca",
}
# The languages of the named voices met most; those of Google say theirs in their names.
_SPEAKS: Mapping[str, str] = {
    **dict.fromkeys(("Joanna", "Matthew", "Salli", "Kendra", "Kimberly", "Ivy", "Joey", "Justin", "Ruth"), "en"),
    **dict.fromkeys(("Stephen", "Danielle", "Gregory", "Amy", "Emma", "Brian", "Arthur", "Nicole", "Russell"), "en"),
    **dict.fromkeys(("Olivia", "Aditi", "Raveena", "Kajal", "Ayanda", "Aria", "Niamh", "Geraint"), "en"),
    **dict.fromkeys(("Conchita", "Enrique", "Lucia", "Sergio", "Mia", "Andres", "Lupe", "Penelope", "Miguel"), "es"),
    **dict.fromkeys(("Pedro", "Raul", "Alba"), "es"),
    **dict.fromkeys(("Celine", "Lea", "Mathieu", "Remi", "Chantal", "Gabrielle", "Liam", "Isabelle"), "fr"),
    **dict.fromkeys(("Marlene", "Vicki", "Hans", "Daniel", "Hannah"), "de"),
    **dict.fromkeys(("Camila", "Vitoria", "Ricardo", "Thiago", "Ines", "Cristiano"), "pt"),
    **dict.fromkeys(("Bianca", "Carla", "Giorgio", "Adriano", "Beatrice", "Lorenzo"), "it"),
}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"&": "and", "@": "at", "+": "plus", "=": "equals", "<": "less than", ">": "more than"},
    "es": {"&": "y", "@": "arroba", "+": "más", "=": "igual a", "<": "menos de", ">": "más de"},
    "fr": {"&": "et", "@": "arobase", "+": "plus", "=": "égale", "<": "moins de", ">": "plus de"},
    "de": {"&": "und", "@": "at", "+": "plus", "=": "gleich", "<": "kleiner als", ">": "größer als"},
    "pt": {"&": "e", "@": "arroba", "+": "mais", "=": "igual a", "<": "menos de", ">": "mais de"},
    "it": {"&": "e", "@": "chiocciola", "+": "più", "=": "uguale a", "<": "meno di", ">": "più di"},
}

# Bounded, so that a text made of nothing but signs takes no longer than any other.
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\s]{1,2000}\)")
_SCHEME = re.compile(r"\bhttps?://(?:www\.)?", re.IGNORECASE)
_BULLET = re.compile(r"^[ \t]*(?:[*•▪‣·–—-]|#{1,6})[ \t]+", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<!\w)(\*\*|__|\*|_|~~|`{1,3})(?=\S)(.{1,300}?)(?<=\S)\1(?!\w)", re.DOTALL)
_ARROW = re.compile(r"[ \t]{0,8}(?:[→⇒➔➜]|(?<![-=])[-=]{1,8}>)[ \t]{0,8}")
_PHONE = re.compile(r"(?<![\w.])\+(\d{7,15})(?![\d.,]*\d)")
_SIGN = re.compile(r"(?<=\s)[&@+=<>](?=\s)|&")
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3]+")
_BLANKS = re.compile(r"[ \t\u00a0]{2,}")


def locale_of(language: str) -> str:
    """The tag Twilio knows *language* by: ``en`` is ``en-US``, a tag with a country stays, no tag at all is English."""
    tag = language.replace("_", "-").strip()
    if not is_language(tag):
        return _LOCALES["en"]
    primary, _, rest = tag.partition("-")
    if not rest:
        return _LOCALES.get(primary.lower(), primary.lower())
    return "-".join([primary.lower(), *(part.upper() if len(part) == 2 else part for part in rest.split("-"))])


def voice_for(voice: str | None, language: str) -> str | None:
    """Who speaks *language* where *voice* is wished for; ``None`` leaves it to Twilio's own default.

    A voice that is known to speak another language gives way to one that speaks this, since it would read the words by
    the rules of its own.
    """
    locale = locale_of(language)
    primary = locale.partition("-")[0]
    speaks = _language_of(voice) if voice else None
    if voice and (speaks == primary or (speaks is None and (kind_of(voice) != "basic" or primary in _BASIC))):
        return voice
    if voice is None and primary in _BASIC:
        return None
    return _VOICES.get(locale) or _VOICES.get(_LOCALES.get(primary, "")) or (voice if speaks is None else None)


def speakable(text: str, language: str = "en") -> str:
    """*text* as it can be read aloud: no marks of formatting, no pictures, words for signs; SSML is left as it is."""
    if text.lstrip().startswith("<speak"):
        return text
    words = _WORDS.get(language.partition("-")[0].lower(), _WORDS["en"])
    text = _LINK.sub(r"\1", text)
    text = _BULLET.sub("", text)
    text = _EMPHASIS.sub(r"\2", text)
    text = _SCHEME.sub("", text)
    text = _ARROW.sub(", ", text)
    text = _PHONE.sub(lambda match: " ".join(match[1]), text)
    text = _SIGN.sub(lambda match: _in_words(match, words), text)
    text = _PICTURES.sub(" ", text)
    return _BLANKS.sub(" ", text).strip()


def _in_words(match: re.Match[str], words: Mapping[str, str]) -> str:
    """The word for a sign, with the blanks that it needs beside it ("R&D", "you & me")."""
    text, start, end = match.string, match.start(), match.end()
    before = "" if start == 0 or text[start - 1].isspace() else " "
    after = "" if end == len(text) or text[end].isspace() else " "
    return f"{before}{words[match[0]]}{after}"


def _language_of(voice: str) -> str | None:
    """The language a named voice speaks, where its name tells."""
    kind, _, name = voice.partition(".")
    if kind == "Google":
        return name.partition("-")[0].lower() or None
    return _SPEAKS.get(name.partition("-")[0]) if kind == "Polly" else None
