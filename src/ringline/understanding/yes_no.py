"""Yes and no: by phrases, the longest first, with the negations around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ringline.understanding import intents
from ringline.understanding.interpretation import HEDGED, PHRASE, STEM, WEAK, Interpretation, no_match, ok
from ringline.understanding.said import Said, last_words

if TYPE_CHECKING:
    from ringline.understanding.lexicons.lexicon import Cue, Lexicon

_LONGEST = 5
_REACH = 3
_SHORTEST_SLIP = 3
_TURNED: dict[Cue, Cue] = {"yes": "no", "weak_yes": "no", "hedged_yes": "hedged_no"}
_CONFIDENCE: dict[Cue, float] = {
    "yes": PHRASE,
    "no": PHRASE,
    "weak_yes": WEAK,
    "weak_no": WEAK,
    "hedged_yes": HEDGED,
    "hedged_no": HEDGED,
}


def understand_yes_no(said: Said) -> Interpretation:
    """True or false; `dont_know` for who hedges, `ambiguous` for who says both."""
    instead = intents.refused(said) or intents.meta(said)
    if instead is not None:
        return instead
    found = _decide(said)
    if found.status == "no_match":
        found = _slip(said) or found
    if found.status == "ambiguous":
        for part in last_words(said):
            later = _decide(said.part(part))
            if later.status in ("ok", "dont_know"):
                return later.corrected(part)
    if found.status == "ok" and said.lexicon.reported.search(" ".join(said.words)):
        found = replace(found, confidence=HEDGED, evidence=(*found.evidence, "as somebody else said"))
    if found.value is True and said.lexicon.conditional.search(said.raw.casefold()):
        found = replace(found, confidence=min(found.confidence, WEAK), evidence=(*found.evidence, "or a condition"))
    unknown = intents.dont_know(said)
    if unknown is None or found.status not in ("ok", "no_match"):
        return found
    # `no tengo ni idea`: what says no is part of not knowing.
    rest = _decide(said.part(said.lexicon.dont_know.sub(" ", said.text)))
    return replace(rest, confidence=HEDGED) if found.status == rest.status == "ok" else unknown


def _decide(said: Said) -> Interpretation:
    cues = [found for clause in said.heard_clauses for found in _cues_of(clause, said.lexicon)]
    evidence = tuple(f"“{phrase}” is {cue.replace('_', ' ')}" for cue, phrase in cues)
    kinds = {cue for cue, _ in cues}
    if "dont_know" in kinds:
        return Interpretation("dont_know", None, PHRASE, evidence)
    answer = _strongest(kinds)
    if answer == {True, False} and "maybe" in kinds:
        return Interpretation("dont_know", None, PHRASE, evidence)
    if answer == {True, False}:
        return Interpretation("ambiguous", None, HEDGED, evidence, (True, False))
    if not answer:
        return Interpretation("dont_know", None, PHRASE, evidence) if "maybe" in kinds else no_match()
    value = answer.pop()
    confidence = max(_CONFIDENCE[cue] for cue in kinds if cue != "maybe" and cue.endswith("yes") == value)
    if "maybe" in kinds:
        confidence = HEDGED
    if said.lexicon.modifiers.intersection(said.words):
        evidence = (*evidence, "modifier")
    return ok(value, confidence, *evidence)


def _slip(said: Said) -> Interpretation | None:
    """What a slip of the finger stands for: a last letter twice (`noo`), or two letters the wrong way round (`yse`)."""
    cues, words = said.lexicon.cues, said.bare
    single = [word[:-1] if len(word) >= _SHORTEST_SLIP and word[-1] == word[-2] else word for word in words]
    if single != words:
        found = _decide(said.part(" ".join(single)))
        return replace(found, confidence=min(found.confidence, STEM)) if found.status == "ok" else None
    if len(words) != 1 or len(words[0]) < _SHORTEST_SLIP:
        return None
    word = words[0]
    swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    meant = {cues[one] for one in swapped if cues.get(one) in ("yes", "no")}
    return ok(meant == {"yes"}, WEAK, f"“{word}” has two letters changed about") if len(meant) == 1 else None


def _strongest(kinds: set[Cue]) -> set[bool]:
    """What the plainest of the phrases say; hedged ones count where nothing is plain, weak ones last."""
    for yes, no in (("yes", "no"), ("hedged_yes", "hedged_no"), ("weak_yes", "weak_no")):
        answers = {cue == yes for cue in kinds if cue in (yes, no)}
        if answers:
            return answers
    return set()


def _cues_of(clause: list[str], lexicon: Lexicon) -> Iterator[tuple[Cue, str]]:
    text = " ".join(clause)
    for pattern, cue in lexicon.sentences:
        match = pattern.search(text)
        if match:
            if cue != "neither":
                yield cue, match[0]
            before, after = text[: match.start()].split(), text[match.end() :].split()
            yield from _cues(before, lexicon)
            yield from _cues(after, lexicon)
            return
    yield from _cues(clause, lexicon)


def _cues(clause: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[Cue, str]]:
    position = 0
    while position < len(clause):
        for length in range(min(_LONGEST, len(clause) - position), 0, -1):
            phrase = " ".join(clause[position : position + length])
            cue = lexicon.cues.get(phrase)
            if cue is None or (
                phrase in lexicon.edge and not _is_at_edge(clause, position, position + length, lexicon)
            ):
                continue
            around = [*clause[:position], *clause[position + length :]]
            can_turn = phrase not in lexicon.unturned and clause[position] not in lexicon.negations
            negated = can_turn and (
                clause[position + length : position + length + 1] == ["not"]
                or lexicon.negations.intersection(clause[max(0, position - _REACH) : position])
            )
            if negated and cue in _TURNED:
                yield _TURNED[cue], f"not {phrase}"
            elif not cue.startswith("weak") or _is_alone(around, lexicon):
                yield cue, phrase
            else:
                continue
            position += length
            break
        else:
            position += 1


def _is_at_edge(clause: Sequence[str], start: int, end: int, lexicon: Lexicon) -> bool:
    before, after = clause[:start], clause[end:]
    return all(word in lexicon.politeness or word in lexicon.cues for word in before) or all(
        word in lexicon.politeness for word in after
    )


def _is_alone(around: Sequence[str], lexicon: Lexicon) -> bool:
    return all(
        word in lexicon.politeness or word in lexicon.silence or lexicon.cues.get(word) is not None for word in around
    )
