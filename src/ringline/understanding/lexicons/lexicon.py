"""What a language file holds: how people answer, hedge, correct themselves and ask for something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Cue = Literal["yes", "no", "weak_yes", "weak_no", "hedged_yes", "hedged_no", "maybe", "dont_know"]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language. Words are folded: lower case, no apostrophes (`dont`), no letter more than twice in a row."""

    numbers: str
    """The language's code in `text_to_num`."""
    silence: frozenset[str]
    """Sounds that say nothing."""
    politeness: frozenset[str]
    """Words that may stand around an answer and change nothing."""
    cues: Mapping[str, Cue]
    """Phrases that mean yes or no; the longest that fits counts. A weak one counts only alone in its clause."""
    negations: frozenset[str]
    """Words that turn round what follows them in the clause."""
    corrections: re.Pattern[str]
    """What stands between something taken back and what replaces it."""
    bare_correction: re.Pattern[str]
    """The same for answers that are not yes or no themselves."""
    modifiers: frozenset[str]
    """Words after which a yes or no is qualified."""
    dont_know: re.Pattern[str]
    refused: re.Pattern[str]
    meta: Mapping[str, re.Pattern[str]]
    """What people ask for instead of answering; matched with the whole message."""
    meta_within: Mapping[str, re.Pattern[str]]
    """The same, found in a sentence too."""
    hedges: frozenset[str]
    approximations: frozenset[str]
    zero: re.Pattern[str]
    minus: frozenset[str]
    half: frozenset[str]
    dozen: frozenset[str]
    couple: frozenset[str]
    scales: Mapping[str, int]
    """Words and letters that multiply the digits before them."""
    of_total: re.Pattern[str]
    """What stands between a score and the highest there is."""
    not_numbers: frozenset[str]
    """Words that the number parser takes for numbers, and that are none."""
    pronoun: frozenset[str]
    """Words for "one" that stand for a thing: `the second one`."""
    ordinal_frame: frozenset[str]
    """Words around the number of a choice: `option 2`, `the second one`."""
    last: frozenset[str]
    both: re.Pattern[str]
    neither: re.Pattern[str]
    stopwords: frozenset[str]
    """Words too common to tell one choice from another."""
