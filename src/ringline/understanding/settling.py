"""What every type does around its own rule: refusals, requests, what is taken back, and how sure the rest is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ringline.understanding import intents
from ringline.understanding.figures import corrections_in
from ringline.understanding.interpretation import HEDGED, STEM, WEAK, Interpretation, no_match
from ringline.understanding.lexicons.caveats import caveats_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ringline.understanding.said import Said

_DECIDED = ("ok", "ambiguous", "out_of_range")


def settle(said: Said, decide: Callable[[Said], Interpretation], counts: Callable[[Said], bool]) -> Interpretation:
    """What *decide* makes of the answer, or of the part of it that was not taken back.

    *counts* tells whether a part holds something to be decided at all: when it does and nothing comes of it, what was
    said before it does not count either.
    """
    instead = intents.refused(said) or intents.meta(said)
    if instead is not None:
        return instead
    found = _last(said, decide, counts) or decide(said)
    if found.status == "no_match":
        return intents.unwilling(said) or intents.dont_know(said) or found
    if found.status == "ok" and intents.dont_know(said):
        return replace(found, confidence=min(found.confidence, HEDGED))
    return hedged(found, said)


def _last(
    said: Said, decide: Callable[[Said], Interpretation], counts: Callable[[Said], bool]
) -> Interpretation | None:
    parts = corrections_in(said)
    if len(parts) < 2:
        return None
    for part in parts:
        later = decide(said.part(part))
        if later.status in _DECIDED:
            return later.corrected(part)
        if counts(said.part(part)):
            return no_match(f"what “{part.strip()}” corrects is not clear")
    return None


def hedged(found: Interpretation, said: Said) -> Interpretation:
    """An answer with the confidence that hedges and approximations leave it."""
    words = set(said.words)
    if found.status not in ("ok", "out_of_range"):
        return found
    if said.lexicon.hedges & words:
        return replace(found, confidence=min(found.confidence, HEDGED))
    if said.lexicon.loose & words:
        return replace(found, confidence=min(found.confidence, WEAK))
    if said.lexicon.approximations & words:
        return replace(found, confidence=min(found.confidence, STEM))
    return found


def one_or_several(values: Sequence[Any], confidence: float, evidence: Sequence[str]) -> Interpretation:
    """An answer where there is one value, `ambiguous` where there are more."""
    distinct = tuple(dict.fromkeys(values))
    if not distinct:
        return no_match(*evidence)
    if len(distinct) > 1:
        return Interpretation("ambiguous", None, HEDGED, tuple(evidence), distinct)
    return Interpretation("ok", distinct[0], confidence, tuple(evidence))


def bounded(found: Interpretation, minimum: Any, maximum: Any) -> Interpretation:
    """An answer held against its bounds; of several, those within them are meant."""
    if found.status == "ambiguous":
        fitting = tuple(one for one in found.alternatives if not _beyond(one, minimum, maximum))
        if len(fitting) == 1:
            return Interpretation("ok", fitting[0], STEM, (*found.evidence, "the only one within the bounds"))
        return replace(found, alternatives=fitting) if fitting else found
    if found.status != "ok":
        return found
    wrong = _beyond(found.value, minimum, maximum)
    return replace(found, status="out_of_range", evidence=(*found.evidence, wrong)) if wrong else found


def _beyond(value: Any, minimum: Any, maximum: Any) -> str:
    if minimum is not None and value < minimum:
        return f"before {minimum}" if isinstance(value, str) else f"less than {minimum:g}"
    if maximum is not None and value > maximum:
        return f"after {maximum}" if isinstance(value, str) else f"more than {maximum:g}"
    return ""


def unless_refused(found: Interpretation, said: Said) -> Interpretation:
    """An address or a number, unless the answer begins by saying that it is not that: `not john@example.com`."""
    first = said.clauses[0] if said.clauses else []
    if found.status == "ok" and len(first) > 1 and first[0] in said.lexicon.negations:
        return no_match("what was named was negated")
    return found


def is_negated(text: str, start: int, said: Said) -> bool:
    """Whether the word before a place turns round what stands there, small ones between passed over: `not on the`."""
    small = caveats_of(said.lexicon.numbers).before_day
    for word in reversed(re.split(r"[^\w ]|\d", text[:start])[-1].split()):
        if word in said.lexicon.negations:
            return True
        if word not in small:
            return False
    return False
