"""English days, times and lengths of time."""

from __future__ import annotations

from ringline.understanding.lexicons.calendar import Calendar, listed, numbered

CALENDAR = Calendar(
    rewrites=(
        (r"\bfirst thing\b", ""),
        (r"\b(week|weeks|fortnight) (?=(?:today|tomorrow)\b)", r"\1 from "),
        (r"\bo clock\b", "oclock"),
        (r"\b([ap])\. ?m\b\.?", r"\1m"),
        (r"\b([ap]) m\b", r"\1m"),
        (r"(\d)([ap])m?\b", r"\1 \2m"),
        (r"\b(?:three|3)[ -]quarters\b", "◕"),
        (r"\b(?:(?:an?|one) )?half\b", "◐"),
        (r"\b(?:(?:an?|one) )?quarter\b", "◔"),
        (r"\b(?:a )?(?:couple|pair)(?: of)?\b", "2"),
        (r"\b(?:a|one) dozen\b", "12"),
    ),
    spellings={"fourty": "forty", "nineth": "ninth", "twelveth": "twelfth"},
    zeros=listed("zero nought naught"),
    letter_zeros=listed("o oh"),
    suffixes="st|nd|rd|th",
    months=numbered("""
        january, jan
        february, feb
        march, mar
        april, apr
        may
        june, jun
        july, jul
        august, aug
        september, sept, sep
        october, oct
        november, nov
        december, dec"""),
    weekdays=numbered(
        """monday, mondays
        tuesday, tuesdays
        wednesday, wednesdays
        thursday, thursdays
        friday, fridays
        saturday, saturdays
        sunday, sundays""",  # "Friday's fine"
        0,
    ),
    short_weekdays=numbered("mon\ntue, tues\nwed, weds\nthu, thur, thurs\nfri\nsat\nsun", 0),
    days={
        "today": 0,
        "tonight": 0,
        "tomorrow": 1,
        "tmrw": 1,
        "tomorow": 1,
        "tommorow": 1,
        "tommorrow": 1,
        "yesterday": -1,
        "the day after tomorrow": 2,
        "day after tomorrow": 2,
        "the day before yesterday": -2,
        "day before yesterday": -2,
        "right now": 0,
    },
    holidays={
        "christmas eve": (12, 24),
        "christmas day": (12, 25),
        "christmas": (12, 25),
        "boxing day": (12, 26),
        "new years eve": (12, 31),
        "new years day": (1, 1),
        "new years": (1, 1),
        "valentines day": (2, 14),
        "halloween": (10, 31),
    },
    the="on the|the",
    of="of|in",
    or_="or|to|and|through|till|until",
    either="or",
    next_before="next",
    next_after="(?!)",
    this_before="this|this coming|coming|this upcoming|upcoming",
    last_before="last|past|this past",
    last_after="(?!)",
    weeks_after={"after next": 1, "week": 1, "in a week": 1, "fortnight": 2},
    spans={"day": 1, "days": 1, "week": 7, "weeks": 7, "fortnight": 14, "fortnights": 14},
    months_unit="months?",
    years_unit="years?",
    in_before="in|within",
    in_after="from now|from today|hence|later",
    from_="from|after|on",
    ago_before="(?!)",
    ago_after="ago|back",
    not_exactly="starting|as of|(?:any\\w*|every\\w*|all|nothing|no)(?: \\w+)? but|some|any|every|each|most|next"
    "|before|after|except|besides|until|till|since|than",
    this_month="this month",
    next_month="next month",
    next_week="next week",
    weekday_after_week=r"[\s,]+(?:on )?(?:of )?",
    at="at|by|around|about",
    clock=(
        r"(?P<half>◐) (?:past )?(?P<hour>\d{1,2})",
        r"(?P<quarter>◔) (?:past|after) (?P<hour>\d{1,2})",
        r"(?P<quarter>◔) (?P<to>to|of|till?|before) (?P<hour>\d{1,2})",
        r"(?P<minute>\d{1,2})(?: minutes?)? (?:past|after) (?P<hour>\d{1,2})",
        r"(?P<minute>\d{1,2}) minutes? (?P<to>to|till?|before) (?P<hour>\d{1,2})",
        r"(?<!from )(?P<minute>5|10|20|25) (?P<to>to|till?|before) (?P<hour>\d{1,2})(?! ?[\d:])",
        r"(?P<hour>\d{1,2})(?: oclock)? (?P<minute>0 \d|[1-5]\d)",
        r"(?P<hour>\d{1,2}) (?P<marked>oclock|sharp)",
        r"(?P<hour>\d{1,2})(?P<minute>[0-5]\d) (?P<military>hours|hrs)",
    ),
    noon="(?:12 )?(?:noon|midday)(?:ish|time)?",
    midnight="12 midnight|midnight",
    periods=(
        (r"\bam\b", "am"),
        (r"\bpm\b", "pm"),
        (r"\b(?:(?:in|during) the |this |tomorrow |early (?:in the )?)?morning\b", "morning"),
        (r"\b(?:(?:in|during) the |this |tomorrow |early |late )?afternoon\b", "afternoon"),
        (r"\b(?:(?:in|during) the |this |tomorrow |early )?evening\b", "evening"),
        (r"\b(?:at |tomorrow |late at )?night\b|\btonight\b|\bin the night\b", "night"),
    ),
    now="now|right now|immediately",
    units={
        **dict.fromkeys(("second", "seconds", "sec", "secs", "s"), 1),
        **dict.fromkeys(("minute", "minutes", "min", "mins", "m"), 60),
        **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), 3600),
        **dict.fromkeys(("day", "days", "d"), 86400),
        **dict.fromkeys(("week", "weeks", "wk", "wks"), 604800),
        **dict.fromkeys(("fortnight", "fortnights"), 1209600),
    },
    and_="and|and a|a|&",
    of_unit="of an?|of|an?",
    fillers=listed(
        "at by around about on i id ill say like lets do its it is would be make works for me good fine best how what"
        " could we can that the time maybe between from sharp exactly ok okay yes yeah prefer want come there today"
        " tomorrow till until and or to"
    ),
)
