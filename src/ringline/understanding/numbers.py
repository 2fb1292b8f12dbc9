"""A number, however it is said."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ringline.understanding import intents
from ringline.understanding.interpretation import EXACT, HEDGED, PHRASE, STEM, TOKEN, WEAK, Interpretation, no_match, ok
from ringline.understanding.lexicons.caveats import caveats_of
from ringline.understanding.numerals import Numeral, numerals_in
from ringline.understanding.said import Said, is_doubtful, last_said, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEW = 2
_END = re.compile(r"[,;:!?…\n]|\.(?!\d)|\s[-–—]\s")


def understand_number(
    said: Said, *, minimum: float | None = None, maximum: float | None = None, integer: bool = False
) -> Interpretation:
    """An int or a float; several different ones are `ambiguous`, unless all but the last were taken back."""
    instead = intents.refused(said) or intents.meta(said)
    found = _decide(said)
    # `una persona`: who is asked how many does not ask for somebody.
    if instead is not None and not (instead.value == "operator" and found.status == "ok" and len(said.bare) <= _FEW):
        return instead
    if found.status == "ambiguous":
        for part in last_said(said, is_bare=not is_doubtful(said)):
            later = _decide(said.part(part))
            if later.status in ("ok", "ambiguous"):
                found = later.corrected(part)
                break
    if found.status == "no_match":
        return intents.unwilling(said) or intents.dont_know(said) or found
    return within(found, minimum, maximum, integer=integer)


def _decide(said: Said) -> Interpretation:
    text, lexicon = said.folded, said.lexicon
    evidence: list[str] = []
    is_doubted = False
    below = lexicon.below_zero.search(text)
    numerals = [n for n in numerals_in(text, lexicon) if not (below and below.start() <= n.start < below.end())]
    if below and len(numerals) == 1:
        numerals = [replace(numerals[0], value=-abs(numerals[0].value))]
    numerals = _counting(numerals, said)
    if any(lexicon.open_ended.search(text[: numeral.start]) for numeral in numerals):
        return no_match("only a bound was named")
    kept = [
        numeral
        for position, numeral in enumerate(numerals)
        if position == 0 or not lexicon.of_total.search(text[numerals[position - 1].end : numeral.start] or " ")
    ]
    if len(kept) < len(numerals):
        evidence.append("a score out of a total")
    meant = [numeral for numeral in kept if not _is_negated(numeral, said, kept)]
    if len(meant) < len(kept):
        evidence.append("what was negated does not count")
    if kept and not meant:
        if not lexicon.doubtful_no.intersection(said.words):
            return no_match("the number that was named was negated")
        # `no cinco`: who says so may mean no six, or not the five that was heard.
        is_doubted = True
        meant = kept
    values = [_plain(value) for value in dict.fromkeys(numeral.value for numeral in meant)]
    said_as = tuple(f"“{text[numeral.start : numeral.end]}” is {_plain(numeral.value)}" for numeral in meant)
    if not values:
        if any(caveats_of(lexicon.numbers).alone.fullmatch(one) for one in (said.text, " ".join(said.words))):
            return ok(1, WEAK, f"“{said.text}” is 1")
        zero = None if intents.dont_know(said) else lexicon.zero.search(said.text)
        if zero is None:
            return no_match("no number in it")
        return ok(0, WEAK if _tells_of_more(said) else TOKEN, f"“{zero[0]}” is 0")
    if len(values) > 1:
        return Interpretation("ambiguous", None, HEDGED, (*said_as, *evidence), tuple(values))
    return ok(values[0], HEDGED if is_doubted else _confidence(said, meant), *said_as, *evidence)


def _tells_of_more(said: Said) -> bool:
    """Whether "nobody" stands in a story (`nobody came to see me`), and not in an answer (`I don't have any kids`)."""
    lexicon = said.lexicon
    passed = lexicon.stopwords | lexicon.negations | lexicon.number_frame
    return sum(word not in passed for word in words_of(lexicon.zero.sub(" ", said.text))) > 1


def _counting(numerals: Sequence[Numeral], said: Said) -> list[Numeral]:
    """Those that are a number here: no articles (`un amigo`), and places only where nothing else counts."""
    lexicon = said.lexicon
    counting = []
    for numeral, following in zip(numerals, [*numerals, None][1:], strict=True):
        word = said.folded[numeral.start : numeral.end]
        if word in lexicon.half | lexicon.quarter and not _is_last(numeral, said, lexicon.alternatives):
            continue
        if word in lexicon.articles and (
            intents.dont_know(said)
            or not (
                _is_last(numeral, said, lexicon.alternatives | lexicon.counted)
                or _goes_on(numeral, following, said)
                or _is_spelled(numeral, following, said)
            )
        ):
            continue
        counting.append(numeral)
    cardinal = [numeral for numeral in counting if not numeral.is_ordinal]
    return cardinal or [n for n in counting if n.is_digits or _is_last(n, said, frozenset())]


def _is_last(numeral: Numeral, said: Said, may_follow: frozenset[str]) -> bool:
    """Whether no word follows in its clause but politeness, or one of those."""
    lexicon = said.lexicon
    following = _END.split(said.folded[numeral.end :], maxsplit=1)[0]
    rest = [word for word in words_of(lexicon.courtesies.sub(" ", following)) if word not in lexicon.politeness]
    if not rest or rest[0] in lexicon.alternatives & may_follow:
        return True
    return len(rest) == 1 and (rest[0] in may_follow or rest[0] in lexicon.pronoun)


def _goes_on(numeral: Numeral, following: Numeral | None, said: Said) -> bool:
    """`un perro y dos gatos`, `un sur dix`: the next number shows that this is one, too."""
    if following is None:
        return False
    between = said.folded[numeral.end : following.start]
    words = words_of(between)
    return bool(said.lexicon.of_total.search(between)) or (len(words) > 1 and words[-1] in said.lexicon.conjunctions)


def _is_bound(numeral: Numeral, said: Said) -> bool:
    """Whether it is the most or the least there may be: `five or more`."""
    caveats = caveats_of(said.lexicon.numbers)
    before, behind = said.folded[: numeral.start], said.folded[numeral.end :]
    return (caveats.bound_before.search(before) or caveats.bound_behind.match(behind)) is not None


def _is_spelled(numeral: Numeral, following: Numeral | None, said: Said) -> bool:
    """`one fifty`: no article stands right before another number where the word for "one" is none."""
    if following is None or said.folded[numeral.start : numeral.end] not in said.lexicon.pronoun:
        return False
    return not said.folded[numeral.end : following.start].strip()


def _confidence(said: Said, numerals: Sequence[Numeral]) -> float:
    words = set(said.words)
    if said.lexicon.hedges & words or intents.dont_know(said):
        return HEDGED
    if said.lexicon.loose & words or _is_part(numerals[0], said) or _is_bound(numerals[0], said):
        return WEAK
    if said.lexicon.approximations & words:
        return STEM
    numeral = numerals[0]
    is_all = said.folded.strip(" .!?$€£%#").lstrip("-") == said.folded[numeral.start : numeral.end]
    if numeral.is_digits and not numeral.is_ordinal:
        return EXACT if is_all else PHRASE
    return PHRASE if is_all and not numeral.is_ordinal else TOKEN


def _is_part(numeral: Numeral, said: Said) -> bool:
    """Whether others are counted before it (`me and my three`), so that it may not be all of them."""
    return caveats_of(said.lexicon.numbers).company.search(said.folded[: numeral.start]) is not None


def _is_negated(numeral: Numeral, said: Said, others: Sequence[Numeral]) -> bool:
    lexicon = said.lexicon
    before = _END.split(said.folded[: numeral.start])[-1].split()
    while before and before[-1] in lexicon.number_frame:
        before.pop()
    if not before or before[-1] not in lexicon.negations:
        return False
    # `cinco no seis`: who says so may take back the five or refuse the six.
    is_first = not any(
        other.end <= numeral.start and said.folded[other.end : numeral.start].split() for other in others
    )
    return is_first or before[-1] not in lexicon.doubtful_no or len(before) == 1


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value


def within(found: Interpretation, minimum: float | None, maximum: float | None, *, integer: bool) -> Interpretation:
    """An answer that is a number, held against its bounds; anything else as it is."""
    if found.status != "ok":
        return found
    wrong = None
    if minimum is not None and found.value < minimum:
        wrong = f"less than {_plain(minimum)}"
    elif maximum is not None and found.value > maximum:
        wrong = f"more than {_plain(maximum)}"
    elif integer and not isinstance(found.value, int):
        wrong = "no whole number"
    if wrong is None:
        return found
    return replace(found, status="out_of_range", evidence=(*found.evidence, wrong))
