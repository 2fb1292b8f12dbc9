"""Portuguese days, times and lengths of time, of Brazil and of Portugal."""

from __future__ import annotations

from ringline.understanding.lexicons.calendar import Calendar, listed, numbered

CALENDAR = Calendar(
    rewrites=(
        (r"\b([ap])\. ?m\b\.?", r"\1m"),
        (r"\b([ap]) m\b", r"\1m"),
        (r"(\d)([ap])m\b", r"\1 \2m"),
        (r"\b(?:tres|3) quartos\b", "◕"),
        (r"\b(?:um )?quarto\b", "◔"),
        (r"\b(?:um[a]? )?mei[ao]\b(?! (?:dia|noite))", "◐"),
        (r"\bum par de\b", "2"),
        (r"\b(?:uma )?duzia de\b", "12"),
        (r"\b(?:uma )?dezena de\b", "10"),
        (r"\b(?:uma )?vintena de\b", "20"),
    ),
    spellings={},
    zeros=listed("zero"),
    suffixes="o|a",
    months=numbered("""
        janeiro, jan
        fevereiro, fev
        marco
        abril, abr
        maio
        junho, jun
        julho, jul
        agosto, ago
        setembro, set
        outubro, out
        novembro, nov
        dezembro, dez"""),
    weekdays=numbered(
        """segunda feira, segunda
        terca feira, terca
        quarta feira, quarta
        quinta feira, quinta
        sexta feira, sexta
        sabado
        domingo""",
        0,
    ),
    short_weekdays=numbered("seg\nter\nqua\nqui\nsex\nsab\ndom", 0),
    days={
        "hoje": 0,
        "hoje a noite": 0,
        "amanha": 1,
        "depois de amanha": 2,
        "ontem": -1,
        "anteontem": -2,
        "antes de ontem": -2,
    },
    holidays={
        "natal": (12, 25),
        "dia de natal": (12, 25),
        "vespera de natal": (12, 24),
        "reveillon": (12, 31),
        "vespera de ano novo": (12, 31),
        "ano novo": (1, 1),
    },
    the="no dia|ao dia|o dia|dia",
    of="de|do|do ano de|em",
    or_="ou|e|a|ao|ate",
    either="ou",
    next_before="(?:na |no |o |a )?(?:proximo|proxima)",
    next_after="que vem|proxim[ao]|seguinte",
    this_before="(?:nesta|neste|esta|este|nessa|nesse|essa|esse)",
    last_before="(?:na |no )?(?:ultim[ao])",
    last_after="passad[ao]|anterior",
    weeks_after={"em oito dias": 1},
    spans={"dia": 1, "dias": 1, "semana": 7, "semanas": 7, "quinzena": 15},
    months_unit="mes(?:es)?",
    years_unit="anos?",
    in_before="daqui a|daqui|dentro de|em|de hoje a",
    in_after="a partir de hoje|a contar de hoje",
    from_="a partir de|depois de",
    ago_before="ha|faz",
    ago_after="atras",
    not_exactly="qualquer|cada|toda|todas as|todo|antes|depois|exceto|excepto|menos|ate|desde|antes d(?:e|[ao]s?)"
    "|depois d(?:e|[ao]s?)|a partir d(?:e|[ao]s?)",
    this_month="(?:deste|desse|do|neste) mes(?: corrente)?",
    next_month="(?:do |no )?(?:mes que vem|proximo mes|mes seguinte)",
    next_week="(?:da |na )?(?:semana que vem|proxima semana|semana seguinte)",
    weekday_after_week=r"[\s,]+(?:na |de )?",
    at="as?|pelas?|por volta das?|la pelas|umas|uns",
    clock=(
        r"(?P<hour>\d{1,2})(?: horas?)? e (?P<half>◐)",
        r"(?P<hour>\d{1,2})(?: horas?)? e (?P<quarter>◔)",
        r"(?P<hour>\d{1,2})(?: horas?)? e (?P<three>◕)",
        r"(?P<hour>\d{1,2})(?: horas?)? (?P<to>menos) (?P<quarter>◔)",
        r"(?P<hour>\d{1,2})(?: horas?)? (?P<to>menos) (?P<minute>\d{1,2})",
        r"(?P<quarter>◔) (?P<to>para) (?:as? )?(?P<hour>\d{1,2})",
        r"(?P<minute>\d{1,2})(?: minutos)? (?P<to>para|pras?|pro) (?:as? |o )?(?P<hour>\d{1,2})",
        r"(?P<hour>\d{1,2})(?: horas?)? e (?P<minute>[0-5]?\d)(?: minutos)?",
        r"(?P<hour>\d{1,2})(?: horas?)? (?P<minute>0 \d|[1-5]\d)(?: minutos| horas)?",
        r"(?P<hour>\d{1,2}) ?(?P<marked>em ponto|horas?|hrs?|h)",
    ),
    noon="12 horas do meio dia|meio dia",
    midnight="meia noite",
    periods=(
        (r"\bam\b", "am"),
        (r"\bpm\b", "pm"),
        (r"\bda madrugada\b|\bde madrugada\b", "early"),
        (r"\b(?:da|de|pela) manha\b", "morning"),
        (r"\b(?:da|de|a|pela|hoje a|esta) tarde\b", "afternoon"),
        (r"\b(?:da|de|a|pela|hoje a|esta) noite\b", "night"),
    ),
    now="agora|agora mesmo|ja",
    units={
        **dict.fromkeys(("segundo", "segundos", "segundinho", "segundinhos", "seg", "s"), 1),
        **dict.fromkeys(("minuto", "minutos", "minutinho", "minutinhos", "min", "m"), 60),
        **dict.fromkeys(("hora", "horas", "horinha", "horinhas", "hr", "hrs", "h"), 3600),
        **dict.fromkeys(("dia", "dias", "d"), 86400),
        **dict.fromkeys(("semana", "semanas"), 604800),
    },
    and_="e|com",
    of_unit="de",
    fillers=listed(
        "a as o os pelas pela por volta das da de la umas uns umas lá acho que pode ser seria e ou ate entre para bom"
        " melhor prefiro quero fica bem me hoje amanha ponto em talvez cerca mais ou menos sim ok entao as"
    ),
    not_numbers=listed("uns umas segunda terca quarta quinta sexta"),
)
