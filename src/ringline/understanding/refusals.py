"""What an answer names without meaning it: because it turns it down, or asks about it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ringline.understanding.interpretation import Interpretation, no_match
from ringline.understanding.lexicons.caveats import caveats_of
from ringline.understanding.said import words_of

if TYPE_CHECKING:
    from ringline.understanding.lexicons.lexicon import Lexicon
    from ringline.understanding.said import Said

_FAR = 12


def excludes(before: str, lexicon: Lexicon) -> bool:
    """Whether words before a choice say that it is the one not wanted."""
    unwanted = caveats_of(lexicon.numbers).unwanted
    return (lexicon.excepting.search(before) or unwanted.search(before)) is not None


def asks(said: Said) -> bool:
    """Whether it may be a question about a choice (`is red available`), which does not make it."""
    return caveats_of(said.lexicon.numbers).asking.search(said.text) is not None


def without_refusals(said: Said) -> str:
    """The one clause left when those are gone that turn something down (`not the second, the third`); else nothing."""
    lexicon = said.lexicon
    kept = [
        clause
        for clause in said.clauses
        if not (len(clause) > 1 and (clause[0] in lexicon.negations or lexicon.declined.search(" ".join(clause))))
    ]
    return " ".join(kept[0]) if len(kept) == 1 < len(said.clauses) else ""


def turned_down(said: Said) -> Interpretation | None:
    """`monday does not work`, but not `my phone does not work`."""
    lexicon = said.lexicon
    if len(said.clauses) > 1 or lexicon.possessives.intersection(said.words):
        return None
    match = lexicon.declined.search(" ".join(said.words))
    return no_match(f"“{match[0]}” turns it down") if match and match.start() > 0 else None


@lru_cache(maxsize=256)
def refused_words(said: Said) -> frozenset[str]:
    """Words with nothing but small words between them and a negation."""
    lexicon = said.lexicon
    refused: set[str] = set()
    for clause in said.clauses:
        is_refused = False
        for position, word in enumerate(clause):
            if word in lexicon.negations:
                is_refused = True
            elif word not in lexicon.stopwords:
                if is_refused or excludes(" ".join(clause[max(0, position - _FAR) : position]), lexicon):
                    refused.add(word)
                is_refused = False
    return frozenset(refused)


def is_turned_down(following: str, said: Said) -> bool:
    """Whether what follows a day in its clause turns it down: `Sunday does not work`, `el lunes no`."""
    clause = re.split(r"[,.;:!?]", following)[0]
    words = " ".join(word for word in words_of(clause) if word not in said.lexicon.silence)
    return said.lexicon.declined.match(words) is not None
