"""German."""

from __future__ import annotations

import re

from ringline.interview.sentences.sentences import Sentences

SENTENCES = Sentences(
    recording="Dieses Gespräch wird aufgezeichnet.",
    goodbye="Vielen Dank. Auf Wiederhören.",
    resumed="Entschuldigung, wir wurden unterbrochen. Machen wir weiter, wo wir waren.",
    too_long="Leider ist unsere Zeit um.",
    not_heard=("Ich habe nichts gehört.", "Ich höre Sie immer noch nicht.", "Es kommt noch kein Ton bei mir an."),
    not_understood=(
        "Entschuldigung, das habe ich nicht verstanden.",
        "Ich verstehe es noch nicht.",
        "Auch das ging nicht.",
    ),
    out_of_range=("Das geht hier leider nicht.", "Auch das passt nicht.", "Diese Antwort kann ich nicht annehmen."),
    which=("Meinen Sie {first} oder {second}?", "Was von beidem: {first} oder {second}?", "{first}, oder {second}?"),
    rejected=("Entschuldigung, mein Fehler.", "Dann habe ich es wieder falsch verstanden.", "Dann noch ein Versuch."),
    question_was="Die Frage war: {question}",
    attempt="Das ist Versuch Nummer {n}.",
    again=("Gern. {question}", "Hier ist sie noch einmal. {question}", "Natürlich, noch einmal. {question}"),
    slower=("Ich mache langsamer. {question}", "Also langsam. {question}", "Schritt für Schritt. {question}"),
    short={
        "text": "Bitte sagen Sie es mit Ihren eigenen Worten.",
        "number": "Bitte nennen Sie mir eine Zahl{range}.",
        "yes_no": "Bitte sagen Sie ja oder nein.",
        "multiple_choice": "Zur Wahl stehen {choices}.",
        "date": "Bitte nennen Sie mir den Tag.",
        "time": "Bitte nennen Sie mir die Uhrzeit.",
        "duration": "Bitte sagen Sie mir, wie lange.",
        "phone": "Bitte nennen Sie mir die Telefonnummer, Ziffer für Ziffer.",
        "email": "Bitte nennen Sie mir die E-Mail-Adresse.",
        "digits": "Bitte nennen Sie mir die Ziffern einzeln.",
    },
    example={
        "text": "Ein paar Worte genügen.",
        "number": "Zum Beispiel: {example}.",
        "yes_no": "Ein Wort genügt: ja, oder nein.",
        "multiple_choice": "Zum Beispiel: {example}.",
        "date": "Zum Beispiel: der dritte Mai.",
        "time": "Zum Beispiel: halb fünf am Nachmittag.",
        "duration": "Zum Beispiel: zweieinhalb Stunden.",
        "phone": "Beginnen Sie mit der Vorwahl, zum Beispiel: null drei null, eins zwei drei.",
        "email": "Zum Beispiel: anna at beispiel punkt de.",
        "digits": "Zum Beispiel: vier, null, sieben.",
    },
    keys={
        "number": "Sie können die Zahl über die Tasten eingeben und mit der Rautetaste abschließen.",
        "yes_no": "Auf den Tasten ist 1 ja und 2 nein.",
        "multiple_choice": "Auf den Tasten: {keys}.",
        "phone": "Sie können die Nummer über die Tasten eingeben und mit der Rautetaste abschließen.",
        "digits": "Sie können die Ziffern über die Tasten eingeben und mit der Rautetaste abschließen.",
    },
    only_keys="Ab hier bitte nur die Tasten: {how}.",
    type_in="geben Sie die Zahl ein und danach die Rautetaste",
    key_is="{key} für {label}",
    parts="Gehen wir es in kleinen Stücken an: sprechen Sie langsam, immer ein paar Worte.",
    is_it="Ist es {label}? Bitte sagen Sie ja oder nein.",
    first_digits="Bitte nennen Sie mir nur die ersten drei Ziffern.",
    more_digits="{heard}. Und die nächsten? Sagen Sie „fertig“, wenn das alles war.",
    which_day="Zuerst nur der Tag des Monats, als Zahl.",
    which_month="Und welcher Monat?",
    which_year="Und welches Jahr?",
    before_at="Zuerst nur, was vor dem At-Zeichen steht.",
    after_at="Und was steht nach dem At-Zeichen?",
    key_for="{key} für {label}",
    reply_with="antworten Sie {key} für {label}",
    between=" von {low} bis {high}",
    at_least=" von mindestens {low}",
    at_most=" von höchstens {high}",
    yes="ja",
    no="nein",
    unsure="nicht sicher",
    or_="oder",
    confirm=("Ich habe {value} verstanden. Stimmt das?", "Haben Sie {value} gesagt?", "Es ist also {value}, richtig?"),
    confirm_ending="Die Antwort, die ich habe, endet auf {last}. Stimmt das?",
    confirm_hidden="Ich habe Ihre Antwort. Soll ich sie behalten?",
    yes_or_no="Bitte sagen Sie ja oder nein: ist es {value}?",
    implied="Also {value}.",
    star="Stern",
    hash="Raute",
    repeat_key="mit {key} hören Sie die Frage noch einmal",
    skip_key="mit {key} überspringen Sie sie",
    operator_key="mit {key} sprechen Sie mit einem Menschen",
    back_key="mit {key} gehen Sie zurück",
    no_operator="Ich kann Sie leider mit niemandem verbinden.",
    no_back="Das ist die erste Frage.",
    no_skip="Diese Frage kann ich nicht auslassen.",
    hold=("Lassen Sie sich Zeit. Sprechen Sie, wenn Sie so weit sind.", "Keine Eile, ich warte.", "Ich bin noch da."),
    transferring="Einen Moment, ich verbinde Sie.",
    transfer_failed="Niemand konnte den Anruf annehmen. Machen wir hier weiter.",
    written_transfer="Es wird sich jemand bei Ihnen melden.",
    change="Um eine frühere Antwort zu ändern, sagen Sie „zurück“.",
    screened="Dies ist ein automatischer Anruf mit ein paar Fragen.",
    stop_calling="Verstanden. Wir rufen Sie nicht mehr an. Auf Wiederhören.",
    reminder="Wir warten noch auf Ihre Antwort. {question}",
    machine=re.compile(
        r"nach dem (?:ton|signalton|piep)|hinterlassen sie|nachricht hinterlassen|mailbox|anrufbeantworter"
        r"|nicht erreichbar|personlich nicht|sprachbox"
    ),
    screening=re.compile(
        r"wer (?:ist da|spricht|ruft an|ist dort|sind sie)|mit wem spreche ich|(?:sagen"
        r"|nennen) sie (?:bitte )?ihren namen|ihren namen und (?:den )?grund|grund (?:ihres|des|fur ihren"
        r"|fur den) anrufs?|warum sie anrufen|worum (?:geht es|es geht)|anruffilter"
    ),
    on_hold=re.compile(
        r"\b(?:einen (?:moment|augenblick)|moment bitte|bleiben sie (?:dran|in der leitung)|ich verbinde"
        r"|warten sie|ich hole (?:ihn|sie))\b"
    ),
    foreign=re.compile(r"\b(?:spreche|verstehe|kann) (?:kein|leider kein|nicht|leider nicht)\b"),
    earlier=re.compile(
        r"\b(?:gesagt|sagte|meinte|gemeint|andern|korrigieren)\b.{0,40}\b(?:erste|ersten|zweite|zweiten|vorige"
        r"|vorigen|letzte|letzten|vorherige|vorherigen) (?:frage|antwort)\b|\b(?:erste|ersten|vorige|vorigen"
        r"|letzte|letzten|vorherige|vorherigen) (?:frage|antwort)\b|\bfrage davor\b"
    ),
    took_back=re.compile(
        r"^(?:(?:nein|ne|warten sie|warte|moment|entschuldigung|ach|oh) )+"
        r"(?:ich (?:sagte|meinte)\b|ich (?:habe|hatte)(?=.* ge(?:sagt|meint)\b))"
    ),
    done=re.compile(r"^(?:ich bin )?fertig$|^(?:das )?(?:ist|war|wars) alles$|^das wars$|^mehr nicht$"),
    do_not_call=re.compile(
        r"\bruf(?:en)?(?: sie)? (?:mich|uns|hier) (?:bitte )?(?:nicht mehr|nie wieder|nie mehr) an\b"
        r"|\bhor(?:en)? (?:sie )?auf (?:mich |uns |hier )?anzurufen\b|\bnicht mehr anrufen\b|\bnie wieder anrufen\b"
        r"|\b(?:nehmen|streichen|loschen) sie (?:mich|uns|meine nummer) (?:von|aus)\b"
    ),
)
