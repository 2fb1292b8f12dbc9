"""An answer made comparable: letters, case, apostrophes and symbols in one form, cut into words and clauses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringline.understanding.lexicons.lexicon import Lexicon

_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘`´ʼ", ""))
# What only says how a symbol is drawn: variation, key cap, joiner, gender, skin.
_DRAWING = re.compile("[\ufe0e\ufe0f\u20e3\u200d\u2640\u2642\U0001f3fb-\U0001f3ff]")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W_]+|[^\w\s,.;:!?…\"“”()\[\]/+*=<>&@#\\|~^%$€£-]")
_CLAUSE_END = re.compile(r"[,.;:!?…\n]|\s[-–—]\s")


def fold(text: str) -> str:
    """*text* in lower case, without apostrophes, accents' variants, skin tones and letters drawn out."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    folded = _DRAWING.sub("", folded).replace("−", "-")
    return _DRAWN_OUT.sub(r"\1", folded)


@dataclass(frozen=True)
class Said:
    """An answer in the form that rules work on."""

    raw: str
    lexicon: Lexicon

    @cached_property
    def folded(self) -> str:
        return fold(self.raw)

    @cached_property
    def words(self) -> list[str]:
        """Every word and symbol."""
        return words_of(self.folded)

    @cached_property
    def bare(self) -> list[str]:
        """The words without politeness and sounds; with politeness, where there is nothing else."""
        spoken = [word for word in self.words if word not in self.lexicon.silence]
        return [word for word in spoken if word not in self.lexicon.politeness] or spoken

    @cached_property
    def text(self) -> str:
        """The bare words with single blanks, for patterns."""
        return " ".join(self.bare)

    @cached_property
    def clauses(self) -> list[list[str]]:
        """The words, cut where a sentence is."""
        cut = (words_of(part) for part in _CLAUSE_END.split(self.folded))
        return [words for words in cut if words]

    @cached_property
    def clause_starts(self) -> list[int]:
        """For each of the words, where its clause begins."""
        starts: list[int] = []
        for clause in self.clauses:
            starts += [len(starts)] * len(clause)
        return starts

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


def last_said(said: Said, *, is_bare: bool) -> list[str]:
    """What is left when something is taken back ("five, no, six"), the last first; empty where nothing is.

    *is_bare* counts a lone "no" between two answers, which is one itself where yes or no is asked.
    """
    parts = [part for part in said.lexicon.corrections.split(said.folded) if part.strip()]
    if is_bare:
        parts = [piece for part in parts for piece in said.lexicon.bare_correction.split(part) if piece.strip()]
    return [] if parts == [said.folded] else parts[::-1]
