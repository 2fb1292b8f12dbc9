"""Italian days, times and lengths of time."""

from __future__ import annotations

from ringline.understanding.lexicons.calendar import Calendar, listed, numbered

CALENDAR = Calendar(
    rewrites=(
        (r"\b(?:tre|3) quarti\b(?: d\b)?", "◕"),
        (r"\b(?:un )?quarto\b(?: d\b)?", "◔"),
        (r"\b(?:una )?mezz(?=ora\b)", "◐ "),
        (r"\b(?:una |un )?mezz[ao]?\b(?! (?:giorno|notte))", "◐"),
        (r"\bun paio (?:di|d)\b", "2"),
        (r"\b(?:una )?dozzina di\b", "12"),
        (r"\b(?:una )?decina di\b", "10"),
        (r"\b(?:una )?quindicina di\b", "15"),
        (r"\b(?:una )?ventina di\b", "20"),
        (r"\b(?:una )?trentina di\b", "30"),
        (r"\b(?:una )?quarantina di\b", "40"),
        (r"\b(?:una )?cinquantina di\b", "50"),
    ),
    spellings={},
    zeros=listed("zero"),
    suffixes="°|o|a",
    months=numbered("""
        gennaio, gen
        febbraio, feb
        marzo, mar
        aprile, apr
        maggio, mag
        giugno, giu
        luglio, lug
        agosto, ago
        settembre, set, sett
        ottobre, ott
        novembre, nov
        dicembre, dic"""),
    weekdays=numbered("lunedi\nmartedi\nmercoledi\ngiovedi\nvenerdi\nsabato\ndomenica", 0),
    short_weekdays=numbered("lun\nmar\nmer\ngio\nven\nsab\ndom", 0),
    days={
        "oggi": 0,
        "stasera": 0,
        "domani": 1,
        "dopodomani": 2,
        "dopo domani": 2,
        "ieri": -1,
        "l altro ieri": -2,
        "avantieri": -2,
    },
    holidays={
        "natale": (12, 25),
        "vigilia di natale": (12, 24),
        "santo stefano": (12, 26),
        "san silvestro": (12, 31),
        "capodanno": (1, 1),
        "ferragosto": (8, 15),
        "san valentino": (2, 14),
        "epifania": (1, 6),
    },
    the="il giorno|il|l(?! 1 )|lo|del|dell|al|all(?! 1 )",
    of="di|del|dell|dell anno|nel",
    or_="o|oppure|e|a|al|fino al",
    either="o|oppure",
    next_before="(?:il |la )?(?:prossim[ao])",
    next_after="prossim[ao]|che viene|che arriva",
    this_before="quest[ao]",
    last_before="(?:lo |la )?scors[ao]",
    last_after="scors[ao]|passat[ao]",
    weeks_after={"a otto": 1, "a 8": 1},
    spans={"giorno": 1, "giorni": 1, "settimana": 7, "settimane": 7},
    months_unit="mes[ei]",
    years_unit="ann[oi]",
    in_before="fra|tra|in|entro|da oggi a",
    in_after="da oggi|a partire da oggi|dopo oggi",
    from_="da|dopo",
    ago_before="(?!)",
    ago_after="fa|or sono|prima",
    not_exactly="ogni|qualsiasi|tutti i|qualunque|prima|dopo|tranne|eccetto|meno|fino a|fino al|da|dal"
    "|(?:prima|1º) d(?:i|el|ell[aeo]?)|dopo il|dopo l[ea]",
    this_month="(?:di |del )?(?:questo mese|mese corrente|corrente mese|corrente)",
    next_month="(?:del |il )?(?:mese prossimo|prossimo mese|mese che viene)",
    next_week="(?:della |la )?(?:settimana prossima|prossima settimana|settimana che viene)",
    weekday_after_week=r"[\s,]+(?:di )?",
    at="alle|all|le|l|verso le|verso l|verso|per le|dalle|intorno alle|circa alle|ore",
    clock=(
        r"(?P<hour>\d{1,2}) e (?P<half>◐)",
        r"(?P<hour>\d{1,2}) e (?P<quarter>◔)",
        r"(?P<hour>\d{1,2}) e (?P<three>◕)",
        r"(?P<hour>\d{1,2}) (?P<to>meno) (?P<quarter>◔)",
        r"(?P<hour>\d{1,2}) (?P<to>meno) (?P<minute>\d{1,2})",
        r"(?P<quarter>◔) (?P<to>alle|all) (?P<hour>\d{1,2})",
        r"(?P<minute>\d{1,2})(?: minuti)? (?P<to>alle|all) (?P<hour>\d{1,2})",
        r"(?P<hour>\d{1,2}) e (?P<minute>[0-5]?\d)(?: minuti)?",
        r"(?P<hour>\d{1,2}) (?P<minute>0 \d|[1-5]\d)(?: minuti)?",
        r"ore (?P<hour>\d{1,2})",
        r"(?P<hour>\d{1,2}) (?P<marked>in punto|precise)",
    ),
    noon="mezzogiorno|mezzodi|mezzo giorno|12 di mezzogiorno",
    midnight="mezzanotte|mezza notte",
    periods=(
        (r"\b(?:di|del|della|la) mattin[ao]\b|\bstamattina\b|\bstamani\b|\bal mattino\b", "morning"),
        (r"\b(?:del|di|nel|il) pomeriggio\b", "afternoon"),
        (r"\b(?:di|della|la) sera\b|\bstasera\b", "evening"),
        (r"\b(?:di|della) notte\b|\bstanotte\b", "night"),
    ),
    now="adesso|ora|subito",
    units={
        **dict.fromkeys(("secondo", "secondi", "sec", "s"), 1),
        **dict.fromkeys(("minuto", "minuti", "minutino", "minutini", "min", "m"), 60),
        **dict.fromkeys(("ora", "ore", "oretta", "orette", "h"), 3600),
        **dict.fromkeys(("giorno", "giorni", "g"), 86400),
        **dict.fromkeys(("settimana", "settimane", "sett"), 604800),
    },
    and_="e",
    of_unit="di|d",
    fillers=listed(
        "alle all le l verso per dalle intorno circa ore a va bene mi meglio preferisco direi diciamo facciamo sarebbe"
        " e o oppure tra fra credo penso forse oggi domani si ok in punto di sono"
    ),
)
