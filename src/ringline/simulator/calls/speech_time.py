"""How long words take when they are spoken."""

from __future__ import annotations

import re

WORDS_PER_SECOND = 2.5
CHARACTERS_PER_SECOND = 12.0
KEY_SECONDS = 0.25
"""From one key to the next."""

# Scripts that put no blanks between words: kana, Han, Thai, Lao, Khmer, Burmese.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def seconds_to_say(text: str) -> float:
    """Words over 2.5 a second; characters over 12 where words are not spaced. An empty text takes no time."""
    if _UNSPACED.search(text):
        return len(re.sub(r"\s", "", text)) / CHARACTERS_PER_SECOND
    return len(text.split()) / WORDS_PER_SECOND


def spoken_within(text: str, seconds: float) -> str:
    """The words of a text that have been spoken after so many seconds."""
    if _UNSPACED.search(text):
        return text[: int(seconds * CHARACTERS_PER_SECOND)]
    return " ".join(text.split()[: int(seconds * WORDS_PER_SECOND + 1e-6)])


def spoken_after(text: str, seconds: float) -> str:
    """The words of a text that are still to come after so many seconds."""
    if _UNSPACED.search(text):
        return text[int(seconds * CHARACTERS_PER_SECOND) :]
    return " ".join(text.split()[int(seconds * WORDS_PER_SECOND + 1e-6) :])
