"""Italian."""

from __future__ import annotations

import re

from ringline.interview.sentences.sentences import Sentences

SENTENCES = Sentences(
    recording="Questa chiamata viene registrata.",
    goodbye="Grazie mille. Arrivederci.",
    resumed="Mi scusi, è caduta la linea. Riprendiamo da dove eravamo.",
    too_long="Purtroppo il nostro tempo è finito.",
    not_heard=("Non ho sentito niente.", "Ancora non la sento.", "Da me non arriva ancora nessun suono."),
    not_understood=("Mi scusi, non ho capito.", "Ancora non riesco a capire.", "Neanche così ha funzionato."),
    out_of_range=("Mi scusi, qui non è possibile.", "Neanche questo va bene.", "Non posso accettare questa risposta."),
    which=("Intende {first} o {second}?", "Quale dei due: {first} o {second}?", "{first}, oppure {second}?"),
    rejected=("Mi scusi, errore mio.", "Allora ho capito male di nuovo.", "Allora proviamo ancora una volta."),
    question_was="La domanda era: {question}",
    attempt="Questo è il tentativo numero {n}.",
    again=("Certo. {question}", "Eccola di nuovo. {question}", "Volentieri, ancora una volta. {question}"),
    slower=("Vado più piano. {question}", "Piano, allora. {question}", "Passo per passo. {question}"),
    short={
        "text": "Lo dica con parole sue, per favore.",
        "number": "Mi dica un numero{range}, per favore.",
        "yes_no": "Dica sì o no, per favore.",
        "multiple_choice": "Può scegliere {choices}.",
        "date": "Mi dica il giorno, per favore.",
        "time": "Mi dica l'ora, per favore.",
        "duration": "Mi dica per quanto tempo.",
        "phone": "Mi dica il numero di telefono, cifra per cifra.",
        "email": "Mi dica l'indirizzo e-mail.",
        "digits": "Mi dica le cifre una per una.",
    },
    example={
        "text": "Bastano poche parole.",
        "number": "Per esempio: {example}.",
        "yes_no": "Basta una parola: sì, oppure no.",
        "multiple_choice": "Per esempio: {example}.",
        "date": "Per esempio: il tre maggio.",
        "time": "Per esempio: le quattro e mezza del pomeriggio.",
        "duration": "Per esempio: due ore e mezza.",
        "phone": "Cominci dal prefisso, per esempio: tre tre tre, uno due tre.",
        "email": "Per esempio: anna chiocciola esempio punto it.",
        "digits": "Per esempio: quattro, zero, sette.",
    },
    keys={
        "number": "Può digitare il numero sulla tastiera e premere cancelletto.",
        "yes_no": "Sulla tastiera, 1 è sì e 2 è no.",
        "multiple_choice": "Sulla tastiera: {keys}.",
        "phone": "Può digitare il numero sulla tastiera e premere cancelletto.",
        "digits": "Può digitare le cifre sulla tastiera e premere cancelletto.",
    },
    only_keys="Da qui in poi solo la tastiera, per favore: {how}.",
    type_in="digiti il numero e poi cancelletto",
    key_is="{key} per {label}",
    parts="Andiamo a piccoli pezzi: parli piano, poche parole alla volta.",
    is_it="È {label}? Dica sì o no, per favore.",
    first_digits="Mi dica solo le prime tre cifre.",
    more_digits="{heard}. E le prossime? Dica «fatto» quando è tutto.",
    which_day="Prima solo il giorno del mese, come numero.",
    which_month="E quale mese?",
    which_year="E quale anno?",
    before_at="Prima solo ciò che sta prima della chiocciola.",
    after_at="E che cosa sta dopo la chiocciola?",
    key_for="prema {key} per {label}",
    reply_with="risponda {key} per {label}",
    between=" da {low} a {high}",
    at_least=" di almeno {low}",
    at_most=" di al massimo {high}",
    yes="sì",
    no="no",
    unsure="non so",
    or_="o",
    confirm=("Ho capito {value}. È giusto?", "Ha detto {value}?", "Quindi è {value}, vero?"),
    confirm_ending="La risposta che ho finisce con {last}. È giusto?",
    confirm_hidden="Ho la sua risposta. La tengo?",
    yes_or_no="Dica sì o no, per favore: è {value}?",
    implied="{value}, allora.",
    star="asterisco",
    hash="cancelletto",
    repeat_key="prema {key} per risentire la domanda",
    skip_key="prema {key} per saltarla",
    operator_key="prema {key} per parlare con una persona",
    back_key="prema {key} per tornare indietro",
    no_operator="Non c'è nessuno a cui possa passarla.",
    no_back="Questa è la prima domanda.",
    no_skip="Questa non la posso saltare.",
    hold=("Faccia con calma. Parli quando vuole.", "Senza fretta, aspetto.", "Sono ancora qui."),
    transferring="Un momento, la metto in contatto.",
    transfer_failed="Nessuno ha potuto rispondere. Continuiamo qui.",
    written_transfer="Una persona la contatterà.",
    change="Per cambiare una risposta, dica «indietro».",
    screened="È una chiamata automatica con alcune domande.",
    stop_calling="Ho capito. Non la chiameremo più. Arrivederci.",
    reminder="Aspettiamo ancora la sua risposta. {question}",
    machine=re.compile(
        r"lasci(?:ate|are|a)?(?: un| il (?:suo|tuo|vostro))? messaggio|dopo il (?:segnale|bip|tono)|segreteria"
        r"|casella vocale|non e (?:al momento )?(?:disponibile|raggiungibile)|registri il"
    ),
    screening=re.compile(
        r"chi (?:parla|e|chiama|sta chiamando)\b|con chi parlo|da parte di chi|dica il suo nome"
        r"|indichi il suo nome|registri il suo nome|nome e (?:il )?motivo|motivo della (?:sua )?(?:chiamata"
        r"|telefonata)|perche (?:chiama|sta chiamando)|filtro chiamate"
    ),
    on_hold=re.compile(
        r"\b(?:un (?:momento|attimo|secondo|minuto)|attenda|resti in linea|non riattacchi|glielo passo"
        r"|gliela passo|aspetti)\b"
    ),
    foreign=re.compile(r"\bnon (?:parlo|capisco|comprendo|so parlare)\b"),
    earlier=re.compile(
        r"\b(?:detto|dicevo|volevo|cambiare|correggere)\b.{0,40}\b(?:prima|seconda|precedente|ultima"
        r"|altra)(?: (?:domanda|risposta))?$|\b(?:prima|ultima) (?:domanda|risposta)\b|\b(?:domanda"
        r"|risposta) (?:precedente|di prima)\b"
    ),
    took_back=re.compile(
        r"^(?:(?:no|aspetti|aspetta|scusi|scusa|ah|oh) )+(?:io )?(?:ho detto|dicevo|volevo dire|intendevo)\b"
    ),
    done=re.compile(r"^(?:ho )?(?:fatto|finito)$|^(?:e |questo e )?tutto$|^basta cosi$|^nientaltro$"),
    do_not_call=re.compile(
        r"\b(?:smettete|smetta|smettila|smettetela) di (?:chiamarmi|chiamarci|chiamare|telefonarmi)\b"
        r"|\bnon (?:mi |ci )?(?:chiamate|chiami|chiamatemi|chiamarmi|telefonatemi) (?:piu|mai piu)\b"
        r"|\b(?:toglietemi|mi tolga|cancellatemi|mi cancelli) da(?:lla)?(?: vostra| sua)? lista\b"
    ),
)
