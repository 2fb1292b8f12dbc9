"""An answer with its numbers in figures and its fractions as signs, so that rules need no number words."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from ringline.understanding.lexicons.calendar import HALF, QUARTER, THREE_QUARTERS, listed
from ringline.understanding.said import Said, last_said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ringline.understanding.lexicons.calendar import Calendar

ORDINAL = "º"
"""What stands after an ordinal's figures."""

_SIGNS = str.maketrans({"½": f" {HALF} ", "¼": f" {QUARTER} ", "¾": f" {THREE_QUARTERS} "})
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")


class _Word:
    """A word as the number parser wants it."""

    def __init__(self, match: re.Match[str], word: str) -> None:
        self.match = match
        self.word = word

    def text(self) -> str:
        return self.word

    def nt_separated(self, previous: _Word) -> bool:
        return bool(self.match.string[previous.match.end() : self.match.start()].strip())

    def not_a_number_part(self) -> bool:
        return False


def corrections_in(said: Said) -> list[str]:
    """What is left when something is taken back, the last first; empty where nothing is."""
    return last_said(said, is_bare=True)


def in_figures(
    said: Said,
    calendar: Calendar,
    *,
    keep: Iterable[str] = (),
    rewrites: Sequence[tuple[str, str]] | None = None,
    hundreds_apart: bool = False,
    ordinals: bool = True,
) -> str:
    """The folded answer with its numbers in figures ("the 3º of march 20 27").

    Words in *keep* stay words. *rewrites* stand for the calendar's own. With
    *hundreds_apart* "eight hundred five" is 800 and 5, as in telephone numbers; without *ordinals* "first" stays.
    """
    kept = calendar.not_numbers.union(keep)
    changed = calendar.rewrites if rewrites is None else tuple(rewrites)
    made, key = said.in_figures, (kept, changed, hundreds_apart, ordinals)
    if key not in made:
        made[key] = _made(said, calendar, kept, changed, hundreds_apart=hundreds_apart, ordinals=ordinals)
    return made[key]


def _made(
    said: Said,
    calendar: Calendar,
    kept: frozenset[str],
    rewrites: tuple[tuple[str, str], ...],
    *,
    hundreds_apart: bool,
    ordinals: bool,
) -> str:
    plain = _HYPHEN.sub(" ", said.part(said.raw.translate(_SIGNS)).folded)
    for pattern, replacement in rewrites:
        plain = re.sub(pattern, replacement, plain)
    changes: list[tuple[int, int, str]] = []
    numbers = partial(_numbers, language=said.lexicon.numbers, hundreds_apart=hundreds_apart, ordinals=ordinals)
    run: list[_Word] = []
    tokens = list(_TOKEN.finditer(plain))
    zeros = _letters_for_zero(tokens, plain, calendar)
    for index, token in enumerate(tokens):
        word = token[0]
        if word.isdigit() or word in kept or word in calendar.zeros or index in zeros:
            changes += numbers(run)
            run = []
            if not word.isdigit() and word not in kept:
                changes.append((token.start(), token.end(), "0"))
            continue
        run.append(_Word(token, calendar.spellings.get(word) or said.lexicon.spelled(word)))
    changes += numbers(run)
    for start, end, figures in sorted(changes, reverse=True):
        plain = plain[:start] + figures + plain[end:]
    return re.sub(rf"\b(\d{{1,2}})(?:{calendar.suffixes})(?![^\W\d_])", rf"\1{ORDINAL}", plain)


def _numbers(
    run: Sequence[_Word], *, language: str, hundreds_apart: bool, ordinals: bool
) -> list[tuple[int, int, str]]:
    if not run:
        return []
    from text_to_num import find_numbers  # compiled; only answers need it

    return [
        (
            run[found.start].match.start(),
            run[found.end - 1].match.end(),
            _figures(found.value, hundreds_apart) + (ORDINAL if found.is_ordinal else ""),
        )
        for found in find_numbers(list(run), language, threshold=0)
        if ordinals or not found.is_ordinal
    ]


def _figures(value: float, hundreds_apart: bool) -> str:
    # With a comma, since "three point five" is no 3.5., the third of May.
    if hundreds_apart and 100 < value < 1000 and 0 < value % 100 < 10:
        return f"{value // 100 * 100:.0f} {value % 100:.0f}"
    return f"{value:.0f}" if value == int(value) else f"{value:g}".replace(".", ",")


def _letters_for_zero(tokens: Sequence[re.Match[str]], plain: str, calendar: Calendar) -> set[int]:
    """Where a letter said for zero stands: beside a digit, not as a sigh before a sentence."""
    if not calendar.letter_zeros:
        return set()
    words = [token[0] for token in tokens]
    return {
        index
        for index, word in enumerate(words)
        if word in calendar.letter_zeros
        and any(
            _is_figure(words, tokens, plain, index, step, calendar.letter_zeros | calendar.zeros) for step in (-1, 1)
        )
    }


def _is_figure(
    words: Sequence[str],
    tokens: Sequence[re.Match[str]],
    plain: str,
    index: int,
    step: int,
    zeros: frozenset[str],
) -> bool:
    at = index + step
    while 0 <= at < len(words):
        first, second = sorted((at, at - step))
        if plain[tokens[first].end() : tokens[second].start()].strip(" -"):
            return False
        if words[at] not in zeros:
            return words[at].isdigit() or words[at] in _SPOKEN
        at += step
    return False


_SPOKEN = listed(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred double triple"
)
"""Only English says a letter for zero."""
