"""A telephone number, spoken or written in the notation of a country, as E.164."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ringline.understanding.digits import SOUNDS_LIKE, dialled
from ringline.understanding.interpretation import EXACT, PHRASE, WEAK, Interpretation, no_match, ok
from ringline.understanding.lexicons.spelling import SPELLINGS
from ringline.understanding.settling import one_or_several, settle, unless_refused

if TYPE_CHECKING:
    from ringline.understanding.said import Said

_RUN = re.compile(r"\+?\s?\(?\d+(?:[\s.,/()–-]*\d+)*")
_FEWEST, _MOST = 6, 15
_NORTH_AMERICAN = re.compile(r"\+1[2-9]\d{9}")


def understand_phone(said: Said, language: str, *, country: str | None = None) -> Interpretation:
    """The number, of *country* where it does not begin with + or 00."""

    def decide(said: Said) -> Interpretation:
        return _decide(said, language, country)

    def counts(said: Said) -> bool:
        return bool(re.search(r"\d", dialled(said, language)))

    return unless_refused(settle(said, decide, counts), said)


def _decide(said: Said, language: str, country: str | None) -> Interpretation:
    found = _dialled(said, language, country, hundreds_apart=False)
    # "Eight hundred five five five" is 800 555 where 805 55 is no number.
    return found if found.status != "no_match" else _dialled(said, language, country, hundreds_apart=True)


def _dialled(said: Said, language: str, country: str | None, *, hundreds_apart: bool) -> Interpretation:
    spelling = SPELLINGS[language]
    text = dialled(said, language, hundreds_apart=hundreds_apart)
    if re.fullmatch(r"\W*\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\W*", text):
        return no_match("a date")
    if SOUNDS_LIKE.search(text):
        return no_match("a word that sounds like a digit")
    text = re.sub(rf"\b(?:{spelling.plus})\s+(?=\d)", " +", text)
    text = re.sub(r"(\+\s?\d{1,3}\s?)\(0\)", r"\1", text)
    text = re.split(spelling.extension, text)[0]
    runs = [run[0] for run in _RUN.finditer(text)]
    if not runs:
        return no_match("no digits in it")
    whole = "".join(runs)
    long = [run for run in runs if len(re.sub(r"\D", "", run)) >= _FEWEST]
    if len(long) > 1 and not all(_number(run, country) for run in long):
        return no_match("one of the numbers is none that can be dialled")
    numbers = dict.fromkeys(number for number in (_number(run, country) for run in runs) if number)
    if not numbers and (joined := _number(whole, country)):
        numbers[joined] = None
    if not numbers:
        return no_match(f"{re.sub(r'[^+0-9]', '', whole)} is no number of {country or 'any country'}")
    is_typed = re.fullmatch(r"[\d\s.,/()+–-]+", said.folded.strip()) is not None
    sure = EXACT if is_typed else PHRASE
    if not all(sure_of for _, sure_of in numbers):
        sure = WEAK
    values = [number for number, _ in numbers]
    return one_or_several(values, sure, [f"“{text.strip()}” is {' or '.join(values)}"])


def _number(said: str, country: str | None) -> tuple[str, bool] | None:
    """E.164, and whether such numbers are assigned; nothing for what cannot be dialled."""
    import phonenumbers  # 48 MB of every country's rules; only answers need it

    figures = re.sub(r"[^\d+]", "", said)
    if not _FEWEST <= len(figures.lstrip("+")) <= _MOST + 2:
        return None
    region = country.upper() if country else None
    if not figures.startswith("+") and figures.startswith("00") and region not in ("US", "CA"):
        figures = "+" + figures[2:]
    try:
        number = phonenumbers.parse(figures, region)
    except phonenumbers.NumberParseException:
        return None
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_valid_number(number):
        return text, True
    # North America's numbers are of one form, whether given out yet or not: +1 555 123 4567.
    return (text, False) if _NORTH_AMERICAN.fullmatch(text) else None


def keyed_phone(digits: str, *, country: str | None) -> Interpretation:
    """The number that was keyed in."""
    found = _number(digits.replace("*", ""), country)
    return ok(found[0], EXACT, f"keys {digits}") if found else no_match(f"keys {digits} are no telephone number")
