"""German, of Germany, Austria and Switzerland."""

from __future__ import annotations

import re

from ringline.understanding.lexicons.lexicon import Cue, Lexicon, phrases, words

_RESPELLED = (("fuenf", "fünf"), ("zwoelf", "zwölf"), ("einstausend", "eintausend"))
_COMPANY = {
    "zweit": "zwei",
    "dritt": "drei",
    "viert": "vier",
    "fuenft": "fünf",
    "sechst": "sechs",
    "siebt": "sieben",
    "neunt": "neun",
    "zehnt": "zehn",
    "einhunderteins": "hunderteins",
}
"""Numbers in `zu dritt`."""


def _spelled(word: str) -> str:
    word = _COMPANY.get(word, word)
    for written, known in _RESPELLED:
        word = word.replace(written, known)
    return word


_UNITS = ("zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwoelf")
_TIMES = {f"{unit}mal": float(n) for n, unit in enumerate(_UNITS, 2)}
_HALVED = {f"{unit}{joint}einhalb": n + 0.5 for n, unit in enumerate(_UNITS, 2) for joint in ("", "und")}

_CUES: dict[str, Cue] = {
    **phrases(
        "yes",
        """ja, jaa, j, jap, jep, jepp, jup, jupp, jo, joa, jawohl, jawoll, jawoi, yes, yep, yeah, ja gern,
        ja gerne, ja klar, ja natuerlich, ja sicher, ja genau, ja eh, eh klar, eh ja, ja doch, doch, doch doch,
        aber ja, aber ja doch, aber sicher, aber klar, aber gerne, gern, gerne, sehr gern, sehr gerne,
        liebend gern, liebend gerne, klar, na klar, klaro, alles klar, klar doch, ist klar, na sicher, na logo,
        logo, logisch, natuerlich, selbstverstaendlich, selbstredend, freilich, auf jeden fall, aufjedenfall,
        auf alle faelle, jedenfalls ja, unbedingt, absolut, definitiv, bestimmt, ganz bestimmt, sicher,
        ganz sicher, sicherlich, aber natuerlich, genau, ganz genau, exakt, richtig, das ist richtig, stimmt,
        das stimmt, stimmt genau, stimmt so, korrekt, das ist korrekt, so ist es, das trifft zu, trifft zu,
        einverstanden, ich bin einverstanden, bin einverstanden, bin dabei, ich bin dabei, wir sind dabei,
        ich komme, wir kommen, ich werde da sein, werde da sein, kein problem, gar kein problem,
        ueberhaupt kein problem, keine frage, kein ding, kein thema, ohne zweifel, zweifellos, ohne frage,
        warum nicht, warum auch nicht, keine einwaende, wieso nicht, spricht nichts dagegen, nichts dagegen,
        hab nichts dagegen,
        ich habe nichts dagegen, von mir aus, von mir aus gern, meinetwegen, passt schon, passt mir, das passt,
        passt gut, passt perfekt, das passt mir, passt fuer mich, bestaetigt, bestaetige, ich bestaetige,
        positiv, bis dann, bis dahin, kann es kaum erwarten, ich bitte darum, mit vergnuegen, 👍, 👌, ✅, ✔, 💯, 🙌,
        🆗, ☑""",
    ),
    **phrases(
        "no",
        """nicht dass ich wuesste, nicht meines wissens, nicht das ich wuesste,
        nein, n, na na, nee, ne, noe, nope, no, naa, ja nein, nein danke, ne danke, nee danke, danke nein,
        nein leider nicht, leider nein, leider nicht, leider nee, lieber nicht, besser nicht, eher nein,
        natuerlich nicht, sicher nicht, ganz sicher nicht, bestimmt nicht, gewiss nicht, auf keinen fall,
        auf gar keinen fall, aufkeinenfall, keinesfalls, keineswegs, mitnichten, unter keinen umstaenden,
        ueberhaupt nicht, gar nicht, absolut nicht, definitiv nicht, niemals, nie, nie im leben,
        nie und nimmer, nimmer, noch nicht, nicht mehr, jetzt nicht, heute nicht, diesmal nicht,
        momentan nicht, im moment nicht, gerade nicht, zurzeit nicht, stimmt nicht, das stimmt nicht,
        stimmt so nicht, stimmt gar nicht, das ist nicht richtig, nicht richtig, das ist falsch, ist falsch,
        das ist nicht korrekt, nicht korrekt, ich glaube nicht, glaube nicht, glaub nicht, glaub ich nicht,
        glaube ich nicht, das glaube ich nicht, ich denke nicht, denke nicht, denk nicht, denke ich nicht,
        ich glaube kaum, wohl nicht, wohl kaum, kaum, eher nicht, nicht wirklich, nicht ganz, nicht unbedingt,
        nicht direkt, nicht so ganz, ich bezweifle es, das bezweifle ich, bezweifle ich, kommt nicht in frage,
        kommt gar nicht in frage, ausgeschlossen, negativ, kein interesse, kein bedarf, keinen bedarf, keine lust,
        keine zeit, nicht interessiert, nicht noetig,
        muss nicht sein, braucht es nicht, passt nicht, passt mir nicht, das passt nicht, das passt mir nicht,
        passt leider nicht, geht nicht, geht leider nicht, das geht nicht, das geht leider nicht, klappt nicht,
        das klappt nicht, unmoeglich, das ist unmoeglich, vergiss es, nicht einverstanden, 👎, ❌, ✖, 🚫, 🙅""",
    ),
    **phrases(
        "weak_yes",
        """ok, okay, okey, oki, okidoki, in ordnung, ist in ordnung, das ist in ordnung, geht in ordnung,
        alles klar, gut, na gut, sehr gut, schoen, super, prima, perfekt, wunderbar, toll, klasse, passt, geht,
        geht klar, das geht, klappt, das klappt, abgemacht, gemacht, wahr, fein, jawohl, bitte, ich kann,
        ich will, ich moechte, moechte ich, kann ich, will ich, mach ich, machen wir, bin ich, hab ich,
        habe ich""",
    ),
    **phrases("weak_no", "falsch, nicht, leider, tut mir leid, inkorrekt, unwahr, keine, keiner, nichts, kein"),
    **phrases(
        "hedged_yes",
        """ich bin sicher, ich bin mir sicher, da bin ich sicher, da bin ich mir sicher,
        ich glaube schon, glaube schon, glaub schon, ich glaube ja, glaube ja, ich denke ja, denke ja,
        ich denke schon, denke schon, denk schon, denk ich schon, glaub ich schon, ich denke, ich glaube,
        eher ja, eher schon, schon eher, vermutlich, vermutlich ja, wahrscheinlich, wahrscheinlich ja,
        wahrscheinlich schon, hoechstwahrscheinlich, wohl schon, wohl ja, ich nehme an, ich hoffe,
        ich hoffe ja, ich hoffe es, hoffentlich, hoffe ich, im prinzip ja, grundsaetzlich ja,
        grundsaetzlich schon, jein eher ja""",
    ),
    **phrases(
        "hedged_no",
        (
            "vermutlich nicht, wahrscheinlich nicht, ich hoffe nicht, hoffentlich nicht, vermutlich "
            "nein, wahrscheinlich nein, im prinzip nein"
        ),
    ),
    **phrases(
        "maybe",
        """vielleicht, eventuell, evtl, kann sein, koennte sein, mag sein, kann schon sein, na ja, womoeglich, moeglich,
        moeglicherweise, ist moeglich, mal sehen, mal schauen, schauen wir mal, schau ma mal,
        muss ich ueberlegen, muss ich noch ueberlegen, ich ueberlege noch, unter umstaenden""",
    ),
    **phrases(
        "dont_know",
        """weiss nicht, weiss ich nicht, ich weiss nicht, ich weiss es nicht, weiss ich noch nicht,
        ich weiss es noch nicht, weiss noch nicht, das weiss ich nicht, k a, ka, kp, keine ahnung, keinen plan,
        kein plan, keinen schimmer, keine idee, ich bin mir nicht sicher, bin mir nicht sicher,
        bin nicht sicher, nicht sicher, ich bin nicht sicher, unsicher, kommt drauf an, kommt darauf an,
        das kommt drauf an, das kommt darauf an, je nachdem, schwer zu sagen, kann ich nicht sagen,
        das kann ich nicht sagen, jein, weder noch, unentschlossen, unentschieden, wer weiss, noch unklar, 🤷,
        🤔""",
    ),
}

_MODAL = (
    "kann|koennen|will|wollen|moechte|moechten|komme|kommen|schaffe|schaffen|werde|werden"
    "|darf|brauche|habe|hab|bin|mag|mache|nehme"
)
_TO_SAY = (
    "sagen|antworten|beantworten|verraten|angeben|nennen|preisgeben|mitteilen|erzaehlen|auskunft "
    "geben|herausgeben|geben"
)
_WHO = (
    "person|mensch|menschen|mitarbeiter|mitarbeiterin|berater|beraterin|kollegen|kollegin"
    "|agent|agenten|operator|sachbearbeiter|kundenberater|jemandem|jemand|jemanden"
)

LEXICON = Lexicon(
    numbers="de",
    silence=words("aeh aehm oeh oehm hm hmm m mm mhm um uh uhm ah oh ach naja tja also"),
    politeness=words(
        "bitte danke hallo servus gruess guten tag dankeschoen herzlichen dank sehr halt mal nun "
        "eben einfach nur dann ihnen gott vielen na"
        " leider noch"
    ),
    courtesies=re.compile(
        r"\b(?:bitte (?:schoen|sehr)|danke (?:schoen|sehr)|vielen (?:lieben )?dank|besten dank"
        r"|herzlichen dank|guten (?:tag|morgen|abend)|gruess gott)\b"
    ),
    cues=_CUES,
    sentences=(
        (re.compile(r"\b(?:sage?|wuerde|wuerd)(?: ich)?(?: da| dazu)? (?:nicht|nie) nein(?: sagen)?\b"), "hedged_yes"),
        (
            re.compile(
                r"^(?:das|es) (?:waere|klingt|hoert sich|finde ich) (?:\w+ )?(?:gut|super|toll|schoen|prima"
                r"|perfekt|klasse|ideal|nett)\b(?! aber)"
            ),
            "yes",
        ),
        (
            re.compile(r"\bkann (?:ich )?(?:\w+ )*nicht (?:sagen|beurteilen|einschaetzen|entscheiden|garantieren)\b"),
            "dont_know",
        ),
        (
            re.compile(
                r"\b(?:ich |wir |das |es |da )?(?:bin|sind) (?:ich |wir )?(?:mir |uns )?(?:da )?(?:noch "
                r"|leider |nicht |gar |so |ganz )*(?:nicht|un) ?(?:so |ganz )?sicher\b(?: ob)?.*"
            ),
            "dont_know",
        ),
        (
            re.compile(
                r"\bweiss (?:ich |es |das |wir )*(?:leider |noch |gerade |jetzt |so |gar |echt |wirklich )*nicht\b.*"
            ),
            "dont_know",
        ),
        (
            re.compile(
                rf"\b(?:{_MODAL}) (?:ich |wir |das |da |es )*(?:\w+ )?(?:da |leider |noch |gar |ueberhaupt "
                rf"|auch )*(?:nicht|nichts|kein|keine|keinen)\b(?! (?:warten|erwarten|anders|dagegen|sicher)).*"
            ),
            "no",
        ),
        (
            re.compile(
                r"\b(?:das|es) (?:ist|war|geht|passt|klappt|stimmt|funktioniert|gefaellt) (?:mir |uns |bei "
                r"mir |fuer mich )?(?:ja |so |leider |gar |noch |heute |da )*nicht\b.*"
            ),
            "no",
        ),
        (re.compile(r"\b(?:glaube|denke|meine|finde) (?:ich )?(?:das |es )?(?:eher |leider |mal )*nicht\b.*"), "no"),
    ),
    edge=words("ja jo joa doch ne na n j no gut geht passt"),
    unturned=words("ja doch jo genau klar gerne gern"),
    negations=words("nicht kein keine keinen keiner keines keinem nie niemals weder ohne"),
    corrections=re.compile(
        r"[\s,.;…-]*\b(?:(?:nein|nee|ne|ach),? (?:moment|warte|warten sie|halt|entschuldigung|sorry"
        r"|quatsch|ich meine|doch|stopp|pardon|verzeihung|lieber|nein|ne|nee)(?= )"
        r"|moment,? nein|warte,? nein|halt,? nein|(?:nein|nee),? (?:also|na gut|obwohl)|entschuldigung"
        r"|entschuldigen sie|tschuldigung|sorry"
        r"|verzeihung|pardon|ich meine|ich mein|ich meinte|meine ich|quatsch|vielmehr"
        r"|besser gesagt|genauer gesagt|korrigiere|korrektur|ich korrigiere|moment(?: mal)?|warte(?: "
        r"mal)?|halt stopp|oder eher|oder besser|doch lieber|oder doch|ich hab mich versprochen"
        r"|versprochen"
        r"|falsch,|ups|eigentlich(?= (?:doch|eher|nein|ja))|sondern|stattdessen)\b[\s,.;:…-]*"
    ),
    bare_correction=re.compile(r"[\s,.;…-]+\b(?:nein|nee|ne|noe|doch)\b[\s,.;…-]+"),
    modifiers=words("aber ausser nur falls wenn jedoch"),
    dont_know=re.compile(
        r"\b(?:woher soll ich (?:das|es|so was|sowas) (?:denn )?wissen|ueberfragt"
        r"|weiss (?:(?:ich|es|das|wir|ichs|den|die|der|leider|noch|gerade|jetzt|so|gar|auch|echt"
        r"|wirklich|genau) )*(?:nicht|nimmer)|(?:k a|ka|kp)$|keine? (?:ahnung|idee)|keinen? (?:plan"
        r"|schimmer|blassen)"
        r"|(?:nicht|un) ?(?:so |ganz |wirklich |hundertprozentig )*sicher|kommt (?:ganz )?(?:drauf"
        r"|darauf) an|je nachdem|schwer zu sagen|unentschlossen|unentschieden|vergessen"
        r"|(?:erinnere|entsinne) (?:ich )?mich (?:daran )?(?:leider |gerade )*nicht|(?:faellt|fallt) "
        r"mir (?:gerade |jetzt |leider )*nicht ein|kann (?:ich )?(?:das |es |mich )?(?:so |jetzt "
        r"|leider |noch |gerade )*nicht"
        r" (?:sagen|entscheiden|erinnern|einschaetzen|beurteilen)|nicht auswendig|muss ich (?:erst )?nachsehen)\b|🤷|🤔"
    ),
    refused=re.compile(
        rf"\b(?:(?:moechte|will|mag|werde|wuerde) (?:ich )?(?:das |es |dazu |darauf |darueber |ihnen "
        rf"|dir |meine? \w+ |lieber |jetzt |hier |eigentlich |gerne? )*(?:nicht|nichts|keine) (?:\w+ "
        rf")?(?:{_TO_SAY}|reden|sprechen(?! mit))"
        r"|(?:das )?geht (?:sie|dich|euch|niemanden) (?:gar |ueberhaupt )?(?:nichts|nix) an|kein "
        r"kommentar|keine angabe(?:n)?|(?:das )?ist (?:mir )?(?:zu )?(?:privat|persoenlich"
        r"|vertraulich)(?:sache)?"
        r"|(?:sage|sag|verrate|antworte|beantworte) (?:ich )?(?:das |es |ihnen |dir |darauf |lieber "
        r")*nicht|verweigere|lieber nicht (?:sagen|antworten|verraten|beantworten))\b"
    ),
    meta={
        "repeat": re.compile(
            r"(?:entschuldigung |sorry |hae )?(?:wie bitte|was|hae|bitte was|wie|was bitte|bitte(?: "
            r"nochmal| noch mal)|nochmal|noch mal|noch ?einmal|nochmals|was haben sie gesagt|was hast du "
            r"gesagt|was war das|was meinten sie|wie war das"
            r"|wie war die frage|was war die frage|wie lautet die frage|(?:bitte )?wiederholen|wiederhole"
            r"|(?:bitte )?wiederholung|entschuldigung|pardon|welche (?:auswahl|moeglichkeiten|optionen) "
            r"(?:gibt es|habe ich|gab es|waren das))(?: bitte)?(?: gesagt)?"
        ),
        "slower": re.compile(
            r"(?:(?:koennen|koennten) sie |kannst du |sprechen sie |sprich |reden sie |geht (?:es|das) "
            r")?(?:bitte )?(?:etwas |ein bisschen |ein wenig |auch )?(?:langsamer|langsam|nicht so "
            r"schnell)(?: (?:sprechen|reden|bitte))*"
            r"|(?:sie (?:sprechen|reden)|das war|das ist) (?:mir )?(?:zu|viel zu) schnell"
        ),
        "help": re.compile(
            r"hilfe|hilf mir|helfen sie mir|ich brauche hilfe|brauche hilfe|(?:das |die frage "
            r")?(?:verstehe|versteh|kapiere) (?:ich )?(?:das |die frage |sie |es )?nicht|ich (?:verstehe"
            r"|versteh|kapiere|habe?) (?:das |die frage |sie |es )?nicht(?: verstanden)?"
            r"|nicht verstanden|was (?:bedeutet|heisst|soll) (?:das|denn das)(?: (?:heissen|bedeuten"
            r"|denn))?|was (?:meinen sie|meinst du)(?: damit)?|wie meinen sie das|wer ist da|wer sind sie"
            r"|wer spricht|worum geht es|worum gehts"
            r"|was ist das(?: hier)?|optionen|welche optionen|info|(?:koennen|koennten) sie (?:mir "
            r")?(?:das|die frage) erklaeren"
        ),
        "operator": re.compile(
            r"(?:(?:ich (?:will|moechte|brauche|haette gern)) )?"
            rf"(?:ein |eine |einen |der |die |den )?(?:echten? |richtigen? |echter |lebenden? )?(?:{_WHO}"
            rf"|operator)|kundendienst|kundenservice|vermittlung|zentrale"
        ),
        "skip": re.compile(
            r"(?:(?:die|diese) )?(?:frage )?(?:ueberspringen|ueberspring|weiter|skip|weglassen|auslassen"
            r"|passe|ich passe)|(?:zur |die )?naechsten?(?: frage)?|weiter zur naechsten(?: frage)?"
            r"|(?:bitte )?(?:diese )?(?:frage )?ueberspringen"
            r"|ich (?:moechte|will) (?:die|diese) frage ueberspringen|ueberspringen wir (?:das|die frage)"
            r"|lassen wir aus"
        ),
        "back": re.compile(
            r"(?:(?:gehen sie|geh|bitte|noch ?mal|noch einmal|lieber|wieder|kurz) )*(?:zurueck|eins zurueck"
            r"|eine frage zurueck|einen schritt "
            r"zurueck)(?: (?:zur|zu der) (?:(?:vorherigen|letzten|vorigen) )?(?:frage|vorherigen))?"
            r"|(?:die )?(?:vorherige|vorige)(?: frage)?|zur (?:vorherigen|vorigen|letzten) frage(?: "
            r"zurueck)?"
            r"|rueckgaengig|ich (?:moechte|will) zurueck"
        ),
        "stop": re.compile(
            r"ich (?:will|moechte) nicht (?:weitermachen|mehr weitermachen|fortfahren)|"
            r"stopp?|aufhoeren|hoer(?:en sie)? auf|ende|beenden|schluss|abbrechen|abbruch|auflegen"
            r"|tschuess|auf wiederhoeren|(?:ich (?:moechte|will) )?(?:das |dieses |die )?(?:gespraech"
            r"|telefonat|umfrage|interview|anruf)?(?: )?(?:jetzt )?(?:beenden|abbrechen|aufhoeren|auflegen"
            r"|schluss machen)"
            r"|lassen sie mich in ruhe|lass mich in ruhe|abmelden"
        ),
        "hold": re.compile(
            r"(?:warten sie |warte |nur |bitte |kleinen |kleiner )?(?:(?:ein|einen|eine|ne|nen|1|kurzen) "
            r")?(?:kleinen |kurzen )?(?:moment|augenblick|sekunde|minute|minuetchen|sekuendchen"
            r"|momentchen)(?: (?:bitte|mal|noch|geduld))*|warten sie(?: (?:kurz|bitte|mal))*|warte(?: "
            r"(?:kurz|mal))*|bleiben sie dran|kurz warten|halt|bin gleich (?:da|zurueck)"
        ),
    },
    meta_within={
        "repeat": re.compile(
            r"(?:koennen|koennten|wuerden) sie (?:das |die frage |es )?(?:bitte )?(?:noch ?mal|noch "
            r"einmal) (?:sagen|stellen|vorlesen)|was (?:waren|sind) (?:noch (?:ein)?mal )?(?:die|meine) "
            r"(?:moeglichkeiten|optionen|auswahl)|(?:kannst|koenntest) du (?:das )?(?:noch ?mal|noch "
            r"einmal) sagen|"
            r"\b(?:(?:koennen|koennten|wuerden) sie .*wiederholen|(?:kannst|koenntest) du .*wiederholen"
            r"|wiederholen sie|(?:sagen|sag) (?:sie )?(?:das |es )?(?:bitte )?(?:noch ?mal|noch einmal)"
            r"|(?:habe?|hab) (?:sie |dich |das |ich )*(?:leider |akustisch )*nicht (?:gehoert|gehort)"
            r"|nicht gehoert$|(?:frage|auswahl|optionen) (?:bitte )?(?:noch ?mal|noch einmal|wiederholen))"
        ),
        "slower": re.compile(
            r"\b(?:langsamer (?:sprechen|reden)|(?:sprechen|reden) sie (?:bitte )?(?:etwas )?langsamer)\b"
        ),
        "operator": re.compile(
            rf"\b(?:(?:mit|an) (?:ein(?:em|er|en)? |der |dem |den )?(?:echten |richtigen |anderen "
            rf"|lebenden )?(?:{_WHO})(?: \w+)? (?:sprechen|reden|verbinden|verbunden|telefonieren)"
            rf"|(?:echten|richtigen) (?:{_WHO})"
            rf"|verbinden sie mich (?:bitte )?(?:mit (?:\w+ )?\w+|weiter)|(?:stellen sie mich (?:bitte "
            rf")?durch|durchstellen|weiterverbinden)|(?:{_WHO}) sprechen|mit (?:jemandem|jemanden|jemand) "
            rf"(?:sprechen|reden))\b"
        ),
        "skip": re.compile(r"\b(?:diese|die) frage (?:bitte )?ueberspringen\b"),
        "back": re.compile(r"\b(?:zurueck zur|zur) (?:vorherigen|vorigen|letzten) frage\b"),
        "stop": re.compile(
            r"\b(?:gespraech|telefonat|umfrage|anruf|interview) (?:jetzt )?(?:bitte )?(?:beenden|abbrechen)\b"
        ),
        "hold": re.compile(r"^(?:warten sie|warte) (?:bitte )?(?:kurz|einen moment|einen augenblick)\b"),
        "help": re.compile(
            r"\b(?:verstehe|versteh|habe) (?:ich )?(?:die|ihre) frage (?:leider )?nicht\b|\bwas (?:meinen "
            r"sie|meinst du)\b"
        ),
    },
    hedges=words("vielleicht glaube glaub denke vermutlich wahrscheinlich eventuell moeglicherweise wohl schaetze"),
    approximations=words(
        "ungefaehr circa ca etwa rund fast um knapp gut mindestens hoechstens maximal minimal ueber "
        "unter beinahe so zirka"
    ),
    zero=re.compile(r"\b(?:keine?[rnms]?|nicht (?:eine?[rs]?|ein einzige[rs]?|eine einzige)$|nichts|niemand|null)\b"),
    minus=words("minus negativ"),
    half=words("halb halbe halbes halber halben"),
    amounts={
        "dutzend": 12,
        "anderthalb": 1.5,
        "eineinhalb": 1.5,
        "einundeinhalb": 1.5,
        **_HALVED,
        **_TIMES,
        "eine": 1,
        "einen": 1,
        "einem": 1,
        "einer": 1,
        "eines": 1,
    },
    multiples={"dutzend": 12},
    quarter=words("viertel"),
    joints=frozenset({"und ein", "und ne", "und eine", "ein", "und"}),
    scales={
        "hundert": 100,
        "tausend": 1000,
        "k": 1000,
        "million": 1_000_000,
        "millionen": 1_000_000,
        "mio": 1_000_000,
        "milliarde": 1_000_000_000,
        "milliarden": 1_000_000_000,
    },
    of_total=re.compile(r"\s*(?:/|\bvon\b|\bvon insgesamt\b|\baus\b|\bauf\b)\s*(?:den )?$"),
    not_numbers=words(""),
    pronoun=words(""),
    ordinal_frame=words(
        "option nummer antwort buchstabe moeglichkeit wahl die der das den dem ich nehme moechte "
        "will haette gern gerne fuer bin waere ist es wuerde sagen dann"
    ),
    last=words("letzte letzter letztes letzten letztere"),
    both=re.compile(
        r"(?:beide|beides|alle(?: (?:drei|vier|beide))?|alles|egal|ist mir egal|mir egal|egal welche\w*|jede[sr]?)"
    ),
    neither=re.compile(r"(?:kein(?:e|er|es|s)(?: (?:von|der) (?:beiden|denen|diesen))?|nichts(?: davon)?|weder noch)"),
    stopwords=words(
        "mag gefaellt ein eine einen einem einer eines der die das den dem des am im an in um zu zum zur von vom "
        "mit fuer und oder auch es ich wir sie er du mir mich"
        " mein meine meinen meiner ist sind war bin habe hab haben hat moechte will wuerde wuerd "
        "kann koennen nehme haette gern gerne bitte danke glaube"
        " denke ja nein nicht so wie was als option nummer besser lieber noch mehr etwas wegen ueber auf"
    ),
    umlauts=True,
    decimal=",",
    ordinal_suffix="te|ter|tes|ten|e",
    spelled=_spelled,
    declined=re.compile(
        r"\b(?:nicht$|nicht (?:bitte|so gern|gern|gerne)$|(?:geht|passt|klappt|geht bei mir|passt mir"
        r"|kann ich|will ich|moechte ich|mag ich|nehme ich|gefaellt mir)(?: \w+)? nicht\b|lieber "
        r"nicht$|nein$|auf keinen fall$)"
    ),
    possessives=words("mein meine meinen meinem meiner unser unsere"),
    between=words("zwischen"),
    conjunctions=words("und"),
    alternatives=words("oder bis noch"),
    articles=words("ein eine einen einem einer eines"),
    counted=words(
        "person kind sohn tochter jahr mal tag nacht stunde monat woche minute erwachsener "
        "erwachsene bruder schwester hund katze auto karte ticket gast platz"
    ),
    number_frame=words("die der das den dem"),
    below_zero=re.compile(r"(?:grad )?unter null\b"),
    sounds=(
        (re.compile(r"([^\W\d_])\1"), r"\1"),
        (re.compile("ph|v"), "f"),
        (re.compile("dt"), "t"),
        (re.compile("(?<=[aeiou])h"), ""),
        (re.compile("ck"), "k"),
        (re.compile("ae"), "e"),
        (re.compile("ie"), "i"),
        (re.compile("tz"), "z"),
    ),
    idioms=re.compile(
        r"\b(?:(?:beim|zum|das|dem|diese[sm]|jede[sn]?) (?:\w+n|\w+te) mal|unter vier augen"
        r"|(?<!eine )acht (?:gegeben|geben|zu geben)|(?:gib|gebt|gebe|geben sie) acht|auf einmal|siebten? himmel"
        r"|alle (?:neune|viere)|allen vieren|null und nichtig|null komma nichts|eine[rs]? (?:der"
        r"|von (?:den|diesen|meinen|unseren))|erste hilfe|zwei linke haende|sieben sachen|tausend dank)\b"
    ),
    open_ended=re.compile(
        r"\b(?:(?:mehr|weniger|groesser|kleiner|hoeher|niedriger|laenger|kuerzer|aelter|juenger) als"
        r"|ueber|unter|mindestens|hoechstens|maximal|minimal|bis zu)\s*$"
    ),
    excepting=re.compile(r"\b(?:ausser|bis auf|(?:nur|bloss) nicht)(?: dem| der| den| das| die| am)?$"),
    reported=re.compile(
        r"\b(?:(?:mein|meine|der|die|das|unser|unsere|sein|seine|ihre?) \w+|er|sie|man) (?:sagt|sagte"
        r"|sagten|meint|meinte|meinten|glaubt|(?:hat|haben) (?:\w+ )*(?:gesagt|gemeint))\b"
    ),
    unwilling=re.compile(
        r"(?:nein )?(?:(?:ich )?(?:moechte|will|wuerde|mag)(?: ich)? )?(?:das )?(?:lieber|eher) nicht"
        r"|(?:das )?(?:ich )?(?:moechte|will|mag)(?: ich)?(?: das)? nicht|ungern"
    ),
    loose=words("paar"),
)
