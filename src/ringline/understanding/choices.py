"""One of several choices: by label, synonym, number, letter, beginning, and last of all by likeness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError
from ringline.understanding import intents
from ringline.understanding.interpretation import (
    EXACT,
    HEDGED,
    PHRASE,
    STEM,
    TOKEN,
    WEAK,
    Interpretation,
    no_match,
    ok,
)
from ringline.understanding.numerals import numerals_in, words_with_figures
from ringline.understanding.refusals import asks, excludes, refused_words, turned_down, without_refusals
from ringline.understanding.said import Said, fold, folded_words, is_doubtful, last_said, words_of
from ringline.understanding.yes_no import understand_yes_no

if TYPE_CHECKING:
    from ringline.understanding.lexicons.lexicon import Lexicon

_LIKE = 80
_CLEAR_OF_OTHERS = 8
_SHORTEST_START = 3
_SURE_START = 4
_LONG_STEM = 5
_REACH = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: what stands for it, and what people may call it."""

    value: Any
    label: str
    phrases: tuple[str, ...]
    """Label, id and synonyms."""
    keys: tuple[str, ...] = ()


def choices_of(given: Iterable[Any]) -> tuple[Choice, ...]:
    """Choices from labels, or from mappings with `label` and, optionally, `id`, `synonyms` and `keys`."""
    return tuple(_choice(one) for one in given)


def _choice(one: Any) -> Choice:
    if isinstance(one, Choice):
        return one
    if not isinstance(one, Mapping):
        return Choice(one, str(one), (str(one),))
    label = one.get("label", one.get("id"))
    if label is None:
        raise RequestError(
            "A choice has neither `label` nor `id`.", field="choices", fix="Write a text, or {label: …, synonyms: […]}."
        )
    value = one.get("id", label)
    phrases = dict.fromkeys([str(label), str(value), *map(str, one.get("synonyms") or ())])
    return Choice(value, str(label), tuple(phrases), tuple(map(str, one.get("keys") or ())))


def understand_choice(said: Said, choices: Sequence[Choice]) -> Interpretation:
    """The value of the choice that was made."""
    exact = _exactly(said, choices)
    if exact is not None:
        return exact
    # A choice may be called what people ask for instead: `I want an agent`.
    instead = (
        intents.refused(said) or intents.whole_meta(said) or (None if _hits(said, choices) else intents.meta(said))
    )
    if instead is not None:
        return instead
    found = _decide(said, choices)
    if found.status == "no_match":
        found = _instead(said, choices) or found
    if found.status in ("ambiguous", "no_match"):
        kept = without_refusals(said)
        later = _decide(said.part(kept), choices) if kept else found
        if later.status == "ok":
            return later.corrected(kept)
        for part in last_said(said, is_bare=not is_doubtful(said)):
            if excludes(" ".join(words_of(said.folded[: said.folded.rfind(part)])), said.lexicon):
                continue
            later = _exactly(said.part(part), choices) or _decide(said.part(part), choices)
            if later.status == "ok":
                return later.corrected(part)
    return found


def _instead(said: Said, choices: Sequence[Choice]) -> Interpretation | None:
    """What follows the choice that an answer begins by turning down: `not the first one, the last one`."""
    lexicon = said.lexicon
    words = [word for word in said.words if word not in lexicon.silence]
    start = next((at for at, word in enumerate(words[:_REACH]) if word in lexicon.negations), None)
    if start is None:
        return None
    passed = (lexicon.ordinal_frame | lexicon.stopwords) - lexicon.pronoun
    refused = next((at for at in range(start + 1, len(words)) if words[at] not in passed), len(words))
    named = [end for begin, end, _ in _hits(said.part(" ".join(words)), choices) if begin <= refused < end]
    rest = max([*named, refused + 1])
    while rest < len(words) and words[rest] in lexicon.pronoun:
        rest += 1
    if rest >= len(words) or words[rest] in lexicon.alternatives | lexicon.negations:
        return None
    one, other = said.part(" ".join(words[refused:rest])), said.part(" ".join(words[rest:]))
    not_meant = _by_phrase(one, choices) or _by_number(one, choices) or _by_word(one, choices)
    meant = _by_phrase(other, choices) or _by_number(other, choices) or _by_word(other, choices)
    if not_meant is None or meant is None or {not_meant.status, meant.status} != {"ok"}:
        return None
    return meant.corrected(other.raw) if meant.value != not_meant.value else None


def _decide(said: Said, choices: Sequence[Choice]) -> Interpretation:
    if said.lexicon.both.fullmatch(said.text):
        return _several(choices, f"“{said.text}”")
    if said.lexicon.neither.fullmatch(said.text):
        return no_match(f"“{said.text}”")
    return (
        _by_phrase(said, choices)
        or _by_yes_or_no(said, choices)
        or intents.dont_know(said)
        or turned_down(said)
        or _by_word(said, choices)
        or _by_number(said, choices)
        or _by_start(said, choices)
        or _by_stem(said, choices)
        or _by_likeness(said, choices)
        or no_match("none of the choices")
    )


def _exactly(said: Said, choices: Sequence[Choice]) -> Interpretation | None:
    squashed = {"".join(words_of(said.folded)), "".join(said.bare)}
    for choice in choices:
        for phrase in choice.phrases:
            if "".join(folded_words(phrase, said.lexicon)) in squashed:
                return ok(choice.value, EXACT, f"“{phrase}”")
    return None


def _hits(said: Said, choices: Sequence[Choice]) -> list[tuple[int, int, Choice]]:
    """Where a whole label or synonym is within the message; one inside another that was found does not count."""
    words = said.words
    hits: list[tuple[int, int, Choice]] = []
    for choice in choices:
        for phrase in choice.phrases:
            looked_for = folded_words(phrase, said.lexicon)
            size = len(looked_for)
            hits += [
                (start, start + size, choice)
                for start in range(len(words) - size + 1)
                if size and words[start : start + size] == looked_for
            ]
    return [
        hit
        for hit in hits
        if not any(o[0] <= hit[0] and hit[1] <= o[1] and o[1] - o[0] > hit[1] - hit[0] for o in hits)
    ]


def _by_phrase(said: Said, choices: Sequence[Choice]) -> Interpretation | None:
    hits = _hits(said, choices)
    meant = [hit for hit in hits if not _is_negated(hit[0], hit[1], said, hits)]
    if hits and not meant:
        return no_match("what was named was negated")
    if len(hits) == 1 and (other := _behind_doubtful_no(hits[0], said, choices)):
        return _several([hits[0][2], other], f"“{said.text}”")
    return _one(
        dict.fromkeys(hit[2] for hit in sorted(meant, key=lambda hit: hit[0])),
        WEAK if asks(said) else PHRASE,
        said.text,
    )


def _behind_doubtful_no(hit: tuple[int, int, Choice], said: Said, choices: Sequence[Choice]) -> Choice | None:
    """The other choice in `vendas não suporte`, which may be the one that is refused or the one that is meant."""
    if said.words[hit[1] : hit[1] + 1] == [] or said.words[hit[1]] not in said.lexicon.doubtful_no:
        return None
    rest = said.part(" ".join(said.words[hit[1] + 1 :]))
    found = _by_word(rest, choices)
    others = [one for one in choices if found is not None and one.value == found.value]
    return others[0] if others and others[0] is not hit[2] else None


def _is_negated(start: int, end: int, said: Said, hits: Sequence[tuple[int, int, Choice]]) -> bool:
    lexicon, clause = said.lexicon, said.clause_starts[start]
    following = [
        word for word, begin in zip(said.words[end:], said.clause_starts[end:], strict=True) if begin == clause
    ]
    is_owned = start > 0 and said.words[start - 1] in lexicon.possessives
    if not is_owned and lexicon.declined.match(" ".join(following)):
        return True
    if excludes(" ".join(said.words[clause:start]), lexicon):
        return True
    for position in range(start - 1, clause - 1, -1):
        word = said.words[position]
        if word in lexicon.negations:
            # `rojo no azul`
            return word not in lexicon.doubtful_no or not any(clause <= hit[0] < position for hit in hits)
        other = next((hit for hit in hits if hit[0] <= position < hit[1]), None)
        if other is not None:
            joint = lexicon.alternatives.union(lexicon.conjunctions).intersection(said.words[other[1] : start])
            return bool(joint) and _is_negated(other[0], other[1], said, hits)
        if word not in lexicon.stopwords and start - position >= _REACH:
            return False
    return False


def _by_yes_or_no(said: Said, choices: Sequence[Choice]) -> Interpretation | None:
    """`yep` for a choice called `YES`."""
    answers = {choice: understand_yes_no(said.part(choice.label)) for choice in choices}
    if not any(answer.status == "ok" for answer in answers.values()):
        return None
    meant = understand_yes_no(said)
    if meant.status != "ok":
        return None
    fitting = [choice for choice, answer in answers.items() if answer.status == "ok" and answer.value is meant.value]
    if len(fitting) != 1:
        return None
    return ok(fitting[0].value, min(TOKEN, meant.confidence), *meant.evidence)


def _by_word(said: Said, choices: Sequence[Choice]) -> Interpretation | None:
    """Words that only one choice has; numbers are the same in words and digits."""
    spoken = {word for word in words_with_figures(said.folded, said.lexicon) if word not in said.lexicon.stopwords}
    spoken -= _pronouns(said) | refused_words(said)
    found: dict[Choice, set[str]] = {}
    for choice in choices:
        own = {
            word for phrase in choice.phrases for word in words_with_figures(fold(phrase, said.lexicon), said.lexicon)
        }
        if common := spoken & own:
            found[choice] = common
    unique = {
        choice: {word for word in words if sum(word in others for others in found.values()) == 1}
        for choice, words in found.items()
    }
    telling = [choice for choice, words in unique.items() if words]
    return _one(telling or list(found), TOKEN, ", ".join(sorted({w for words in found.values() for w in words})))


def _by_number(said: Said, choices: Sequence[Choice]) -> Interpretation | None:
    """`2`, `option two`, `the second one`, `the last`, `B`: the message is nothing but that."""
    lexicon = said.lexicon
    words = [word for word in said.bare if word not in lexicon.ordinal_frame or said.bare == [word]]
    if not words and lexicon.pronoun & set(said.bare) and len(said.bare) > 1:
        words = ["1"]  # `number one`: nothing but words around a number
    if not words:
        return None
    text = " ".join(words)
    if len(words) == 1 and words[0] in lexicon.last:
        return ok(choices[-1].value, TOKEN, f"“{text}” of {len(choices)}")
    if len(words) == 1 and len(words[0]) == 1 and "a" <= words[0] <= "z":
        return _at(ord(words[0]) - ord("a"), text, choices)
    numerals = numerals_in(text, lexicon)
    if len(numerals) == 1 and (numerals[0].start, numerals[0].end) == (0, len(text)):
        return _at(int(numerals[0].value) - 1, text, choices)
    return None


def _at(index: int, text: str, choices: Sequence[Choice]) -> Interpretation:
    if 0 <= index < len(choices):
        return ok(choices[index].value, TOKEN, f"“{text}” is choice {index + 1}")
    return no_match(f"“{text}” is none of {len(choices)} choices")


def _by_start(said: Said, choices: Sequence[Choice]) -> Interpretation | None:
    """`resched` for `Reschedule`, and `smalls` for `Small`."""
    passed = said.lexicon.stopwords | refused_words(said)
    spoken = [word for word in said.bare if len(word) >= _SHORTEST_START and word not in passed]
    found: dict[Choice, str] = {}
    for choice in choices:
        for own in (word for phrase in choice.phrases for word in folded_words(phrase, said.lexicon)):
            for word in spoken:
                is_short = len(spoken) > 1 and len(word) <= _SURE_START
                if (own.startswith(word) and not is_short) or (len(own) >= _SURE_START and word.startswith(own)):
                    found.setdefault(choice, word)
    if not found:
        return None
    sure = all(len(word) >= _SURE_START for word in found.values())
    return _one(list(found), STEM if sure else WEAK, ", ".join(dict.fromkeys(found.values())))


def _by_stem(said: Said, choices: Sequence[Choice]) -> Interpretation | None:
    """`facture` for `Facturation`: all but the last letters of a word begin a word of one choice."""
    passed = said.lexicon.stopwords | refused_words(said)
    words = [word for word in said.bare if len(word) > _LONG_STEM and word not in passed]
    stems = [word[: max(len(word) - 2, _LONG_STEM)] for word in words] + [word[:-1] for word in words]
    found = [
        choice
        for choice in choices
        if any(
            own.startswith(stem)
            for phrase in choice.phrases
            for own in folded_words(phrase, said.lexicon)
            for stem in stems
        )
    ]
    return _one(found, WEAK, ", ".join(stems))


def _by_likeness(said: Said, choices: Sequence[Choice]) -> Interpretation | None:
    """The choice that looks most like the message, if it does so much more than the others."""
    from rapidfuzz import fuzz  # compiled; only answers with slips of the pen need it

    refused = refused_words(said)
    words = [word for word in said.bare if len(word) >= _SURE_START and word not in refused]
    spoken = [_sounding(one, said.lexicon) for one in (said.text, *words)]
    names = [[_sounding(fold(phrase, said.lexicon), said.lexicon) for phrase in one.phrases] for one in choices]
    scored = sorted(
        ((max(fuzz.ratio(name, one) for name in own for one in spoken), i) for i, own in enumerate(names)),
        reverse=True,
    )
    best, runner_up = scored[0], scored[1][0] if len(scored) > 1 else 0
    if best[0] <= _LIKE or best[0] - runner_up < _CLEAR_OF_OTHERS:
        return None
    choice = choices[best[1]]
    confidence = round(0.6 + 0.2 * (best[0] - _LIKE) / (100 - _LIKE), 2)
    return ok(choice.value, confidence, f"“{said.text}” looks like “{choice.label}” ({best[0]:.0f} %)")


@lru_cache(maxsize=2048)
def _sounding(text: str, lexicon: Lexicon) -> str:
    for pattern, sound in lexicon.sounds:
        text = pattern.sub(sound, text)
    return text


def _one(found: Iterable[Choice], confidence: float, text: str) -> Interpretation | None:
    hits = list(found)
    if not hits:
        return None
    if len(hits) > 1:
        return _several(hits, f"“{text}”")
    return ok(hits[0].value, confidence, f"“{text}” is “{hits[0].label}”")


def _several(found: Sequence[Choice], *evidence: str) -> Interpretation:
    return Interpretation("ambiguous", None, HEDGED, evidence, tuple(choice.value for choice in found))


def _pronouns(said: Said) -> set[str]:
    """The `1` that stands in "the medium one"."""
    words = said.bare
    is_thing = len(words) > 1 and words[-1] in said.lexicon.pronoun and words[-2] not in said.lexicon.ordinal_frame
    return {"1"} if is_thing else set()
