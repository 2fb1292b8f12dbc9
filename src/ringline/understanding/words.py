"""Free text, and words that must be the whole message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ringline.understanding import intents
from ringline.understanding.interpretation import EXACT, Interpretation, no_match, ok
from ringline.understanding.said import fold, words_of

if TYPE_CHECKING:
    from ringline.understanding.choices import Choice
    from ringline.understanding.said import Said


def understand_text(said: Said) -> Interpretation:
    """Whatever was said, unless the whole of it asks for something else."""
    return intents.most_meta(said) or ok(said.raw.strip(), EXACT, "any text counts")


def understand_keyword(said: Said, keywords: Sequence[Choice]) -> Interpretation:
    """The keyword that the whole message is, whatever its case and punctuation."""
    for keyword in keywords:
        for phrase in keyword.phrases:
            if said.words == words_of(fold(phrase, said.lexicon)):
                return ok(keyword.value, EXACT, f"the whole message is “{phrase}”")
    return intents.meta(said) or no_match("the message is none of the keywords")
