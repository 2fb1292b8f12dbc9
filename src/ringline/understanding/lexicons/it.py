"""Italian."""

from __future__ import annotations

import re

from ringline.understanding.lexicons.lexicon import Cue, Lexicon, phrases, words

_ELIDED = re.compile("cent+ott")

_CUES: dict[str, Cue] = {
    **phrases(
        "yes",
        """si, s, sii, sisi, ma si, certo, certo che si, certamente, certissimo, ma certo, esatto, esattamente,
        giusto, e giusto, corretto, e corretto, proprio cosi, e cosi, ovvio, ovviamente, naturalmente, come no,
        senz altro, senza dubbio, senza dubbi, senza problemi, nessun problema, nessun dubbio,
        non c e problema, non ce problema, non c e nessun problema, non ci sono problemi, non c e dubbio,
        non ce dubbio, perche no, e perche no, volentieri, molto volentieri, con piacere, assolutamente,
        assolutamente si, sicuro, sicuramente, di sicuro, sicuramente si, affermativo, confermo, lo confermo,
        confermato, sono d accordo, ci sto, ci saro, ci saremo, ci vediamo li, conta su di me, per me va bene,
        mi va bene, va benissimo, non vedo l ora, mi farebbe piacere, come da programma, 👍, 👌, ✅, ✔, 💯, 🙌, 🆗,
        ☑""",
    ),
    **phrases(
        "no",
        """no, n, nono, ma no, no grazie, certo che no, assolutamente no, sicuramente no, neanche per sogno,
        nemmeno per sogno, neanche per idea, per niente, niente affatto, affatto, per nulla, mai, mai e poi mai,
        non ancora, adesso no, ora no, oggi no, non ora, non adesso, non oggi, non piu, purtroppo no, direi di no,
        io direi di no, credo di no, penso di no, mi sa di no, mi pare di no, non credo, non penso, non direi,
        non mi pare, non mi sembra, ne dubito, dubito, meglio di no, meglio no, negativo, sbagliato, e sbagliato,
        scorretto, non va bene, non mi va bene, non mi va, non posso, non possiamo, non potro, non riesco, non voglio,
        non vorrei, non vengo, non verro, non ci saro, non e possibile, impossibile, e impossibile, non e vero,
        non e corretto, non e giusto, non e cosi, non mi interessa, non sono interessato, non sono interessata,
        non serve, non occorre, macche, manco per sogno, neppure, neanche, col cavolo, non proprio, non molto,
        👎, ❌, ✖, 🚫, 🙅""",
    ),
    **phrases(
        "weak_yes",
        """ok, okay, okey, oki, va bene, va be, vabbe, d accordo, daccordo, bene, benissimo, perfetto, ottimo, vero,
        e vero, fatto, affare fatto, posso, voglio, vorrei, vengo, magari si, dai, mi piacerebbe, grande""",
    ),
    **phrases("weak_no", "falso, e falso, mi dispiace, purtroppo, niente, nulla, non"),
    **phrases(
        "hedged_yes",
        """credo di si, penso di si, direi di si, mi sa di si, mi pare di si, mi sembra di si, suppongo di si, suppongo,
        immagino di si, spero di si, probabilmente, probabilmente si, credo, penso, e probabile, piu si che no,
        tendenzialmente si""",
    ),
    **phrases(
        "hedged_no",
        ("probabilmente no, suppongo di no, immagino di no, spero di no, piu no che si, tendenzialmente no"),
    ),
    **phrases(
        "maybe",
        """forse, magari, puo darsi, puo essere, potrebbe, potrebbe essere, possibile, e possibile, chissa, vediamo,
        vedremo, eventualmente, ci penso, ci devo pensare""",
    ),
    **phrases(
        "dont_know",
        """neppure si neppure no, ne si ne no, non lo so, non so, nn so, nn lo so, boh, bo, mah, non saprei,
        non ne ho idea, nessuna idea, non ho idea, non sono sicuro, non sono sicura, non sono certo,
        non sono certa, dipende, chi lo sa, chi sa, ni, non ho ancora deciso, non ho deciso, non mi ricordo,
        non ricordo, 🤷, 🤔""",
    ),
}

LEXICON = Lexicon(
    numbers="it",
    silence=words("eh ehm em uhm um uh m mm hm hmm ah oh be beh allora ecco mhm"),
    politeness=words(
        "per favore grazie prego salve ciao buongiorno buonasera senta senti guardi guarda signora "
        "signore signorina solo"
        " dunque quindi molte allora"
    ),
    courtesies=re.compile(
        r"\b(?:per (?:favore|piacere|cortesia)|grazie (?:mille|tante|molte)|mille grazie|molte grazie"
        r"|(?:se|ti|la) prego)\b"
    ),
    cues=_CUES,
    sentences=(
        (re.compile(r"\bnon (?:vedo perche no|(?:ho|c e) (?:niente|nulla) in contrario)\b"), "yes"),
        (re.compile(r"\bnon (?:dico|direi|diro|posso dire) di no\b"), "hedged_yes"),
        (re.compile(r"\bnon (?:c e|ce|vive|viene|c era) (?:piu |qui )?nessuno\b"), "hedged_no"),
        (
            re.compile(
                r"^(?:quest[oa] )?(?:sarebbe|mi sembra|suona) (?:molto )?(?:bello|ottimo|perfetto|bene|ideale"
                r"|fantastico|l ideale|buono)\b(?! ma)"
            ),
            "yes",
        ),
        (re.compile(r"\bnon si\b.*"), "no"),
        (re.compile(r"^si (?:puo|potrebbe|dovrebbe) (?:fare|provare)\b"), "hedged_yes"),
        (re.compile(r"^si (?:puo|potrebbe|deve|fa|va|dice|tratta|vede|vedra)\b.*"), "maybe"),
        (
            re.compile(
                r"\bnon (?:(?:mi|ci|ne|lo|la) )?(?:posso|riesco|voglio|vengo|potro|credo|penso|sono (?:d "
                r"accordo|disponibile"
                r"|interessat[oa])|va|e (?:vero|giusto|corretto|possibile)|funziona)\b"
            ),
            "no",
        ),
        (
            re.compile(r"\bnon (?:c e|ci sono|ho) (?:alcun |nessun |alcuna |nessuna )?(?:problem[ai]|dubbi[o]?)\b"),
            "yes",
        ),
        (
            re.compile(r"\bnon sono (?:tanto |molto |del tutto |proprio |ancora )?(?:sicur[oa]|cert[oa])\b.*"),
            "dont_know",
        ),
        (re.compile(r"\bnon (?:lo |l )?(?:so|saprei)\b.*"), "dont_know"),
    ),
    edge=words("si s n"),
    unturned=words("si"),
    negations=words("non nn neanche nemmeno neppure mai senza"),
    spelled=lambda word: _ELIDED.sub("centoott", word),
    told_apart=(re.compile(r"\bné\b"), "neppure"),
    not_counted=re.compile(
        r"\b(?:per cento|(?:per lo|quanto) meno|secondo (?:me|te|noi|lui|lei)|prima (?:di|che|o poi"
        r"|ancora)|(?:neanche|nemmeno|neppure) un[oa]?|sei (?:tu|gentil\w+"
        r"|sicur\w+|un[ao]?))\b"
    ),
    corrections=re.compile(
        r"[\s,.;…-]*\b(?:no,? (?:aspett[ai]|scus[ai]|anzi|cioe|volevo dire|voglio dire|pardon|meglio)"
        r"|aspett[ai],? no|oddio,? no"
        r"|anzi(?! (?:tempo|tutto))|cioe|volevo dire|voglio dire|intendevo|intendo|scus[ai](?:mi)?"
        r"|pardon|mi correggo|mi sono sbagliat[oa]"
        r"|ho sbagliato|o meglio|per meglio dire|aspett[ai](?: un attimo)?|in realta|a pensarci bene"
        r"|ripensandoci|ops|oops)\b[\s,.;:…-]*"
    ),
    bare_correction=re.compile(r"[\s,.;…-]+\bno\b[\s,.;…-]+"),
    modifiers=words("ma pero tranne eccetto solo purche se"),
    dont_know=re.compile(
        r"\b(?:non ne ho (?:\w+ )*idea|dimenticat[oa]|non mi viene in mente|non (?:lo |ne |l )?(?:so"
        r"|saprei)(?! (?:usare|fare))|nn (?:lo )?so|boh|non (?:ne )?ho "
        r"(?:la (?:piu )?(?:minima|pallida) |la piu pallida )?idea"
        r"|nessuna idea|non sono (?:tanto |molto |del tutto |proprio |ancora )?(?:sicur[oa]|cert[oa])"
        r"|dipende|chi (?:lo )?sa"
        r"|non (?:me (?:lo|la|ne) |mi )?ricordo|l ho dimenticato|ho dimenticato|non (?:ho )?(?:ancora "
        r")?deciso|difficile (?:da )?dire"
        r"|non (?:ti |le )?so dire)\b|🤷|🤔"
    ),
    refused=re.compile(
        r"\b(?:non (?:gliel[oa]|[tv]e l[oa]|l[oa]) (?:voglio|vorrei) (?:dire|dare)"
        r"|prefer(?:isco|irei) (?:di )?non (?:\w*(?:rispond|dir|dar|parl|condivid)\w*)"
        r"|(?:non (?:voglio|vorrei|intendo|desidero|me la sento di|mi va di)) (?:rispondere|dir(?:lo"
        r"|glielo|velo|telo)|dar(?:lo|glielo|e il)|dire(?! che)|parlarne)"
        r"(?: \w+)?|non (?:sono|e) (?:affari?|cos[ae]) (?:suo|sua|suoi|tuo|tua|tuoi|vostri)|non (?:la"
        r"|ti|vi) riguarda|no comment"
        r"|(?:e|sono) (?:una )?(?:cos[ae] |dat[oi] |informazion[ei] )?(?:privat|personal|riservat)\w+)\b"
    ),
    meta={
        "repeat": re.compile(
            r"(?:scusi |scusa |eh )?(?:cosa|che cosa|che|come|come scusi|come scusa|scusi|scusa|prego"
            r"|come dice|cosa dice|come ha detto|cosa ha detto"
            r"|cos ha detto|cosa hai detto|come hai detto|che ha detto|di nuovo|ancora|ancora una volta"
            r"|un altra volta|ripeti|ripeta|ripetere"
            r"|qual (?:e|era) la domanda|quali (?:sono|erano) le (?:opzioni|scelte))(?: scus[ai])?"
        ),
        "slower": re.compile(
            r"(?:(?:puo|puoi|potrebbe) (?:parlare|andare) )?(?:parli |parla |vada )?(?:un po |un pochino "
            r")?(?:piu (?:lentamente|piano|lento|adagio)|piano"
            r"|lentamente|non cosi veloce|(?:parla|va) troppo (?:veloce|in fretta|velocemente))"
        ),
        "help": re.compile(
            r"aiuto|aiutami|mi aiuti|ho bisogno di aiuto|mi (?:puo|puoi) aiutare|cosa (?:intende|intendi"
            r"|vuol dire|vuole dire|significa|volete)(?: (?:questo|scusi))?"
            r"|che (?:vuol|vuole) dire|che (?:cosa )?(?:intende|significa)|in che senso|(?:scusi )?non "
            r"(?:ho )?(?:capito|capisco)(?: (?:la domanda|bene|niente))?"
            r"|non (?:la )?capisco|chi (?:e|sei|parla)|di (?:che )?cosa si tratta|opzioni|quali sono le "
            r"opzioni|info|informazioni|(?:me la |mi )?(?:puo|puoi) spiegare(?: meglio)?"
        ),
        "operator": re.compile(
            r"(?:(?:voglio|vorrei|mi serve|preferisco|desidero) )?"
            r"(?:un |una |l |un altra )?(?:operatore|operatrice|persona|persona (?:reale|vera)|essere "
            r"umano|umano|umana|addetto|addetta|responsabile"
            r"|consulente|impiegato|agente)|servizio clienti|assistenza clienti"
        ),
        "skip": re.compile(
            r"(?:salta|saltare|salti|saltiamo|saltala|passo|passa|passiamo|passare|avanti|andiamo avanti"
            r"|vai avanti)(?: (?:a|al|alla|la|questa|oltre|quella))*"
            r"(?: (?:domanda|prossima|successiva))?(?: domanda)?|(?:la )?(?:prossima|successiva)(?: "
            r"domanda)?|domanda successiva|(?:la )?salto(?: questa)?"
        ),
        "back": re.compile(
            r"(?:torna|torni|tornare|torniamo|vai|vada|andare|andiamo)?(?: )?(?:indietro|alla (?:domanda "
            r")?precedente|alla domanda (?:prima|di prima))(?: (?:di )?una domanda)?"
            r"|(?:voglio|vorrei|posso|possiamo) tornare indietro|(?:la )?(?:domanda )?precedente|annulla"
        ),
        "stop": re.compile(
            r"non voglio (?:continuare|proseguire|andare avanti)|"
            r"stop|basta(?: cosi)?|fine|smettila|fermati|(?:(?:voglio|vorrei) )?(?:finire|terminare"
            r"|chiudere|interrompere|riagganciare|smettere|fermare|uscire|chiuda|termina|chiudi)"
            r"(?: (?:qui|qua|adesso|ora|la (?:chiamata|telefonata|conversazione|comunicazione)|il "
            r"(?:questionario|sondaggio)))*|arrivederci|addio"
            r"|(?:mi )?lasci(?:ami|atemi)? (?:in pace|stare)|mi lasci (?:in pace|stare)"
        ),
        "hold": re.compile(
            r"(?:aspetti|aspetta|attenda|attendi|resti in linea|mi dia|dammi|solo|solo un)?(?: )?(?:un |1 "
            r")(?:attimo|momento|attimino|momentino|secondo|minuto|minutino|istante)(?: solo)?"
            r"|aspetti|aspetta|attenda|resti in linea|attimo|momento"
        ),
    },
    meta_within={
        "repeat": re.compile(
            r"\b(?:(?:puo|puoi|potrebbe|potresti|me lo puo|me la puo|mi puo) ripeter\w*(?: (?:la domanda"
            r"|le opzioni|le scelte))?"
            r"|(?:puo|puoi|potrebbe) (?:dirlo|ridirlo|ridire)(?: \w+)?|ripet(?:a|i|e) (?:la domanda|per "
            r"favore|le opzioni)|ripeter(?:e|mi) (?:la domanda|le opzioni|le scelte)"
            r"|(?:me (?:lo|la) )ripet[ea]|non (?:ho|la|l ho|ti) (?:sentit|sent)\w*(?: (?:bene|niente))?$)"
        ),
        "slower": re.compile(r"\b(?:parl(?:are|i|a)|andare) (?:un po |un pochino )?piu (?:lentamente|piano|adagio)\b"),
        "operator": re.compile(
            r"\b(?:(?:parlare|parlo|parla) con (?:un |una |l |il |la |un altra )?(?:persona|operatore"
            r"|operatrice|qualcuno|umano|essere umano|addetto|addetta|responsabile"
            r"|consulente|impiegato|collega|agente)|(?:mi (?:passi|passa|puo passare)|passami|mi metta in "
            r"contatto con|mi colleghi con) (?:un |una |l |con )?(?:un |una |l )?\w+"
            r"|persona (?:vera|reale|in carne))\b"
        ),
        "skip": re.compile(
            r"\b(?:salt(?:are|iamo|o)|pass(?:are|iamo)) (?:a |alla |la |questa )+(?:domanda|prossima|successiva)\b"
        ),
        "back": re.compile(r"\b(?:torn(?:are|iamo|a|i)) alla domanda (?:precedente|di prima)\b"),
        "stop": re.compile(
            r"\b(?:terminare|chiudere|finire|interrompere) (?:la|questa|il) (?:chiamata|telefonata"
            r"|conversazione|sondaggio|questionario)\b"
        ),
        "hold": re.compile(
            r"^(?:aspetti|aspetta|attenda|mi dia|dammi) un (?:attimo|momento|secondo|minuto|attimino)\b"
        ),
        "help": re.compile(r"\bnon (?:ho )?(?:capito|capisco) (?:la domanda|cosa|che)\b"),
    },
    hedges=words("forse magari credo penso probabilmente suppongo immagino possibile"),
    approximations=words(
        "circa quasi pressappoco all incirca incirca intorno piu meno almeno massimo minimo verso "
        "sui sulle suppergiu oltre"
        " decina ventina trentina quarantina cinquantina sessantina centinaio migliaio"
    ),
    zero=re.compile(
        r"\b(?:nessun[oa]?|niente|nulla|non ne ho|non ce ne sono|non ne abbiamo|neanche un[oa]?|nemmeno un[oa]?)\b"
    ),
    minus=words("meno negativo"),
    half=words("mezzo mezza"),
    amounts={
        "dozzina": 12,
        "paio": 2,
        "coppia": 2,
        "decina": 10,
        "quindicina": 15,
        "ventina": 20,
        "trentina": 30,
        "quarantina": 40,
        "cinquantina": 50,
        "sessantina": 60,
        "centinaio": 100,
        "migliaio": 1000,
    },
    multiples={"dozzina": 12, "dozzine": 12, "decine": 10, "centinaia": 100, "migliaia": 1000, "paia": 2},
    joints=words("e"),
    scales={
        "mila": 1000,
        "mille": 1000,
        "k": 1000,
        "milione": 1_000_000,
        "milioni": 1_000_000,
        "miliardo": 1_000_000_000,
        "miliardi": 1_000_000_000,
        "cento": 100,
    },
    of_total=re.compile(r"\s*(?:/|\bsu\b|\bdi\b|\bsu un totale di\b)\s*$"),
    not_numbers=words(""),
    pronoun=words(""),
    ordinal_frame=words(
        "opzione numero risposta lettera scelta il lo la l le i gli quello quella vorrei voglio "
        "prendo scelgo preferisco dico direi"
        " e per sarebbe la"
    ),
    last=words("ultimo ultima"),
    both=re.compile(
        r"(?:entramb[ie]|tutt[ie] e (?:due|tre|quattro)|tutti|tutte|ambedue|qualsiasi|qualunque|e "
        r"uguale|uno qualsiasi|fa lo stesso)"
    ),
    neither=re.compile(
        r"(?:nessun[oa](?: (?:dei|delle) (?:due|tre|precedenti))?(?: di (?:quest[ei]|quell[ei]))?|ne "
        r"l un[oa] ne l altr[oa]|niente(?: di tutto questo)?)"
    ),
    stopwords=words(
        "piace piacciono un uno una il lo la l i gli le di del della dello dei delle a al alla ai in nel nella per "
        "con e o ed che sono ho ha ne mi ti si no"
        " io lei tu suo sua mio mia vorrei voglio preferisco prendo posso quello quella questo "
        "questa va bene per favore grazie credo penso"
        " direi opzione numero da su sul sulla tra fra piu meno molto ma non come c ci se cosa"
    ),
    elides=True,
    decimal=",",
    ordinal_suffix="o|a|esimo|esima",
    declined=re.compile(
        r"\b(?:no$|no (?:grazie|mi dispiace|purtroppo)$|non (?:posso|potrei|riesco|ci sono|mi va|va bene"
        r"|va|e possibile|ce la faccio|sono libero|sono libera)\b)"
    ),
    possessives=words("mio mia miei mie nostro nostra"),
    between=words("tra fra"),
    conjunctions=words("e ed"),
    alternatives=words("o e oppure"),
    articles=words("un uno una sei"),
    counted=words(
        "persona persone bambino bambini bambina figlio figli figlia anno anni volta volte giorno "
        "giorni notte notti ora ore mese mesi"
        " settimana settimane minuto minuti adulto adulti biglietto biglietti ospite ospiti euro posto posti"
    ),
    number_frame=words("sono e era il i la le gli ho siamo"),
    below_zero=re.compile(r"(?:gradi )?sotto (?:lo )?zero\b"),
    sounds=(
        (re.compile(r"([^\W\d_])\1"), r"\1"),
        (re.compile("h"), ""),
        (re.compile("qu"), "cu"),
        (re.compile("k"), "c"),
    ),
    idioms=re.compile(
        r"\b(?:(?:far\w+|fatt[oaie]) in quattro|quattro e quattr\w*|sette camicie|quattro (?:gatti|passi"
        r"|chiacchiere|salti|soldi)|quattr occhi|settimo cielo|un[oa]? (?:dei|degli|delle)|su due piedi"
        r"|mille (?:grazie|scuse|volte|miglia)|(?:prima|seconda) mano|sette vite)\b"
    ),
    open_ended=re.compile(
        r"\b(?:(?:piu|meno|maggiore|minore|superiore|inferiore) (?:di|d|che|a)|oltre|almeno|(?:al"
        r"|come) (?:massimo|minimo|meno)|fino a|(?:sopra|sotto) i)\s*$"
    ),
    excepting=re.compile(r"\b(?:tranne|eccetto|meno|salvo|fuorche|a parte)(?: il| la| lo| i| le| l)?$"),
    reported=re.compile(
        r"\b(?:(?:mio|mia|suo|sua|tuo|tua|il|la|nostr[oa]) \w+|lui|lei|loro) (?:mi )?(?:(?:ha"
        r"|hanno) )?(?:detto|dice|dicono|pensa|pensano)\b"
    ),
    unwilling=re.compile(r"(?:no )?(?:preferirei|preferisco|meglio) (?:di )?no|non (?:voglio|vorrei)"),
    loose=words("passa paio decina quindicina ventina trentina quarantina cinquantina sessantina centinaio migliaio"),
)
