"""What people say instead of an answer: that they do not know, will not say, or want something else first."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ringline.understanding.interpretation import PHRASE, Interpretation
from ringline.understanding.lexicons.caveats import caveats_of

if TYPE_CHECKING:
    import re

    from ringline.understanding.lexicons.lexicon import Lexicon
    from ringline.understanding.said import Said

_OTHER_WORDS = 3


def whole_meta(said: Said) -> Interpretation | None:
    """What the whole message asks for: `repeat`, `help`, `operator`, `skip`, `back`, `stop`, `hold`, `slower`."""
    for text in dict.fromkeys((said.text, " ".join(said.words))):
        for name, pattern in said.lexicon.meta.items():
            if pattern.fullmatch(text):
                return Interpretation("meta", name, PHRASE, (f"“{text}” asks for {name}",))
    return None


def meta(said: Said) -> Interpretation | None:
    """What the message asks for, also within a sentence."""
    return whole_meta(said) or _within(said, longest=None)


def most_meta(said: Said) -> Interpretation | None:
    """What the message asks for, if hardly a word of it is about anything else."""
    return whole_meta(said) or _within(said, longest=_OTHER_WORDS)


def _within(said: Said, *, longest: int | None) -> Interpretation | None:
    texts = tuple(dict.fromkeys((said.text, " ".join(said.words))))
    no_more = caveats_of(said.lexicon.numbers).no_more.search(said.text)
    if no_more and (longest is None or len(said.bare) - len(no_more[0].split()) <= longest):
        return Interpretation("meta", "stop", PHRASE, (f"“{no_more[0]}” asks for stop",))
    for name, pattern in _patterns_within(said.lexicon):
        match = next(filter(None, map(pattern.search, texts)), None)
        if match and (longest is None or len(said.bare) - len(match[0].split()) <= longest):
            return Interpretation("meta", name, PHRASE, (f"“{match[0]}” asks for {name}",))
    return None


@cache
def _patterns_within(lexicon: Lexicon) -> list[tuple[str, re.Pattern[str]]]:
    """What is looked for in a sentence; `say that slower` asks for more than to say it again."""
    return sorted(lexicon.meta_within.items(), key=lambda one: one[0] != "slower")


def refused(said: Said) -> Interpretation | None:
    """That the person will not answer."""
    match = said.lexicon.refused.search(said.text)
    return Interpretation("refused", None, PHRASE, (f"“{match[0]}”",)) if match else None


def unwilling(said: Said) -> Interpretation | None:
    """That the person will not answer, in words that are a no where yes or no was asked."""
    for text in dict.fromkeys((said.text, " ".join(said.words))):
        if said.lexicon.unwilling.fullmatch(text):
            return Interpretation("refused", None, PHRASE, (f"“{text}”",))
    return None


def dont_know(said: Said) -> Interpretation | None:
    """That the person cannot answer."""
    match = said.lexicon.dont_know.search(said.text)
    return Interpretation("dont_know", None, PHRASE, (f"“{match[0]}”",)) if match else None
