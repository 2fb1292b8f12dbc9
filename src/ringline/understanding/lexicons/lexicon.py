"""What a language file holds: how people answer, hedge, correct themselves and ask for something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Cue = Literal["yes", "no", "weak_yes", "weak_no", "hedged_yes", "hedged_no", "maybe", "dont_know", "neither"]

_NEVER = re.compile(r"(?!)")


def words(text: str) -> frozenset[str]:
    """The words of *text*."""
    return frozenset(text.split())


def phrases(cue: Cue, text: str) -> dict[str, Cue]:
    """The phrases of *text*, which commas part, as cues of one kind."""
    return {phrase.strip(): cue for phrase in text.replace("\n", " ").split(",") if phrase.strip()}


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """One language. Words are folded: lower case, no apostrophes (`dont`), no accents, no letter thrice in a row."""

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
    amounts: Mapping[str, float]
    """Words that are a number themselves: `dozen`, `couple`."""
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

    elides: bool = False
    """Whether an apostrophe parts two words: `l'appel`."""
    umlauts: bool = False
    """Whether `ü` may be written `ue`."""
    told_apart: tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]] | None = None
    """Words that would be others without their accent or with one letter less, and what stands for them."""
    decimal: Literal[".", ","] = "."
    """What begins the fraction of a number in digits; the other one parts thousands."""
    ordinal_suffix: str = "st|nd|rd|th"
    """What stands behind digits that count a place: `2nd`."""
    spelled: Callable[[str], str] = str
    """A word as the number parser knows it, with its accents."""
    paired_years: bool = False
    """Whether years are said in two halves: `nineteen eighty four`."""
    courtesies: re.Pattern[str] = _NEVER
    """Politeness of more than one word."""
    sentences: tuple[tuple[re.Pattern[str], Cue], ...] = ()
    """Yes and no with other words in between; looked for in a clause before the cues."""
    edge: frozenset[str] = frozenset()
    """Cues that only count where a clause begins or ends; in its middle they are another word."""
    unturned: frozenset[str] = frozenset()
    """Cues that a negation before them does not turn round: `no, sí`."""
    doubtful_no: frozenset[str] = frozenset()
    """Words that both take back what was said and negate what follows."""
    declined: re.Pattern[str] = _NEVER
    """What follows a choice that is turned down: `monday does not work`."""
    multiples: Mapping[str, float] = field(default_factory=dict)
    """Words that are an amount only behind a number: `three dozens`."""
    joints: frozenset[str] = frozenset()
    """What stands between a number and a half."""
    quarter: frozenset[str] = frozenset()
    possessives: frozenset[str] = frozenset()
    """Words before a thing of one's own, which may not work without being turned down: `my phone`."""
    between: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    """Words for "between" and "and", which part the ends of a range."""
    alternatives: frozenset[str] = frozenset()
    """Words for "or": behind them no minus stands (`más o menos`)."""
    articles: frozenset[str] = frozenset()
    """Numbers that mostly are another word; they count where nothing but a counted thing follows."""
    counted: frozenset[str] = frozenset()
    """What people count, in singular."""
    number_frame: frozenset[str] = frozenset()
    """Words between a negation and the number it negates: `no son cinco`."""
    not_counted: re.Pattern[str] = _NEVER
    """Phrases with a number or a minus in them that is none: `por ciento`, `secondo me`, `al menos`."""
    idioms: re.Pattern[str] = _NEVER
    """Sayings with a number in them that counts nothing: `cloud nine`, `mille grazie`."""
    open_ended: re.Pattern[str] = _NEVER
    """What stands before a number that only bounds the one that is meant: `more than`."""
    excepting: re.Pattern[str] = _NEVER
    """What stands before the only thing that is not wanted: `anything but`."""
    reported: re.Pattern[str] = _NEVER
    """That somebody else said so: `my neighbour said`."""
    conditional: re.Pattern[str] = _NEVER
    """What, in an answer as it was written, may be an "if" and no yes: `si llueve`."""
    unwilling: re.Pattern[str] = _NEVER
    """A whole answer that is a refusal, unless yes or no was asked: `I'd rather not`."""
    loose: frozenset[str] = frozenset()
    """Words for a number that is only about that: `couple`."""
    below_zero: re.Pattern[str] = _NEVER
    """What makes the number before it negative."""
    sounds: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Spellings that sound alike, for likeness."""
