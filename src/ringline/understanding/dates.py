"""A day, however it is said: by date, weekday, name, or counted from another day. The value is ISO text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ringline.understanding.date_grammar import pattern_of
from ringline.understanding.date_reading import Found, Reader, day_of, only
from ringline.understanding.figures import in_figures
from ringline.understanding.interpretation import EXACT, PHRASE, TOKEN, WEAK, Interpretation, no_match, ok
from ringline.understanding.lexicons.calendar import calendar_of
from ringline.understanding.refusals import is_turned_down
from ringline.understanding.settling import bounded, is_negated, one_or_several, settle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ringline.understanding.lexicons.calendar import Calendar
    from ringline.understanding.lexicons.lexicon import Lexicon
    from ringline.understanding.said import Said

_SHORT_MESSAGE = 2


def understand_date(
    said: Said,
    language: str,
    *,
    now: datetime | None = None,
    country: str | None = None,
    minimum: str | None = None,
    maximum: str | None = None,
) -> Interpretation:
    """The day in ISO text; those not before *minimum* nor after *maximum* count."""
    calendar = calendar_of(language)
    reader = Reader(calendar, now.date() if now else None, country, minimum, maximum)

    text = reader.in_figures(said)
    whole = reader.found_in(text, is_short=False)

    def decide(said: Said) -> Interpretation:
        return _decide(said, calendar, reader, whole)

    def counts(said: Said) -> bool:
        return bool(pattern_of(calendar, "any_day").search(in_figures(said, calendar)))

    found = bounded(settle(said, decide, counts), minimum, maximum)
    if found.status in ("ok", "out_of_range") and len(whole) == 1 and is_turned_down(text[whole[0].end :], said):
        return no_match("the day that was named was turned down")
    return found


def _decide(said: Said, calendar: Calendar, reader: Reader, whole: Sequence[Found]) -> Interpretation:
    text = reader.in_figures(said)
    found = reader.found_in(text, is_short=len(said.bare) <= _SHORT_MESSAGE)
    months = {day.replace(day=1) for hit in whole if hit.kind == "month_day" for day in hit.days}
    if len(found) == 1 and found[0].kind == "day" and len(months) == 1:
        # "December fifth, no, sixth": what corrects a day is of its month.
        month = months.pop()
        same = tuple(one for day in found[0].days[:1] for one in only(day_of(month.year, month.month, day.day)))
        found = [Found(found[0].start, found[0].end, same, "day")]
    meant = [hit for hit in found if not is_negated(text, hit.start, said)]
    if found and not meant:
        return no_match("the day that was named was negated")
    for hit in meant:
        around = text[: hit.start].rstrip()
        if re.search(rf"\b(?:{calendar.not_exactly})(?: (?:{calendar.the}))?$", around):
            return no_match("a day before, after or besides the one that was named")
        if not hit.days:
            return no_match(f"“{text[hit.start : hit.end].strip()}” is no day that can be told")
    rest = text
    for hit in meant:
        rest = rest[: hit.start] + " " * (hit.end - hit.start) + rest[hit.end :]
    if meant and re.search(rf"\dº|\b(?:{calendar.or_})\b[^\d]{{0,6}}\d", rest):
        return no_match("more was named than one day")
    if len(meant) == 1 and len(meant[0].days) == 1 and re.search(rf"\b(?:{calendar.either})\b", rest):
        return no_match("another day may be meant as well")
    evidence = [
        f"“{text[hit.start : hit.end].strip()}” is {' or '.join(day.isoformat() for day in hit.days)}" for hit in meant
    ]
    sure = TOKEN if len(meant) == 1 and meant[0].kind == "day" else PHRASE
    if len(meant) == 1 and meant[0].kind == "numeric" and text.strip() == text[meant[0].start : meant[0].end]:
        sure = EXACT
    if len(meant) == 1 and meant[0].kind == "weekday" and _names_something(text[meant[0].end :], said, calendar):
        sure = WEAK
    return one_or_several([day.isoformat() for hit in meant for day in hit.days], sure, evidence)


def _names_something(following: str, said: Said, calendar: Calendar) -> bool:
    """Whether the word behind a weekday may make a name or a thing of it (`Sunday roast`), and not an answer."""
    lexicon = said.lexicon
    word = re.match(r" *([^\W\d_]+)", following)
    if word is None:
        return False
    known = word[1] in lexicon.stopwords or word[1] in lexicon.politeness or word[1] in calendar.fillers
    if known or any(re.match(pattern, following.lstrip()) for pattern, _ in calendar.periods):
        return False
    return word[1] not in _words_of_consent(lexicon)


@cache
def _words_of_consent(lexicon: Lexicon) -> frozenset[str]:
    """The words people say yes and no with: `Tuesday works`, `Tuesday sounds great`."""
    return frozenset(word for phrase in lexicon.cues for word in phrase.split()) | lexicon.modifiers


def keyed_date(digits: str, language: str, *, now: datetime | None, country: str | None) -> Interpretation:
    """Day, month and year by keys, in the country's order: two digits, two digits, and four, two or none."""
    figures = re.sub(r"\D", "", digits)
    if len(figures) not in (4, 6, 8):
        return no_match(f"keys {digits} are no date")
    text = "/".join(part for part in (figures[:2], figures[2:4], figures[4:]) if part)
    calendar = calendar_of(language)
    reader = Reader(calendar, now.date() if now else None, country, None, None)
    match = pattern_of(calendar, "numeric").fullmatch(text)
    days = list(dict.fromkeys(reader.numeric(match) or ())) if match else []
    if len(days) > 1:
        return Interpretation("ambiguous", None, 0.5, (f"keys {digits}",), tuple(day.isoformat() for day in days))
    return ok(days[0].isoformat(), EXACT, f"keys {digits}") if days else no_match(f"keys {digits} are no date")
