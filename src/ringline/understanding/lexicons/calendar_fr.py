"""French days, times and lengths of time."""

from __future__ import annotations

from ringline.understanding.lexicons.calendar import Calendar, listed, numbered

CALENDAR = Calendar(
    rewrites=(
        (
            r"\b(?:petite?s?|bonne?s?|gros|grosses?) (?=(?:demi|quart|heure|minute|seconde|semaine|jour)(?:s|nee)?\b)",
            "",
        ),
        (r"\b(?:trois|3) quarts\b(?: d\b)?", "◕"),
        (r"\b(?:le |une? )?quarts?\b(?: d\b)?", "◔"),
        (r"\b(?:une? )?demie?\b", "◐"),
        (r"\b(midi|minuit)\b(?= (?:et|moins|◐|◔|\d))", r"\1 h"),
        (r"\bapres midi\b", "apresmidi"),
        (r"\bune? (?:dizaine|10aine) (?:de|d)\b", "10"),
        (r"\bune? quinzaine (?:de|d)\b", "15"),
        (r"\bune? vingtaine (?:de|d)\b", "20"),
        (r"\bune? trentaine (?:de|d)\b", "30"),
        (r"\bune? quarantaine (?:de|d)\b", "40"),
        (r"\bune? cinquantaine (?:de|d)\b", "50"),
        (r"\bune? douzaine (?:de|d)\b", "12"),
    ),
    spellings={"zero": "zéro"},
    zeros=listed("zero"),
    suffixes="er|ere|e|eme|nd|nde",
    months=numbered("""
        janvier, janv
        fevrier, fevr, fev
        mars
        avril, avr
        mai
        juin
        juillet, juil
        aout
        septembre, sept
        octobre, oct
        novembre, nov
        decembre, dec"""),
    weekdays=numbered("lundi\nmardi\nmercredi\njeudi\nvendredi\nsamedi\ndimanche", 0),
    short_weekdays=numbered("lun\nmar\nmer\njeu\nven\nsam\ndim", 0),
    days={
        "aujourd hui": 0,
        "aujourdhui": 0,
        "auj": 0,
        "ce jour": 0,
        "ce soir": 0,
        "demain": 1,
        "apres demain": 2,
        "hier": -1,
        "avant hier": -2,
    },
    holidays={
        "noel": (12, 25),
        "le jour de noel": (12, 25),
        "reveillon de noel": (12, 24),
        "veille de noel": (12, 24),
        "jour de l an": (1, 1),
        "nouvel an": (1, 1),
        "saint sylvestre": (12, 31),
        "saint valentin": (2, 14),
        "toussaint": (11, 1),
    },
    the="le|au|du",
    of="de|du|de l annee|en",
    or_="ou|et|a|au|jusqu au|jusqu a",
    either="ou",
    next_before="(?:le |la )?prochaine?",
    next_after="prochaine?|qui vient|suivante?",
    this_before="ce",
    last_before="(?!)",
    last_after="dernier|derniere|passe",
    weeks_after={"en huit": 1, "en 8": 1, "en quinze": 2, "en 15": 2},
    spans={"jour": 1, "jours": 1, "semaine": 7, "semaines": 7},
    months_unit="mois",
    years_unit="ans?|annees?",
    in_before="dans|d ici|sous",
    in_after="a partir d aujourd hui|a compter d aujourd hui|plus tard",
    from_="apres|a partir de",
    ago_before="il y a|ca fait|y a",
    ago_after="plus tot",
    not_exactly="a partir de|a partir du|chaque|tous les|n importe quel|un|avant|apres|sauf|excepte|jusqu a"
    "|jusqu au|depuis|des|avant le|apres le",
    this_month="(?:de |du )?ce mois(?: ci)?|(?:du )?mois en cours|courant",
    next_month="(?:du |le )?mois prochain|(?:du )?mois qui vient",
    next_week="la semaine prochaine|semaine prochaine|la semaine qui vient",
    weekday_after_week=r"[\s,]+(?:de )?(?:le )?",
    at="a|vers|vers les|pour|autour de|aux environs de|sur les",
    clock=(
        r"(?P<hour>\d{1,2}) ?(?:heures?|h) et (?P<half>◐)",
        r"(?P<hour>\d{1,2}) ?(?:heures?|h) (?:et )?(?P<quarter>◔)",
        r"(?P<hour>\d{1,2}) ?(?:heures?|h) (?:et )?(?P<three>◕)",
        r"(?P<hour>\d{1,2}) ?(?:heures?|h) (?P<to>moins) (?P<quarter>◔)",
        r"(?P<hour>\d{1,2}) ?(?:heures?|h) (?P<to>moins) (?P<minute>\d{1,2})",
        r"(?P<hour>\d{1,2}) ?(?:heures?|h) (?:et )?(?P<minute>[0-5]?\d|0 \d)(?: minutes?)?",
        r"(?P<hour>\d{1,2}) ?(?P<marked>heures?|h)(?: pile| precises?)?",
    ),
    noon="midi(?: h)?|12 heures midi",
    midnight="minuit(?: h)?",
    periods=(
        (r"\b(?:du|le|ce|demain) matin\b|\bdans la matinee\b", "morning"),
        (r"\b(?:(?:de |dans )?l |cet |demain )?apresmidi\b", "afternoon"),
        (r"\b(?:du|le|ce|demain) soir\b|\bdans la soiree\b", "evening"),
        (r"\b(?:de|dans) la nuit\b|\bcette nuit\b", "night"),
    ),
    now="maintenant|tout de suite",
    units={
        **dict.fromkeys(("seconde", "secondes", "sec", "s"), 1),
        **dict.fromkeys(("minute", "minutes", "min", "mn", "m"), 60),
        **dict.fromkeys(("heure", "heures", "h"), 3600),
        **dict.fromkeys(("jour", "jours", "journee", "j"), 86400),
        **dict.fromkeys(("semaine", "semaines", "sem"), 604800),
    },
    and_="et",
    of_unit="de|d",
    fillers=listed(
        "a vers pour autour de aux environs sur les le la l on dit plutot je prefere ce serait c est ca va me convient"
        " disons alors bien parfait ok oui entre et ou jusqu aujourd hui demain peut etre environ mieux possible"
        " si pile vous nous se voit rendez vous"
    ),
    day_parts=r"(?!)",
)
