"""Spanish days, times and lengths of time."""

from __future__ import annotations

from ringline.understanding.lexicons.calendar import Calendar, listed, numbered

CALENDAR = Calendar(
    rewrites=(
        (r"\b([ap])\. ?m\b\.?", r"\1m"),
        (r"\b([ap]) m\b", r"\1m"),
        (r"(\d)([ap])m\b", r"\1 \2m"),
        (r"\b(?:tres|3) cuartos\b", "◕"),
        (r"\b(?:un )?cuarto\b(?! de (?:bano|estar))", "◔"),
        (r"\b(?:un[ao]? )?medi[ao]\b(?! (?:dia|noche))", "◐"),
        (r"\bun par de\b", "2"),
        (r"\b(?:una )?docena de\b", "12"),
        (r"\b(?:una )?decena de\b", "10"),
        (r"\b(?:una )?quincena de\b", "15"),
        (r"\b(?:una )?veintena de\b", "20"),
    ),
    spellings={"diesiseis": "dieciséis", "dieciseis": "dieciséis"},
    zeros=listed("cero"),
    suffixes="ro|er|do|to|mo|vo|o|a",
    months=numbered("""
        enero, ene
        febrero, feb
        marzo
        abril, abr
        mayo
        junio, jun
        julio, jul
        agosto, ago
        septiembre, setiembre, sept, sep
        octubre, oct
        noviembre, nov
        diciembre, dic"""),
    weekdays=numbered("lunes\nmartes\nmiercoles\njueves\nviernes\nsabado, sabados\ndomingo, domingos", 0),
    short_weekdays=numbered("lun\nmar\nmie, mier\njue\nvie\nsab\ndom", 0),
    days={
        "hoy": 0,
        "hoy mismo": 0,
        "esta noche": 0,
        "manana": 1,
        "pasado manana": 2,
        "ayer": -1,
        "anteayer": -2,
        "antes de ayer": -2,
        "antier": -2,
    },
    holidays={
        "navidad": (12, 25),
        "dia de navidad": (12, 25),
        "nochebuena": (12, 24),
        "nochevieja": (12, 31),
        "fin de ano": (12, 31),
        "ano nuevo": (1, 1),
        "dia de reyes": (1, 6),
        "san valentin": (2, 14),
    },
    the="el dia|el|dia|del",
    of="de|del|del ano",
    or_="o|u|y|a|al|hasta",
    either="o|u",
    next_before="(?:el |la )?(?:proximo|proxima|siguiente)",
    next_after="que viene|que entra|proximo|siguiente",
    this_before="este",
    last_before="(?:el )?ultimo",
    last_after="pasado|que paso|anterior",
    weeks_after={"en ocho": 1, "en 8": 1, "en 8 dias": 1, "en quince": 2, "en 15": 2, "en 15 dias": 2},
    spans={"dia": 1, "dias": 1, "semana": 7, "semanas": 7, "quincena": 15},
    months_unit="mes(?:es)?",
    years_unit="anos?",
    in_before="dentro de|en|de aqui a|de aqui en|de hoy en|de hoy a",
    in_after="a partir de hoy|desde hoy|contando desde hoy",
    from_="a partir del?|desde(?: el)?|despues del?",
    ago_before="hace",
    ago_after="atras|antes",
    not_exactly="cualquier|cada|todos los|algun|pero no|antes|despues|excepto|salvo|menos|hasta|desde"
    "|antes del?|despues del?|a partir del?",
    this_month="(?:este|del?(?: presente)?) mes(?: actual| en curso)?|el corriente",
    next_month="(?:el |del )?(?:mes que viene|mes que entra|proximo mes|mes proximo|mes siguiente)",
    next_week="la semana que viene|la semana que entra|la proxima semana|la semana proxima|la semana siguiente"
    "|semana que viene|proxima semana",
    weekday_after_week=r"[\s,]+(?:de )?(?:el )?",
    at="a las?|a eso de las?|sobre las?|hacia las?|tipo|las?",
    clock=(
        r"(?P<hour>\d{1,2})(?: horas)? y (?P<half>◐)",
        r"(?P<hour>\d{1,2})(?: horas)? y (?P<quarter>◔)",
        r"(?P<hour>\d{1,2})(?: horas)? (?:y )?(?P<three>◕)",
        r"(?P<hour>\d{1,2})(?: horas)? (?P<to>menos) (?P<quarter>◔)",
        r"(?P<hour>\d{1,2})(?: horas)? (?P<to>menos) (?P<minute>\d{1,2})",
        r"(?P<quarter>◔) (?P<to>para) las? (?P<hour>\d{1,2})",
        r"(?P<minute>\d{1,2})(?: minutos)? (?P<to>para) las? (?P<hour>\d{1,2})",
        r"(?P<hour>\d{1,2})(?: horas?)? (?:y|con) (?P<minute>[0-5]?\d)(?: minutos)?(?! (?:de la|del|am|pm)\b.* y )",
        r"(?P<hour>\d{1,2})(?: horas?)? (?P<minute>0 \d|[1-5]\d)(?: minutos| horas)?",
        r"(?P<hour>\d{1,2}) ?(?P<marked>en punto|horas|hrs?|h)",
    ),
    noon="(?:las )?12 del? (?:mediodia|medio dia)|mediodia|medio dia",
    midnight="(?:las )?12 de la (?:medianoche|media noche|noche)|medianoche|media noche",
    periods=(
        (r"\bam\b", "am"),
        (r"\bpm\b", "pm"),
        (r"\b(?:de|por|en) la madrugada\b|\bde madrugada\b", "early"),
        (r"\b(?:de|por|en) la manana\b", "morning"),
        (r"\bdel (?:mediodia|medio dia)\b", "noon"),
        (r"\b(?:de|por|en) la tarde\b|\besta tarde\b", "afternoon"),
        (r"\b(?:de|por|en) la noche\b|\besta noche\b", "night"),
    ),
    now="ahora|ahora mismo|ya",
    units={
        **dict.fromkeys(("segundo", "segundos", "segundito", "segunditos", "seg", "segs", "s"), 1),
        **dict.fromkeys(("minuto", "minutos", "minutito", "minutitos", "min", "mins", "m"), 60),
        **dict.fromkeys(("hora", "horas", "horita", "horitas", "hr", "hrs", "h"), 3600),
        **dict.fromkeys(("dia", "dias", "d"), 86400),
        **dict.fromkeys(("semana", "semanas", "sem"), 604800),
    },
    and_="y|con",
    of_unit="de",
    fillers=listed(
        "a las la los el eso de sobre hacia tipo por en como unas unos mas menos seria es son puede ser me viene va"
        " bien mejor pues que si vale creo diria digamos quedamos nos vemos hoy manana entre y o u hasta"
        " desde ponga pongame"
        " quiero prefiero bueno perfecto aproximadamente cerca hora punto"
    ),
    day_parts=r"\b(?:por|de|en) la manana\b|\b(?<=manana )temprano\b",
    not_numbers=listed("unos unas"),
)
