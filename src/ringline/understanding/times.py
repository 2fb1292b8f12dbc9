"""A time of day, however it is said, as `HH:MM`; what may be morning or evening is `ambiguous`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ringline.understanding.durations import lengths_in
from ringline.understanding.figures import in_figures
from ringline.understanding.interpretation import EXACT, HEDGED, PHRASE, Interpretation, no_match, ok
from ringline.understanding.lexicons.calendar import Period, calendar_of
from ringline.understanding.settling import bounded, is_negated, one_or_several, settle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ringline.understanding.lexicons.calendar import Calendar
    from ringline.understanding.said import Said

TWELVE_HOURS = frozenset({"US", "CA", "AU", "NZ", "GB", "IE", "IN", "PH", "ZA", "MX", "CO", "SV", "HN", "NI", "PR"})
"""Countries that say and write hours up to twelve."""

_WRITTEN = (
    r"(?<![\d:.,/])(?P<hour>\d{1,2})(?:\s?[:h]\s?|\.)(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d/]|[.:,]\d)"
    r"(?: ?(?:h|uhr))?\b"
)
_FOUR_FIGURES = r"^\W*(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)\W*$"
_BARE = r"(?<![\d:.,/-])(?P<hour>\d{1,2})(?![\d:.,/º]*\d|º|[-/])"


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    minutes: int
    """Since midnight, as it was said."""
    is_exact: bool
    """Whether it cannot be twelve hours later."""
    is_bare: bool = False


def understand_time(
    said: Said,
    language: str,
    *,
    now: datetime | None = None,
    minimum: str | None = None,
    maximum: str | None = None,
) -> Interpretation:
    """The time in hours and minutes; those not before *minimum* nor after *maximum* count."""
    calendar, whole = calendar_of(language), said

    def decide(said: Said) -> Interpretation:
        return _decide(said, whole, calendar, now)

    def counts(said: Said) -> bool:
        return bool(re.search(r"\d", in_figures(said, calendar)))

    return bounded(settle(said, decide, counts), minimum, maximum)


def _decide(said: Said, whole: Said, calendar: Calendar, now: datetime | None) -> Interpretation:
    text = in_figures(said, calendar)
    if said is not whole:
        text = _with_part_of_day(text, whole.folded, calendar)
    later = _from_now(text, calendar, now)
    if later is not None:
        return later
    hits = [hit for hit in _hits(text, calendar, said) if not is_negated(text, hit.start, said)]
    if not hits:
        return no_match("no time in it")
    if any(not 0 <= hit.minutes <= 24 * 60 for hit in hits):
        return no_match("there is no such time")
    for hit in hits:
        if re.search(rf"\b(?:{calendar.not_exactly})(?: (?:{calendar.at}))?$", text[: hit.start].rstrip()):
            return no_match("a time before or after the one that was named")
    periods = [
        (match.start(), match.end(), kind)
        for pattern, kind in calendar.periods
        for match in re.finditer(pattern, text)
        if not any(hit.start <= match.start() < hit.end for hit in hits)
    ]
    rest = text
    for hit in hits:
        rest = rest[: hit.start] + "§" * (hit.end - hit.start) + rest[hit.end :]
    if re.search(rf"\d{{3}}|(?:{calendar.or_}|-) \d|\d ?(?:{calendar.or_}|-) ?§", rest):
        return no_match("more was named than a time")
    values: list[str] = []
    evidence: list[str] = []
    for position, hit in enumerate(hits):
        following = hits[position + 1].start if position + 1 < len(hits) else len(text)
        kind = _period_of(hit, following, periods)
        possible = _with_period(hit, kind)
        if not possible:
            return no_match(f"“{text[hit.start : hit.end]}” does not go with “{kind}”")
        values += possible
        evidence.append(f"“{text[hit.start : hit.end].strip()}” is {' or '.join(possible)}")
    return one_or_several(values, PHRASE, evidence)


def _with_part_of_day(text: str, whole: str, calendar: Calendar) -> str:
    """`eight in the evening, no, nine`: what corrects an hour is of its part of the day."""
    if any(re.search(pattern, text) for pattern, _ in calendar.periods):
        return text
    named = {match[0] for pattern, _ in calendar.periods for match in re.finditer(pattern, whole)}
    return f"{text.rstrip(' .,;:')} {named.pop()}" if len(named) == 1 else text


def _from_now(text: str, calendar: Calendar, now: datetime | None) -> Interpretation | None:
    if now is None:
        return None
    if re.fullmatch(rf"[\s.,!]*(?:{calendar.now})[\s.,!]*", text):
        return ok(now.strftime("%H:%M"), PHRASE, "now")
    match = re.search(rf"\b(?:{calendar.in_before}) (?=[\d{'◐◔◕'}]|an? )", text)
    if match is None:
        return None
    lengths = lengths_in(text[match.end() :], calendar)
    if len(lengths) != 1 or lengths[0].seconds >= 86400:
        return None
    return ok(
        (now + timedelta(seconds=lengths[0].seconds)).strftime("%H:%M"), PHRASE, f"“{text[match.start() :]}” from now"
    )


def _hits(text: str, calendar: Calendar, said: Said) -> list[_Hit]:
    hits: list[_Hit] = []
    for pattern in (_WRITTEN, _FOUR_FIGURES, *(_of_clock(one, calendar) for one in calendar.clock)):
        for match in re.finditer(pattern, text):
            found = _hit(match, calendar)
            if pattern is _FOUR_FIGURES and not re.search(r"\d{4}", said.raw):
                continue  # a year in words
            if found is not None and not _is_range(match, text, calendar):
                hits.append(found)
    for word, minutes in ((calendar.noon, 720), (calendar.midnight, 0)):
        for match in re.finditer(rf"\b(?:{word})\b(?P<half>(?: (?:{calendar.and_}))? ◐)?", text):
            hits.append(_Hit(match.start(), match.end(), minutes + (30 if match["half"] else 0), True))
    hits += _bare(text, calendar, said)
    hits.sort(key=lambda hit: (hit.start - hit.end, hit.is_bare))
    chosen: list[_Hit] = []
    for hit in hits:
        if all(hit.end <= other.start or other.end <= hit.start for other in chosen):
            chosen.append(hit)
    return sorted(chosen, key=lambda hit: hit.start)


def _of_clock(pattern: str, calendar: Calendar) -> str:
    """A spoken time, its hour in figures or by the names of noon and midnight."""
    named = pattern.replace(r"(?P<hour>\d{1,2})", rf"(?P<hour>\d{{1,2}}|\b(?:{calendar.noon}|{calendar.midnight})\b)")
    return rf"(?<![\d:.,/]){named}(?![º:\w])"


def _is_range(match: re.Match[str], text: str, calendar: Calendar) -> bool:
    """Whether two hours were said and not an hour with minutes: `entre duas e três`."""
    groups = match.groupdict()
    if not groups.get("minute") or groups.get("to") or not re.search(r"\w (?:e|y|et) \d", match[0]):
        return False
    return re.search(rf"\b(?:entre|tra|fra)(?: (?:{calendar.at}))?$", text[: match.start()].rstrip()) is not None


def _hit(match: re.Match[str], calendar: Calendar) -> _Hit | None:
    groups = match.groupdict()
    is_named = not groups["hour"].isdigit()
    if is_named:
        groups["hour"] = "12" if re.fullmatch(calendar.noon, groups["hour"]) else "24" if groups.get("to") else "0"
    hour = int(groups["hour"])
    minute = int(groups["minute"].replace(" ", "")) if groups.get("minute") else 0
    if groups.get("before_half") or groups.get("after_half"):  # `fünf vor halb acht`: 7:25
        minute = 30 - minute if groups.get("before_half") else 30 + minute
    else:
        for name, minutes in (("half", 30), ("quarter", 15), ("three", 45)):
            minute = minutes if groups.get(name) else minute
    if minute > 59:
        return None
    exact = is_named or hour >= 13 or hour == 0 or groups["hour"][0] == "0" or groups.get("military") is not None
    total = hour * 60 + minute
    if groups.get("to"):
        total, exact = hour * 60 - minute, is_named or hour > 13 or hour == 0
    elif groups.get("toward") or groups.get("before_half") or groups.get("after_half"):
        total, exact = hour * 60 - 60 + minute, hour > 13 or hour == 0
    if hour > 24 or (hour == 24 and minute and not groups.get("to")):
        total = 10_000
    return _Hit(match.start(), match.end(), total % 1440 if 0 > total >= -60 else total, exact)


def _bare(text: str, calendar: Calendar, said: Said) -> Iterator[_Hit]:
    """Numbers alone that are hours: where only small words stand around them, or one that goes with an hour."""
    lexicon = said.lexicon
    small = calendar.fillers | lexicon.politeness | lexicon.hedges | lexicon.approximations | lexicon.silence
    rest = text
    for pattern, _ in calendar.periods:
        rest = re.sub(pattern, lambda match: " " * len(match[0]), rest)
    is_plain = all(word in small for word in re.findall(r"[^\W\d_]+", rest))
    for match in re.finditer(_BARE, text):
        before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
        asked = re.search(rf"\b(?:{calendar.at})$", before) is not None
        marked = any(re.match(pattern, after) for pattern, _ in calendar.periods)
        follows = not after or re.match(rf"[^\w]|\b(?:{calendar.or_})\b", after) or after.split()[0] in small
        ranged = re.match(rf"(?:{calendar.or_}|-) (?:(?:{calendar.at}) )?\d", after) is not None
        if is_plain or marked or ranged or (asked and follows):
            hour = int(match["hour"])
            exact = hour >= 13 or hour == 0
            total = hour * 60 if hour <= 24 else 10_000
            yield _Hit(match.start(), match.end(), total, exact, is_bare=True)


def _period_of(hit: _Hit, following: int, periods: Sequence[tuple[int, int, Period]]) -> Period | None:
    after = [kind for start, _, kind in periods if hit.end <= start <= following]
    if after:
        return after[0]
    kinds = {kind for _, _, kind in periods}
    return kinds.pop() if len(kinds) == 1 else None


def _with_period(hit: _Hit, kind: Period | None) -> list[str]:
    hour, minute = divmod(hit.minutes % 1440, 60)
    if hit.is_exact or hour >= 13:
        return [f"{hour:02}:{minute:02}"]
    early, late = hour % 12, hour % 12 + 12
    hours = {
        None: [early, late],
        "am": [early],
        "pm": [late],
        "early": [early] if hour <= 7 or hour == 12 else [],
        "morning": [early] if hour < 12 else [],
        "noon": [12] if hour == 12 else [late] if hour <= 3 else [hour] if hour >= 10 else [],
        "afternoon": [late] if hour <= 8 or hour == 12 else [],
        "evening": [late] if 4 <= hour < 12 else [0] if hour == 12 else [],
        "night": [late] if 6 <= hour < 12 else [early],
    }[kind]
    return [f"{one:02}:{minute:02}" for one in hours]


def keyed_time(digits: str, *, country: str | None) -> Interpretation:
    """Hours and minutes by keys: `1530`, `930`, `15`; up to twelve both halves of a day where people count so."""
    figures = re.sub(r"\D", "", digits)
    if not 1 <= len(figures) <= 4:
        return no_match(f"keys {digits} are no time")
    hour, minute = (int(figures), 0) if len(figures) <= 2 else (int(figures[:-2]), int(figures[-2:]))
    if hour > 23 or minute > 59:
        return no_match(f"keys {digits} are no time")
    if (country in TWELVE_HOURS or country is None) and 1 <= hour <= 12:
        either = (f"{hour % 12:02}:{minute:02}", f"{hour % 12 + 12:02}:{minute:02}")
        return Interpretation("ambiguous", None, HEDGED, (f"keys {digits}",), either)
    return ok(f"{hour:02}:{minute:02}", EXACT, f"keys {digits}")
