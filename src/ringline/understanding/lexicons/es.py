"""Spanish, of Spain and of Latin America."""

from __future__ import annotations

import re

from ringline.understanding.lexicons.lexicon import Cue, Lexicon, phrases, words

_SPELLED = {
    "veintidos": "veintidós",
    "veintitres": "veintitrés",
    "veintiseis": "veintiséis",
    "veintiun": "veintiuno",
    "noveno": "novena",
    "primer": "primero",
    "segundo": "segunda",
    "tercer": "tercero",
    "decimo": "décimo",
    "decima": "décima",
    "septimo": "séptimo",
    "septima": "séptima",
}

_CUES: dict[str, Cue] = {
    **phrases(
        "yes",
        """si, s, sip, sep, sipi, see, sip claro, claro, clarin, claro que si, por supuesto, por supuesto que si,
        desde luego, desde luego que si, asi es, correcto, es correcto, exacto, exactamente, efectivamente, cierto,
        es cierto, afirmativo, como no, sin problema, sin problemas, ningun problema, no hay problema, no es problema,
        no hay ningun problema, no tengo problema, no tengo inconveniente, ningun inconveniente, sin duda, sin dudas,
        sin duda alguna, no hay duda, no cabe duda, no lo dude, no lo dudes, por que no, y por que no,
        no veo por que no, obvio, obviamente, naturalmente, seguro que si, totalmente, absolutamente, ya lo creo,
        con gusto, con mucho gusto, encantado, encantada, eso es, me parece bien, me parece perfecto, me viene bien,
        me va bien, me sirve, me queda bien, estoy de acuerdo, cuenta conmigo, cuente conmigo, cuenten conmigo,
        ahi estare, alli estare, alla estare, ahi estaremos, alli estaremos, nos vemos alli, nos vemos ahi,
        lo confirmo, confirmo, confirmado, confirmada, no puedo esperar, no faltaba mas, no me importa, faltaria mas,
        dale, sale y vale, simon, ya estas, que si, si quiero, si puedo, si tengo, yo si,
        no estaria mal, 👍, 👌, ✅, ✔, 💯, 🙌, 🆗, ☑""",
    ),
    **phrases(
        "no",
        """no, n, nop, nope, nel, ne, nanai, no gracias, que no, claro que no, por supuesto que no, desde luego que no,
        seguro que no, obvio que no, en absoluto, absolutamente no, para nada, de nada sirve, que va,
        de ninguna manera, de ningun modo, en modo alguno, ni hablar, ni de broma, ni loco, ni loca, ni de chiste,
        ni en suenos, ni pensarlo, ni modo, nunca, jamas, nunca jamas, todavia no, aun no, ahora no, hoy no, ya no,
        tampoco, negativo, creo que no, me parece que no, pienso que no, diria que no, yo diria que no, no creo,
        no lo creo, no lo veo, lo dudo, lo dudo mucho, mejor no, mas bien no, la verdad es que no, la verdad no,
        no puedo, no podre, no podemos, no quiero, no quisiera, no voy, no ire, no va a poder ser, imposible,
        es imposible, no es posible, no es correcto, no es cierto, no es asi, no es verdad, incorrecto, es incorrecto,
        es falso, esta mal, no esta bien, no me interesa, no me viene bien, no me va bien, no hace falta,
        no es necesario, 👎, ❌, ✖, 🚫, 🙅""",
    ),
    **phrases(
        "weak_yes",
        """vale, ok, okay, okey, oki, okis, de acuerdo, bueno, bien, muy bien, esta bien, estupendo, perfecto, genial,
        listo, venga, sale, va, orale, andale, ya, verdad, es verdad, eso, tal cual, hecho, trato hecho, seguro,
        excelente, me gustaria, me encantaria, puedo, quiero, tengo, voy, ire, seguramente si""",
    ),
    **phrases("weak_no", "falso, mal, lo siento, lo lamento, imposible, ninguno, ninguna, nada"),
    **phrases(
        "hedged_yes",
        """creo que si, me parece que si, pienso que si, supongo que si, supongo, imagino que si, me imagino que si,
        yo diria que si, diria que si, espero que si, probablemente, probablemente si, seguramente, es probable,
        mas bien si, casi seguro, yo creo, yo creo que si, eso creo, eso espero""",
    ),
    **phrases(
        "hedged_no",
        "probablemente no, seguramente no, supongo que no, imagino que no, me imagino que no, espero que no, no mucho",
    ),
    **phrases(
        "maybe",
        """quizas, quiza, tal vez, talvez, a lo mejor, puede ser, puede, puede que si, puede que no, puede que,
        podria ser, posiblemente, es posible, igual, acaso, a ver, ya veremos, no esta mal, no me parece mal,
        lo pensare, lo voy a pensar, dejame pensarlo""",
    ),
    **phrases(
        "dont_know",
        """no se, no lo se, nose, nse, ni idea, no tengo idea, no tengo ni idea, ni la menor idea, no estoy seguro,
        no estoy segura, no estoy muy seguro, no estoy muy segura, no sabria decir, no sabria decirle, quien sabe,
        vete a saber, vaya usted a saber, depende, segun, ni si ni no, no lo tengo claro, no me acuerdo, no recuerdo,
        ya vere, no he decidido, no lo he decidido, 🤷, 🤔""",
    ),
}

LEXICON = Lexicon(
    numbers="es",
    silence=words("eh em ehm este esto m mm hm hmm um uh ah oh ay uy pues pos mhm"),
    politeness=words(
        "por favor porfa porfavor porfis gracias hola buenas oiga oye mire mira senor senora senorita entonces solo"
        " bueno muchas disculpe amigo amiga buenos dias tardes"
    ),
    courtesies=re.compile(
        r"\b(?:por fa(?:vor)?|(?:muchas|muchisimas|mil) gracias|si (?:es tan|fuera tan|eres tan) amable"
        r"|buen(?:os|as) (?:dias|tardes|noches))\b"
    ),
    cues=_CUES,
    sentences=(
        (re.compile(r"\bno (?:importa|pasa nada|hay de que|solo|hay prisa|se preocupe)\b|\bnunca mejor\b"), "neither"),
        (re.compile(r"\bno (?:te |le |os )?(?:digo|diria|diriamos|puedo decir) que no\b"), "hedged_yes"),
        (re.compile(r"\bno (?:hay|esta|vive|viene|queda|habia|tengo a) (?:ya )?nadie\b"), "hedged_no"),
        (
            re.compile(
                r"^(?:eso )?(?:seria|estaria|me parece|suena) (?:muy )?(?:bien|genial|perfecto|estupendo|ideal"
                r"|excelente|fantastico)\b(?! pero)"
            ),
            "yes",
        ),
        (re.compile(r"\b(?:si (?:pero|aunque) )?(?:creo|pienso|diria|parece) que (?:\w+ )?no(?: \w+)?$"), "no"),
        (re.compile(r"\bno (?:me )?(?:creo|pienso) que\b.*$"), "no"),
        (re.compile(r"\bno (?:estoy|me encuentro) (?:de acuerdo|disponible|interesad[oa])\b"), "no"),
        (re.compile(r"\bno (?:\w+ )?(?:ningun|ninguna) (?:problema|inconveniente|duda)\b"), "yes"),
        (re.compile(r"\bno (?:estoy|tengo) (?:\w+ ){0,3}(?:segur[oa]|claro)\b.*"), "dont_know"),
        (re.compile(r"\bno se (?:puede|pueda|podra|podria|va a poder|hace|permite|admite)\b.*"), "no"),
        (re.compile(r"\bno (?:lo |la |le )?(?:se|sabria)\b(?! (?:me|te|le|nos|lo|la)\b).*"), "dont_know"),
        (re.compile(r"\b(?:todavia|aun) no (?:lo )?(?:se|sabemos|he decidido)\b"), "dont_know"),
    ),
    edge=words("si s n va ya see"),
    unturned=words("si sip claro"),
    negations=words("no ni nunca jamas tampoco sin"),
    doubtful_no=words("no"),
    corrections=re.compile(
        r"[\s,.;…-]*\b(?:no,? (?:espera|espere|esperate|perdon|perdone|disculpe?|digo|mejor dicho|quiero decir|mejor)"
        r"|espera,? no|espere,? no|perdon,? no|ay,? no|no,? bueno|bueno,? no|que digo|perdon|perdone|perdona"
        r"|disculpe?|mejor dicho"
        r"|digo(?=[ ,])|quiero decir|quise decir|queria decir|o mejor|mas bien|me equivoque|me he equivocado|corrijo"
        r"|rectifico|espera|espere|esperate|en realidad|ahora que lo pienso|sino|ups)\b[\s,.;:…-]*"
    ),
    bare_correction=re.compile(r"[\s,.;…-]+\bno\b[\s,.;…-]+"),
    modifiers=words("pero salvo excepto menos solo aunque"),
    dont_know=re.compile(
        r"\b(?:tengo que (?:pensar|consultar|mirar|ver)\w*|lo (?:tengo que|voy a|debo) (?:pensar"
        r"|consultar)|no (?:lo |la |me |te )?(?:se|sabria|recuerdo|acuerdo)(?! (?:puede|pueda|podra"
        r"|podria|hace|permite|admite|va|trata|me|te|le|nos)\b)|nose"
        r"|(?:no "
        r"tengo )?ni (?:la menor )?idea"
        r"|no tengo (?:la menor |ninguna )?idea|no estoy (?:muy |del todo |completamente )?segur[oa]"
        r"|quien sabe|depende"
        r"|se me (?:ha )?olvid(?:o|ado)|no lo tengo claro|vete a saber|no (?:lo )?(?:he )?decidido"
        r"|no (?:puedo|sabria) decir(?:le|te|lo)?|lo desconozco|ni (?:la mas )?remota idea)\b|🤷|🤔"
    ),
    refused=re.compile(
        r"\b(?:no (?:te|se|le|os) lo (?:voy a|pienso|quiero) (?:decir|contar)|(?:prefiero|preferiria"
        r"|prefer[io]) no (?:contestar|responder|decir|dar|compartir|hablar)\w*"
        r"|no (?:quiero|quisiera|deseo|voy a|pienso|me apetece|me gustaria)"
        r" (?:contestar|responder|decir(?:lo|selo|telo)?|dar|compartir)(?:\w*)\b(?! (?:que|otra cosa))"
        r"|no (?:es|son) (?:asunto|cosa) (?:suy|tuy)[oa]|no (?:le|te) importa|a (?:usted|ti) (?:que"
        r"|no) (?:le|te) importa"
        r"|sin comentarios|es (?:algo )?(?:privado|personal|confidencial)|no contesto(?: a)? es[oa])\b"
    ),
    meta={
        "repeat": re.compile(
            r"(?:perdon |disculpe |como |eh )?(?:que|como|mande|perdon|perdone|disculpe|como dice|como "
            r"dices|como ha dicho"
            r"|que dice|que dices|que ha dicho|que dijo|que has dicho|que dijiste|como dijo|como era|otra "
            r"vez|de nuevo"
            r"|una vez mas|cual era la pregunta|cual es la pregunta|que pregunta|repetir|repita|repite"
            r"|repitelo|repitalo"
            r"|cuales (?:son|eran) las opciones|que opciones (?:hay|habia|tengo))"
        ),
        "slower": re.compile(
            r"(?:(?:puede|podria|puedes|podrias) (?:ir|hablar|decirlo) )?(?:hable |habla |vaya |ve "
            r")?(?:un poco |un poquito )?"
            r"(?:mas (?:despacio|lento|lentamente|pausado)|despacio|no tan rapido|menos rapido|(?:va"
            r"|habla) (?:muy|demasiado)"
            r" (?:rapido|deprisa))"
        ),
        "help": re.compile(
            r"(?:perdon |disculpe |perdone )no (?:le |te |lo )?(?:entendi|entiendo|he entendido)|"
            r"ayuda|ayudame|ayudeme|necesito ayuda|socorro|(?:perdon )?no (?:lo |le |te |la )?entiendo(?: "
            r"(?:la pregunta|nada|bien|lo que dice|eso))?"
            r"|no (?:lo )?(?:he entendido|entendi|comprendo)(?: (?:la pregunta|nada|bien))?|que (?:quiere"
            r"|quieres) decir"
            r"(?: (?:con )?eso)?|que significa(?: eso)?|a que se refiere|a que te refieres|quien (?:es"
            r"|eres|habla|llama)"
            r"(?: usted)?|de que (?:se trata|va|va esto|va eso)|(?:que|cuales) son (?:mis )?opciones"
            r"|opciones|info|informacion"
            r"|me (?:lo )?(?:puede|puedes|podria) explicar(?: (?:la pregunta|eso))?|expliquemelo|explicamelo"
        ),
        "operator": re.compile(
            r"(?:(?:quiero|necesito|quisiera|queria|prefiero|dame|deme) )?(?:a )?"
            r"(?:un |una |el |la )?(?:agente|operador|operadora|persona|persona real|humano|representante"
            r"|asesor|asesora"
            r"|teleoperador|teleoperadora|recepcionista|ejecutivo|encargado)|(?:servicio|atencion) al "
            r"cliente|alguien real"
        ),
        "skip": re.compile(
            r"(?:saltar|salta|saltate|salte|saltarla|saltala|omitir|omite|omita|paso|pasar|pasa|pase"
            r"|pasemos|siguiente"
            r"|(?:la )?(?:proxima|siguiente)|vamos (?:a|con))(?: (?:a )?(?:de )?(?:la |esta |esa |otra )?"
            r"(?:pregunta|siguiente|siguiente pregunta|proxima pregunta|proxima|esta|esa))?"
            r"|paso de (?:esta|esa)(?: pregunta)?|pasar a la siguiente(?: pregunta)?"
        ),
        "back": re.compile(
            r"(?:(?:quiero|quisiera|puedo|podemos|puede) )?(?:volver|vuelve|vuelva|regresar|regresa"
            r"|regrese|ir|atras|retroceder|anterior)"
            r"(?: (?:hacia )?(?:atras|a la (?:pregunta )?anterior|a la pregunta (?:anterior|de antes)))?"
            r"|(?:la )?(?:pregunta )?anterior|deshacer"
        ),
        "stop": re.compile(
            r"no quiero (?:seguir|continuar)(?: (?:con esto|mas|hablando))?|"
            r"(?:(?:quiero|quisiera|deseo) )?(?:parar|para|pare|detener|terminar|termina|termine|acabar"
            r"|colgar|cuelgue|finalizar"
            r"|cancelar la (?:llamada|encuesta)|salir|dejarlo)(?: (?:ya|esto|aqui|con esto|la (?:llamada"
            r"|encuesta|conversacion|entrevista)))*"
            r"|stop|basta(?: ya)?|fin|adios|dejeme en paz|dejame en paz|no me llame mas|no me escriba mas|baja"
        ),
        "hold": re.compile(
            r"(?:(?:(?:deje|deja)me (?:ver|mirar|pensar)|a ver|espera|espere|esperate|esperese|aguarda|aguarde"
            r"|aguanta|dame|deme|me da|me das) )?"
            r"(?:un|una|solo un) (?:momento|momentito|segundo|segundito|minuto|minutito|rato|ratito|instante)"
            r"|momento|momentito|espera|espere"
            r"|esperate|aguarde|aguanta"
            r"|un momento (?:que )?(?:ahora|ya) (?:vuelvo|voy)|no cuelgue"
        ),
    },
    meta_within={
        "repeat": re.compile(
            r"(?:puede|puedes|podria) (?:decirlo|decirmelo|preguntarlo) (?:otra vez|de nuevo|una vez mas)|"
            r"\b(?:(?:puede|puedes|podria|podrias|me puede|me puedes|me podria) (?:repetir|volver a "
            r"(?:decir|preguntar))\w*"
            r"(?: (?:la pregunta|las opciones|eso|por))?"
            r"|me l[oa]s? (?:puede |puedes |podria )?(?:repite|repita|repites|repetir)|me (?:repite"
            r"|repites|repita)(?: l[ao]s? \w+)?"
            r"|repit(?:a|e)(?:me|lo|melo)?(?: (?:la pregunta|las opciones|eso))?$|repet(?:ir|irme) (?:la "
            r"pregunta|las opciones)"
            r"|no (?:le |te |lo |la )?(?:he )?(?:oi|oido|escuche|escuchado|oigo|escucho)(?: (?:bien|nada))?$"
            r"|que (?:ha|has) dicho$)"
        ),
        "slower": re.compile(
            r"\b(?:hable|habla|hablar|ir|vaya) (?:un poco |un poquito )?mas (?:despacio|lento|lentamente)\b"
        ),
        "operator": re.compile(
            r"\b(?:(?:hablar|habla|comunic\w+|contactar) con (?:un |una |el |la |algun |alguna "
            r")?(?:persona|humano|alguien|agente"
            r"|operador|operadora|representante|asesor|asesora|encargado|encargada|responsable|ser humano"
            r"|gente|empleado|recepcionista)"
            r"|(?:paseme|pasame|pongame|ponme|comuniqueme|comunicame|transfierame|transfiereme|conecteme"
            r"|conectame|me pasa|me puede pasar|me comunica)"
            r" (?:con|a) (?!la (?:siguiente|proxima|anterior|pregunta))(?:un |una |el |la )?\w+|atiend\w+ "
            r"(?:alguien|(?:un|una|algun|alguna) (?:persona|humano|agente|operador\w*|asesora?))"
            r"|persona (?:real|de verdad))\b"
        ),
        "skip": re.compile(
            r"\b(?:salt(?:ar|emos|amos|o|ate)|omit(?:ir|amos)|pas(?:ar|emos|amos) (?:de|a)) (?:la |esta "
            r"|esa )(?:siguiente|pregunta)\b"
        ),
        "back": re.compile(r"\b(?:volver|vuelve|vuelva|regresar|ir) (?:a )?(?:la )?(?:atras|(?:pregunta )?anterior)\b"),
        "stop": re.compile(
            r"\b(?:terminar|acabar|finalizar|cortar|dejar) (?:ya )?(?:la|esta) (?:llamada|encuesta"
            r"|conversacion|entrevista)\b"
        ),
        "hold": re.compile(r"^(?:espere|espera|esperate|deme|dame) un (?:momento|segundo|minuto|momentito)\b"),
        "help": re.compile(
            r"\bno (?:entiendo|comprendo|he entendido|entendi) (?:la pregunta|que (?:me )?pregunta\w*|lo "
            r"que (?:me )?\w+)"
        ),
    },
    hedges=words("quizas quiza talvez creo supongo imagino probablemente posiblemente seguramente puede igual"),
    approximations=words("unos unas aproximadamente aprox alrededor cerca casi como menos minimo maximo mas rondando"),
    zero=re.compile(r"\b(?:ni (?:un[oa]?|un sol[oa]|una sola)(?: sol[oa])?|ningun[oa]?|nada|nadie|no tengo|no hay)\b"),
    minus=words("menos negativo"),
    half=words("medio media"),
    amounts={
        "docena": 12,
        "par": 2,
        "decena": 10,
        "quincena": 15,
        "veintena": 20,
        "treintena": 30,
        "cuarentena": 40,
        "cincuentena": 50,
        "centenar": 100,
        "centena": 100,
        "millar": 1000,
    },
    multiples={
        "docena": 12,
        "docenas": 12,
        "decenas": 10,
        "centenares": 100,
        "centenas": 100,
        "millares": 1000,
        "pares": 2,
    },
    joints=words("y"),
    scales={
        "mil": 1000,
        "k": 1000,
        "millon": 1_000_000,
        "millones": 1_000_000,
        "m": 1_000_000,
        "cien": 100,
    },
    of_total=re.compile(r"\s*(?:/|\bde\b|\bsobre\b|\bentre\b|\bde un total de\b)\s*(?:las |los )?$"),
    not_numbers=words("unos unas"),
    pronoun=words(""),
    ordinal_frame=words(
        "opcion numero respuesta letra alternativa el la lo los las quiero quisiera prefiero elijo "
        "escojo me quedo con"
        " tomo pongo ponga por seria es de que digo diria yo"
    ),
    last=words("ultimo ultima final"),
    both=re.compile(
        r"(?:ambos|ambas|l[oa]s (?:dos|tres|cuatro)|todos|todas|todo|cualquiera(?: de (?:los|las) "
        r"(?:dos|tres))?|me da igual|da igual)"
    ),
    neither=re.compile(
        r"(?:ningun[oa](?: de (?:ell[oa]s|es[oa]s|est[oa]s|las anteriores|l[oa]s dos))?|nada(?: de "
        r"eso)?|ni (?:uno|una) ni (?:otro|otra))"
    ),
    stopwords=words(
        "gusta gustan convence interesa apetece un una unos unas el la los las lo de del a al en por "
        "para con y o u e ni que es son soy "
        "esta este esto ese esa eso"
        " mi mis tu su yo me te se le nos si no quiero quisiera queria prefiero gustaria puedo puede "
        "ser tengo tiene hay"
        " ha he muy mas menos como opcion numero favor gracias creo diria pero sin ya cosa algo"
    ),
    decimal=",",
    not_counted=re.compile(r"\b(?:por (?:ciento|cien)|(?:al|lo|cuando) menos|ni un[oa]?)\b"),
    ordinal_suffix="o|a|er|ero|era",
    spelled=lambda word: _SPELLED.get(word, word),
    declined=re.compile(
        r"\b(?:no(?: (?:puedo|podre|me (?:va|viene|sirve|queda|gusta|interesa)(?: bien)?|quiero|es "
        r"posible|por favor|gracias|es))?$"
        r"|no (?:puedo|podre|me (?:va|viene|sirve|gusta|interesa))\b|tampoco$|imposible)"
    ),
    possessives=words("mi mis nuestro nuestra su"),
    between=words("entre"),
    conjunctions=words("y"),
    alternatives=words("o u"),
    articles=words("un una"),
    counted=words(
        "persona nino nina hijo hija ano vez dia noche hora mes semana minuto adulto hermano hermana "
        "perro gato coche billete entrada"
    ),
    number_frame=words("son es eran era tengo somos el la los las a"),
    below_zero=re.compile(r"(?:grados )?bajo cero\b"),
    sounds=(
        (re.compile("ll"), "y"),
        (re.compile("v"), "b"),
        (re.compile("z|c(?=[ei])"), "s"),
        (re.compile("qu"), "k"),
        (re.compile("(?<!c)h"), ""),
        (re.compile("g(?=[ei])"), "j"),
    ),
    idioms=re.compile(
        r"\b(?:(?:tres|cinco) pies al gato|un[oa] de (?:l[oa]s|mis|sus|tus|nuestr[oa]s|est[oa]s|es[oa]s"
        r"|aquell[oa]s)|mil (?:maravillas|gracias|disculpas|perdones|veces)|cuatro gatos|siete vidas"
        r"|media naranja|medi[oa] herman[oa]|de primera|segunda mano|cuatro costados|dos por tres)\b"
    ),
    open_ended=re.compile(
        r"\b(?:(?:mas|menos|mayor|menor|superior|inferior) (?:de|a|que)|(?:al|por lo|como) (?:menos"
        r"|minimo|maximo|mucho)|por (?:encima|debajo) de|hasta)(?: l[oa]s)?\s*$"
    ),
    excepting=re.compile(r"\b(?:excepto|salvo|menos|que no sean?)(?: el| la| los| las)?$"),
    reported=re.compile(
        r"\b(?:(?:mi|su|tu|el|la|nuestr[oa]|un|una) \w+|el|ella|ell[oa]s|me|nos) (?:me |nos )?(?:dijo"
        r"|dice|dicen|dijeron|(?:ha|han) dicho|cree|creen|piensa|piensan)\b"
    ),
    conditional=re.compile(
        r"^\W*si\s+(?!(?:claro|por|gracias|se[nñ]or\w*|quiero|puedo|voy|confirmo|acepto|deseo|estoy|si"
        r"|s[ií])\b)\w+\s+\w+"
    ),
    unwilling=re.compile(r"(?:no )?(?:preferiria|prefiero|mejor) (?:que )?no(?: hacerlo)?|no quiero|no quisiera"),
    loose=words(
        "tantos tantas pico cuartos par decena quincena veintena treintena cuarentena cincuentena centena centenar"
    ),
)
