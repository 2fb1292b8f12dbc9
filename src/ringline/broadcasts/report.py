"""What is wrong with a list and its text, found before anything is sent, and what sending will cost."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ringline.phone_numbers import country_of
from ringline.purposes import purpose_meant
from ringline.segments import count_segments

if TYPE_CHECKING:
    from ringline.broadcasts.broadcast import Content
    from ringline.broadcasts.rendering import Rendered
    from ringline.broadcasts.surroundings import Surroundings

MAX_PROBLEMS = 200
MAX_LINES = 10
MANY_SEGMENTS = 3
_PREFIX = 9
_OPT_OUT = re.compile(r"\b(STOP|UNSUBSCRIBE|OPT[ -]?OUT|ABMELDEN|STOPP|BAJA|ARRÊT|DÉSINSCRI)", re.IGNORECASE)


@dataclass(slots=True)
class Report:
    """Collects what is found while a list is loaded."""

    content: Content
    max_segments: int = MANY_SEGMENTS
    rows: int = 0
    new: int = 0
    already: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[dict[str, Any]] = field(default_factory=list)
    warnings: dict[str, dict[str, Any]] = field(default_factory=dict)
    segments: Counter[int] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str | None, int]] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)
    longest: dict[str, Any] = field(default_factory=dict)

    def skip(self, line: int, code: str, message: str, fix: str = "") -> None:
        """A recipient who gets nothing, and why."""
        self.skipped[code] += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append({"line": line, "code": code, "message": message, "fix": fix})

    def warn(self, code: str, message: str, fix: str = "", *, line: int | None = None) -> None:
        """Something to know before it is confirmed; the recipient gets it all the same."""
        found = self.warnings.setdefault(code, {"code": code, "message": message, "fix": fix, "count": 0, "lines": []})
        found["count"] += 1
        if line is not None and len(found["lines"]) < MAX_LINES:
            found["lines"].append(line)

    def take(self, line: int, to: str, rendered: Rendered) -> None:
        """A recipient who gets it."""
        self.new += 1
        country, is_landline = hints(to)
        self.countries[country or "?"] += 1
        if is_landline:
            self.warn(
                "landline", "numbers of landlines, which most texts do not reach",
                "take them off the list, or call them", line=line,
            )  # fmt: skip
        if self.content.kind == "flow":
            return
        body = rendered.body or ""
        segments = 1
        if self.content.channel == "sms" and rendered.body and not self.content.media:
            counted = count_segments(body)
            segments = counted.segments
            self.encodings[counted.encoding] += 1
            if segments > self.max_segments:
                self.warn(
                    "long", f"texts of more than {self.max_segments} segments", "each segment is paid for", line=line
                )
        self.segments[segments] += 1
        self.kinds[country, segments] += 1
        if len(self.samples) < 3:
            self.samples.append({"line": line, "to": to, "text": body, "segments": segments})
        if segments > self.longest.get("segments", 0):
            self.longest = {"line": line, "to": to, "text": body, "segments": segments}

    def finish(self, surroundings: Surroundings) -> dict[str, Any]:
        """The report as it is kept, with the cost by the price list."""
        self._look_at_text()
        if len(self.countries) > 1:
            usual, _ = self.countries.most_common(1)[0]
            others = ", ".join(f"{name} {count:,}" for name, count in self.countries.most_common()[1:6])
            self.warn("countries", f"numbers of other countries than {usual}: {others}", "check that they are meant")
            self.warnings["countries"]["count"] = sum(self.countries.values()) - self.countries[usual]
        cost, unpriced = Decimal(0), 0
        for (country, segments), count in self.kinds.items():
            price = surroundings.price(self.content.channel, country, segments, len(self.content.media))
            if price is None:
                unpriced += count
            else:
                cost += price * count
        total = sum(segments * count for segments, count in self.segments.items())
        return {
            "rows": self.rows,
            "new": self.new,
            "already": self.already,
            "skipped": dict(self.skipped),
            "problems": sorted(self.problems, key=lambda one: one["line"]),
            "warnings": list(self.warnings.values()),
            "countries": dict(self.countries.most_common(20)),
            "encodings": dict(self.encodings),
            "messages_by_segments": {str(segments): count for segments, count in sorted(self.segments.items())},
            "segments": total,
            "cost": str(cost),
            "cost_unit": surroundings.price_unit,
            "unpriced": unpriced,
            "prices_as_of": surroundings.prices_as_of.isoformat(),
            "price_note": surroundings.price_note(self.content.channel),
            "samples": self.samples,
            "longest": self.longest,
        }

    def _look_at_text(self) -> None:
        content = self.content
        if content.kind == "flow":
            return
        message = content.message
        texts = [message] if isinstance(message, str) else list((message or {}).values())
        offers = all(_OPT_OUT.search(text) for text in texts)
        if content.purpose == "marketing" and texts and not offers:
            self.warn(
                "no_opt_out", "a marketing message must say how to opt out, and this one does not",
                'end it with "Reply STOP to opt out", in the language of the text',
            )  # fmt: skip
        meant = purpose_meant(content.purpose)
        if meant is not None:
            self.warn(
                "odd_purpose",
                f"`{content.purpose}` is a purpose of its own, to which the rules for `{meant}` do not apply",
                f"say --purpose {meant} if it is meant",
            )
        if content.purpose is None:
            self.warn(
                "no_purpose", "it has no purpose, so it counts as a notification",
                "say --purpose marketing, notification, emergency …; rules and caps depend on it",
            )  # fmt: skip


def hints(number: str) -> tuple[str | None, bool]:
    """The country of a number, and whether it looks like a landline; by its first digits, which numbers share."""
    found = _known.get(number[:_PREFIX])
    if found is None:
        import phonenumbers

        try:
            kind = phonenumbers.number_type(phonenumbers.parse(number, None))
        except phonenumbers.NumberParseException:
            kind = phonenumbers.PhoneNumberType.UNKNOWN
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[number[:_PREFIX]] = (country_of(number), kind == phonenumbers.PhoneNumberType.FIXED_LINE)
    return found


_MOST_KNOWN = 65_536
_known: dict[str, tuple[str | None, bool]] = {}
