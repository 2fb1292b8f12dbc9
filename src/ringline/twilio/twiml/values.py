"""Whether an attribute's value is one that Twilio takes, and what it could be instead."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ringline.twiml_grammar import BASIC_VOICES, DTMF, KEYS, LANGUAGE_TAG, MAX_HINT_CHARACTERS, NAMED_VOICES, Attribute

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_VOICE = re.compile(NAMED_VOICES)
_LANGUAGE = re.compile(LANGUAGE_TAG)
_DTMF = re.compile(DTMF)
_SCHEMES = frozenset({"http", "https", "ws", "wss"})


def wrong(attribute: Attribute, value: str) -> str | None:
    """What *attribute* must be, where *value* is something else: "a whole number from 1"."""
    match attribute.kind:
        case "integer":
            return _wrong_integer(attribute, value)
        case "boolean":
            return None if value in ("true", "false") else "true or false"
        case "choice":
            return None if value in attribute.choices else _one_of(attribute.choices)
        case "words":
            words = value.split()
            good = words and all(word in attribute.choices for word in words)
            return None if good else f"{_one_of(attribute.choices)}, several with blanks between"
        case "finish_keys":
            if any(key not in KEYS for key in value):
                return "a key out of 0-9, # and *, or empty"
            return "one key only" if attribute.high is not None and len(value) > attribute.high else None
        case "dtmf":
            return None if _DTMF.fullmatch(value) else "keys out of 0-9, A-D, # and *, with w or W for a pause"
        case "voice":
            return None if is_voice(value) else "man, woman, alice, Polly.<name> or Google.<name>"
        case "language":
            return None if is_language(value) else "a language tag such as en-US"
        case "list":
            return _wrong_list(attribute, value)
        case "url":
            return None if is_address(value) else "an address"
        case _:
            too_long = attribute.high is not None and len(value) > attribute.high
            return f"at most {attribute.high} characters long" if too_long else None


def is_voice(value: str) -> bool:
    """Whether *value* is written as the name of a voice."""
    return value in BASIC_VOICES or _VOICE.fullmatch(value) is not None


def is_language(value: str) -> bool:
    """Whether *value* is written as a language tag is."""
    return _LANGUAGE.fullmatch(value) is not None


def is_address(value: str) -> bool:
    """Whether *value* is an address, whole or relative to another."""
    if not value or any(character.isspace() or ord(character) < 32 for character in value):
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.scheme in _SCHEMES and parts.hostname) if parts.scheme else True


def is_whole_address(value: str) -> bool:
    """Whether *value* is an address that needs no other."""
    return is_address(value) and bool(urlsplit(value).scheme)


def _wrong_integer(attribute: Attribute, value: str) -> str | None:
    if value in attribute.choices:
        return None
    low, high = attribute.low or 0, attribute.high
    if _WHOLE_NUMBER.fullmatch(value) and low <= int(value) <= (high if high is not None else int(value)):
        return None
    span = f"from {low} to {high}" if high is not None else f"from {low} up"
    return " or ".join([f"a whole number {span}", *attribute.choices])


def _wrong_list(attribute: Attribute, value: str) -> str | None:
    entries = value.split(",")
    if attribute.high is not None and len(entries) > attribute.high:
        return f"at most {attribute.high} entries"
    if any(len(entry.strip()) > MAX_HINT_CHARACTERS for entry in entries):
        return f"entries of at most {MAX_HINT_CHARACTERS} characters"
    return None


def _one_of(choices: tuple[str, ...]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"
