"""An answer made comparable: letters, case, apostrophes and symbols in one form, cut into words and clauses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ringline.understanding.lexicons.lexicon import Lexicon

_APOSTROPHES = "'’‘`´ʼ"
_DROPPED = str.maketrans(dict.fromkeys(_APOSTROPHES, ""))
_PARTED = str.maketrans(dict.fromkeys(_APOSTROPHES, " "))
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# What only says how a symbol is drawn: variation, key cap, joiner, gender, skin.
_DRAWING = re.compile("[\ufe0e\ufe0f\u20e3\u200d\u2640\u2642\U0001f3fb-\U0001f3ff]")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W_]+|[^\w\s,.;:!?…\"“”()¿¡«»„‚\[\]/+*=<>&@#\\|~^%$€£-]")
_CLAUSE_END = re.compile(r"[,.;:!?…\n]|\s[-–—]\s")


@lru_cache(maxsize=4096)
def fold(text: str, lexicon: Lexicon | None = None) -> str:
    """*text* in lower case, without apostrophes, accents, skin tones and letters drawn out.

    Where a language leaves vowels out (`l'appel`), the apostrophe parts words; in German `ü` is `ue`.
    """
    parted = text.translate(_PARTED if lexicon is not None and lexicon.elides else _DROPPED)
    folded = unicodedata.normalize("NFKC", parted).casefold()
    if lexicon is not None and lexicon.told_apart is not None:
        folded = lexicon.told_apart[0].sub(lexicon.told_apart[1], folded)
    if not folded.isascii():
        folded = folded.translate(_UMLAUTS) if lexicon is not None and lexicon.umlauts else folded
        folded = _DRAWING.sub("", folded).replace("−", "-")
        parts = unicodedata.normalize("NFD", folded)
        folded = unicodedata.normalize("NFC", "".join(one for one in parts if unicodedata.category(one) != "Mn"))
    return _DRAWN_OUT.sub(r"\1", folded)


@dataclass(frozen=True)
class Said:
    """An answer in the form that rules work on."""

    raw: str
    lexicon: Lexicon

    @cached_property
    def folded(self) -> str:
        return fold(self.raw, self.lexicon)

    @cached_property
    def words(self) -> list[str]:
        """Every word and symbol."""
        return words_of(self.folded)

    @cached_property
    def bare(self) -> list[str]:
        """The words without politeness and sounds; with politeness, where there is nothing else."""
        meant = [word for word in words_of(self._meant) if word not in self.lexicon.silence]
        spoken = meant or [word for word in self.words if word not in self.lexicon.silence]
        return [word for word in spoken if word not in self.lexicon.politeness] or spoken

    @cached_property
    def text(self) -> str:
        """The bare words with single blanks, for patterns."""
        return " ".join(self.bare)

    @cached_property
    def _meant(self) -> str:
        """Without phrases of politeness; with them, where there is nothing else."""
        return self.lexicon.courtesies.sub(" ", self.folded)

    @cached_property
    def clauses(self) -> list[list[str]]:
        """The words, cut where a sentence is."""
        cut = (words_of(part) for part in _CLAUSE_END.split(self.folded))
        return [words for words in cut if words]

    @cached_property
    def heard_clauses(self) -> list[list[str]]:
        """The same without sounds and phrases of politeness."""
        cut = ([w for w in words_of(part) if w not in self.lexicon.silence] for part in _CLAUSE_END.split(self._meant))
        return [words for words in cut if words] or self.clauses

    @cached_property
    def clause_starts(self) -> list[int]:
        """For each of the words, where its clause begins."""
        starts: list[int] = []
        for clause in self.clauses:
            starts += [len(starts)] * len(clause)
        return starts

    @cached_property
    def in_figures(self) -> dict[Hashable, str]:
        """The answer with its numbers in figures, as `figures.in_figures` made it: rules ask more than once."""
        return {}

    @property
    def is_silence(self) -> bool:
        """Whether there is no word in it but sounds."""
        return not self.bare

    def part(self, text: str) -> Said:
        """A part of it, as an answer of its own."""
        return Said(text, self.lexicon)


def words_of(folded: str) -> list[str]:
    """The words and symbols of a folded text."""
    return _WORD.findall(folded)


@lru_cache(maxsize=2048)
def folded_words(text: str, lexicon: Lexicon) -> list[str]:
    """The words of a text that is looked for, as those of an answer."""
    return words_of(fold(text, lexicon))


def last_said(said: Said, *, is_bare: bool) -> list[str]:
    """What is left when something is taken back ("five, no, six"), the last first; empty where nothing is.

    *is_bare* counts a lone "no" between two answers, which is one itself where yes or no is asked.
    """
    parts = [part for part in said.lexicon.corrections.split(said.folded) if part.strip()]
    if is_bare:
        parts = [piece for part in parts for piece in said.lexicon.bare_correction.split(part) if piece.strip()]
    return [] if parts == [said.folded] else parts[::-1]


def last_words(said: Said) -> list[str]:
    """The same for yes and no: each part is also given with what takes back, as that may hold the answer.

    In "yes wait no it is my day off" nothing behind "wait no" says yes or no.
    """
    marks = list(said.lexicon.corrections.finditer(said.folded))
    ends = [*(mark.start() for mark in marks[1:]), len(said.folded)][: len(marks)]
    given: list[str] = []
    for mark, end in zip(reversed(marks), reversed(ends), strict=True):
        given += [part for start in (mark.end(), mark.start()) if (part := said.folded[start:end]).strip()]
    return given


def is_doubtful(said: Said) -> bool:
    """`rojo no azul`: without a pause nobody knows which of them is refused."""
    words = said.folded.split()
    return any(
        word in said.lexicon.doubtful_no and position > 0 and words[position - 1][-1] not in ",.;…-"
        for position, word in enumerate(words)
    )
