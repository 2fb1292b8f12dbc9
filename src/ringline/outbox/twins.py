"""Which messages Twilio's list could not tell apart: same account, same person, same text as Twilio shows it."""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata

from ringline.outbox.calling import TEXT_CLASS, is_call

ANY_TEXT = "*"
"""The class of a message whose text Twilio shows otherwise than we know it: templates, pictures only, no letters."""

_URL = re.compile(r"(?:https?://|www\.)\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/\S*", re.IGNORECASE)
_NOT_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
_ASCII_OTHERS = bytes(code for code in range(128) if not chr(code).isalnum())
_TRIAL_PREFIX = "Sent from your Twilio trial account - "


def skeleton(text: str) -> str:
    """What is left of a text whatever Twilio does to it: smart encoding, its trial prefix, blanks, shortened links.

    It may be coarser than Twilio's changes, so that some messages wait for each other, and never finer.
    """
    text = text.removeprefix(_TRIAL_PREFIX)
    if "/" in text or "www." in text.lower():
        # No link is without either, and looking for one takes longer than all the rest.
        text = _URL.sub(" u ", text)
    if text.isascii():
        return text.encode("ascii").translate(None, _ASCII_OTHERS).decode("ascii").lower()
    text = unicodedata.normalize("NFKD", text)
    text = "".join(character for character in text if not unicodedata.combining(character))
    return _NOT_LETTER_OR_DIGIT.sub("", text).casefold()


@functools.lru_cache(maxsize=4096)
def text_class(body: str | None, content_sid: str | None) -> str:
    """The class of a message among those to one person."""
    if content_sid is not None or not body:
        return ANY_TEXT
    bare = skeleton(body)
    return hashlib.blake2b(bare.encode("utf-8", "replace"), digest_size=12).hexdigest() if bare else ANY_TEXT


def twin_of(
    account_id: str, channel: str, to: str, body: str | None, content_sid: str | None, *, is_kept: bool = True
) -> str:
    """The key under which at most one attempt may be undecided. Never the sender: a service may choose another.

    Without *is_kept* Twilio was asked not to keep the text, and will not show it.
    """
    address = to if channel == "sms" else f"{channel}:{to}"
    if is_call(channel):
        return f"{account_id}|{address}|{TEXT_CLASS}"
    return f"{account_id}|{address}|{text_class(body, content_sid) if is_kept else ANY_TEXT}"
