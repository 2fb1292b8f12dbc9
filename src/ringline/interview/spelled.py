"""Digits as they are spoken: one by one, in twos, repeated, with words in between, in any of the languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ringline.understanding import is_known
from ringline.understanding.lexicons import lexicon_of
from ringline.understanding.lexicons.lexicon import words
from ringline.understanding.numerals import numerals_in

_LEAST_DIGITS = 5
_LEAST_WORDS = 5
_MANY_DIGITS = 7
_MOST_BRIDGES = 2
_TWENTY, _HUNDRED = 20, 100

_WORD = re.compile(r"[^\W_]+(?:-[^\W\d_]+)*")
_BRIDGES = words(
    "um uh uhm er ah eh euh äh ähm hmm mm hm so and then next again dash hyphen space slash"
    " y luego despues después guion guión espacio raya et puis ensuite tiret espace"
    " und dann strich bindestrich leerzeichen e depois traço traco espaço espaco hífen poi trattino spazio"
)
"""Words that may stand between the digits of one number."""
_JOINTS = words("y e et und and")
_REPEATED = {
    **dict.fromkeys(words("double doble doppel doppelt zweimal duplo dobro doppio doppia"), 2),
    **dict.fromkeys(words("triple treble dreifach dreimal triplo tripla tre-volte"), 3),
}


class Run(NamedTuple):
    """Where digits stand in a text, and which they are."""

    start: int
    end: int
    digits: str


class _Token(NamedTuple):
    start: int
    end: int
    digits: str
    times: int
    is_bridge: bool
    is_joint: bool
    is_spoken: bool


def runs_in(text: str, language: str) -> list[Run]:
    """Every number of at least five digits in a row, or seven in twos, of which a part is spoken."""
    tokens = [token for match in _WORD.finditer(text) for token in _tokens(match, language)]
    runs: list[Run] = []
    index = 0
    while index < len(tokens):
        run, index = _run_at(tokens, index)
        if run is not None:
            runs.append(run)
    return runs


def _run_at(tokens: Sequence[_Token], index: int) -> tuple[Run | None, int]:
    """The number that begins at a token, and the token behind it."""
    first, end, digits, count, is_spoken = index, index, "", 0, False
    tens = is_listed = False
    while index < len(tokens):
        token = tokens[index]
        if token.times > 1 and index + 1 < len(tokens) and len(tokens[index + 1].digits) == 1:
            digits += tokens[index + 1].digits * token.times
            count += token.times
            index, tens, is_spoken = index + 2, False, True
        elif token.digits:
            # "Forty two" is 42; "1984 and 2025" are two numbers, unless what is listed so are single digits.
            joined = tens and len(token.digits) == 1 and token.digits != "0"
            digits = digits[:-1] + token.digits if joined else digits + token.digits
            tens = (
                token.is_spoken and len(token.digits) == 2 and token.digits[1] == "0" and token.digits >= str(_TWENTY)
            )
            count += 0 if joined else 1
            is_spoken = is_spoken or token.is_spoken
            index += 1
        else:
            bridged = _bridged(tokens, index) if digits else index
            if bridged == index:
                break
            tens = tens and bridged == index + 1 and token.is_joint
            is_listed = is_listed or (token.is_joint and not tens)
            index = bridged
            continue
        end = index
    is_run = (
        is_spoken
        and len(digits) >= _LEAST_DIGITS
        and (count >= _LEAST_WORDS or (len(digits) >= _MANY_DIGITS and not is_listed))
    )
    found = Run(tokens[first].start, tokens[end - 1].end, digits) if is_run else None
    return found, max(end, first + 1)


def _bridged(tokens: Sequence[_Token], index: int) -> int:
    """The token where digits go on behind a few words that may stand between them; the same where they do not."""
    for at in range(index, min(index + _MOST_BRIDGES + 1, len(tokens))):
        if tokens[at].digits or tokens[at].times > 1:
            return at
        if not tokens[at].is_bridge:
            break
    return index


def _tokens(match: re.Match[str], language: str) -> list[_Token]:
    """What a word is; one with hyphens is a number as a whole ("forty-two") or several words."""
    word, start = match[0].casefold(), match.start()
    if "-" not in word or _digits_of(word, language):
        return [_token(word, match.start(), match.end(), language)]
    parts: list[_Token] = []
    for part in word.split("-"):
        parts.append(_token(part, start, start + len(part), language))
        start += len(part) + 1
    return parts


def _token(word: str, start: int, end: int, language: str) -> _Token:
    digits = _digits_of(word, language)
    times = _REPEATED.get(word, 1)
    return _Token(start, end, digits, times, word in _BRIDGES, word in _JOINTS, bool(digits) and not word.isdecimal())


@cache
def _digits_of(word: str, language: str) -> str:
    """The digits that one spoken or written word stands for; nothing if it is none."""
    if word.isascii() and word.isdigit():
        return word
    if word in ("o", "oh"):
        return "0" if language.startswith("en") else ""
    if not is_known(language):
        return _DIGITS.get(word, "")
    lexicon = lexicon_of(language)
    if word in lexicon.silence:
        return ""
    found = numerals_in(word, lexicon)
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(word) and not found[0].is_ordinal:
        value = found[0].value
        return str(int(value)) if 0 <= value < _HUNDRED and value == int(value) else ""
    return _DIGITS.get(word, "")


_DIGITS = {
    word: str(number)
    for line in (
        "zero one two three four five six seven eight nine",
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
        "zéro un deux trois quatre cinq six sept huit neuf",
        "null eins zwei drei vier fünf sechs sieben acht neun",
        "zero um dois três quatro cinco seis sete oito nove",
        "zero uno due tre quattro cinque sei sette otto nove",
    )
    for number, word in enumerate(line.split())
}
"""Whatever language a call is held in, people spell in their own."""
