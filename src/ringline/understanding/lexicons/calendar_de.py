"""German days, times and lengths of time."""

from __future__ import annotations

from ringline.understanding.lexicons.calendar import Calendar, listed, numbered

CALENDAR = Calendar(
    rewrites=(
        (r"\bdrei ?viertel ?(?=stunde)", "◕ "),
        (r"\bviertel ?(?=stunde)", "◔ "),
        (r"\bhalb ?(?=stunde)", "◐ "),
        (r"\beine[rmns]? (?=[◕◔◐])", ""),
        (r"\b(?:drei ?|3 )viertel\b", "◕"),
        (r"\b(?:eineinviertel|einundeinviertel)\b", "1 ◔"),
        (r"\b([a-z]+?)(?:und|[ -])?einviertel\b", r"\1 ◔"),
        (r"\b(?:eine )?viertel\b", "◔"),
        (r"\b(?:anderthalb|eineinhalb|einundeinhalb|ein und ein halb)(?:e[nrs]?)?\b", "1 ◐"),
        (r"\b([a-z]+?)(?:und|[ -])?einhalb(?:e[nrs]?)?\b", r"\1 ◐"),
        (r"\b(?:ein(?:e[rmns]?)? )?halb(?:e[nrs]?)?\b", "◐"),
        (r"\bein dutzend\b", "12"),
        (r"\beine[rmns]?\b", "1"),
    ),
    spellings={},
    zeros=listed("null"),
    suffixes="(?!)",
    months=numbered("""
        januar, jaenner, jan
        februar, feber, feb
        maerz, marz
        april, apr
        mai
        juni, juno, jun
        juli, julei, jul
        august, aug
        september, sept, sep
        oktober, okt
        november, nov
        dezember, dez"""),
    weekdays=numbered("montag\ndienstag\nmittwoch\ndonnerstag\nfreitag\nsamstag, sonnabend\nsonntag", 0),
    short_weekdays=numbered("mo\ndi\nmi\ndo\nfr\nsa\nso", 0),
    days={
        "heute": 0,
        "heut": 0,
        "morgen": 1,
        "uebermorgen": 2,
        "ubermorgen": 2,
        "gestern": -1,
        "vorgestern": -2,
    },
    holidays={
        "heiligabend": (12, 24),
        "heilig abend": (12, 24),
        "weihnachten": (12, 25),
        "ersten weihnachtstag": (12, 25),
        "silvester": (12, 31),
        "neujahr": (1, 1),
        "valentinstag": (2, 14),
        "nikolaus": (12, 6),
    },
    the="am|der|den|dem|vom|zum",
    of="des|im|im jahr|im jahre|vom",
    or_="oder|und|bis|bis zum",
    either="oder",
    next_before="(?:am |den |der )?naechste[nrm]?",
    next_after="(?!)",
    this_before="(?:am |den )?(?:diese[nrm]?|kommende[nrm]?)",
    last_before="(?:am |den )?(?:letzte[nrm]?|vorige[nrm]?|vergangene[nrm]?)",
    last_after="(?!)",
    weeks_after={"in einer woche": 1, "in 1 woche": 1, "in 8 tagen": 1, "in 14 tagen": 2},
    spans={"tag": 1, "tage": 1, "tagen": 1, "woche": 7, "wochen": 7},
    months_unit="monat(?:en?)?",
    years_unit="jahr(?:en?)?",
    in_before="in|binnen|heute in",
    in_after="ab heute|von heute an",
    from_="nach|ab",
    ago_before="vor",
    ago_after="her|zuvor",
    not_exactly="jeden|jeder|irgendein|jedem|vor|nach|ausser|bis|seit|ab|vor dem|nach dem|ausser am",
    this_month="diese[ns] monats?|des monats",
    next_month="(?:im )?(?:naechsten?|kommenden?) monats?",
    next_week="naechste woche|naechster woche|kommende woche|kommender woche",
    weekday_after_week=r"[\s,]+(?:am |den )?(?:in )?(?:der )?",
    at="um|gegen|so um|kurz vor|ab|circa|ca",
    clock=(
        r"(?P<minute>\d{1,2})(?: minuten)? (?P<before_half>vor) (?P<half>◐) (?P<hour>\d{1,2})(?: uhr)?",
        r"(?P<minute>\d{1,2})(?: minuten)? (?P<after_half>nach) (?P<half>◐) (?P<hour>\d{1,2})(?: uhr)?",
        r"(?P<toward>(?P<half>◐)) (?P<hour>\d{1,2})(?: uhr)?",
        r"(?P<quarter>◔) (?:nach|ueber) (?P<hour>\d{1,2})(?: uhr)?",
        r"(?P<quarter>◔) (?P<to>vor) (?P<hour>\d{1,2})(?: uhr)?",
        r"(?P<toward>(?P<three>◕)) (?P<hour>\d{1,2})(?: uhr)?",
        r"(?P<toward>(?P<quarter>◔)) (?P<hour>\d{1,2})(?: uhr)?",
        r"(?P<minute>\d{1,2})(?: minuten)? nach (?P<hour>\d{1,2})(?: uhr)?",
        r"(?P<minute>\d{1,2})(?: minuten)? (?P<to>vor) (?P<hour>\d{1,2})(?: uhr)?",
        r"(?P<hour>\d{1,2}) uhr (?:und )?(?P<minute>[0-5]?\d|0 \d)(?: minuten)?",
        r"(?P<hour>\d{1,2}) ?(?P<marked>uhr|h)",
        r"(?P<hour>\d{1,2}) (?P<minute>[1-5]\d)(?: uhr)?",
    ),
    noon=r"12 uhr mittags?|(?<![\d◐◔◕] )(?<!uhr )mittags?|zu mittag",
    midnight="12 uhr nachts|mitternacht",
    periods=(
        (
            r"\b(?:morgens|vormittags?|frueh|am (?:morgen|vormittag)|in der frueh(?:e)?|heute morgen|morgen frueh)\b",
            "morning",
        ),
        (r"\b(?:mittags|am mittag)\b", "noon"),
        (r"\b(?:nachmittags?|am nachmittag)\b", "afternoon"),
        (r"\b(?:abends?|am abend)\b", "evening"),
        (r"\b(?:nachts?|in der nacht)\b", "night"),
    ),
    now="jetzt|sofort|jetzt gleich",
    units={
        **dict.fromkeys(("sekunde", "sekunden", "sek", "s"), 1),
        **dict.fromkeys(("minute", "minuten", "minuetchen", "min", "m"), 60),
        **dict.fromkeys(("stunde", "stunden", "stuendchen", "std", "h"), 3600),
        **dict.fromkeys(("tag", "tage", "tagen"), 86400),
        **dict.fromkeys(("woche", "wochen"), 604800),
    },
    and_="und",
    of_unit="(?!)",
    fillers=listed(
        "um gegen so ca circa ab am der die das ist waere passt mir wuerde gut gerne lieber dann also sagen wir ich"
        " moechte haette es geht am besten heute morgen uhr oder und bis zwischen von vielleicht etwa ungefaehr genau"
        " punkt ja okay ok"
    ),
    day_parts=r"\bguten (?:morgen|tag|abend)\b|\bam morgen\b|\bfrueh(?:s|e)?\b|\bin der frueh\b"
    r"|(?<=tag )morgen\b|(?<=mittwoch )morgen\b|(?<=heute )morgen\b",
)
