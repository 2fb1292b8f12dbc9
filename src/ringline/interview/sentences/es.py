"""Spanish."""

from __future__ import annotations

import re

from ringline.interview.sentences.sentences import Sentences

SENTENCES = Sentences(
    recording="Esta llamada se está grabando.",
    goodbye="Muchas gracias. Adiós.",
    resumed="Perdone, se cortó la llamada. Sigamos donde estábamos.",
    too_long="Me temo que se nos acabó el tiempo.",
    not_heard=("No he oído nada.", "Sigo sin oírle.", "Todavía no me llega ningún sonido."),
    not_understood=("Perdone, no le he entendido.", "Sigo sin entenderlo.", "Tampoco así lo he entendido."),
    out_of_range=("Perdone, eso aquí no es posible.", "Eso tampoco vale.", "No puedo aceptar esa respuesta."),
    which=("¿Quiere decir {first} o {second}?", "¿Cuál de los dos: {first} o {second}?", "¿{first}, o {second}?"),
    rejected=("Perdone, me he equivocado.", "Entonces lo entendí mal otra vez.", "Entonces probemos de nuevo."),
    question_was="La pregunta era: {question}",
    attempt="Este es el intento número {n}.",
    again=("Claro. {question}", "Aquí va otra vez. {question}", "Con gusto, una vez más. {question}"),
    slower=("Voy más despacio. {question}", "Despacio, entonces. {question}", "Paso a paso. {question}"),
    short={
        "text": "Dígalo con sus propias palabras, por favor.",
        "number": "Dígame un número{range}, por favor.",
        "yes_no": "Diga sí o no, por favor.",
        "multiple_choice": "Puede elegir {choices}.",
        "date": "Dígame el día, por favor.",
        "time": "Dígame la hora, por favor.",
        "duration": "Dígame cuánto tiempo, por favor.",
        "phone": "Dígame el número de teléfono, cifra por cifra.",
        "email": "Dígame la dirección de correo electrónico.",
        "digits": "Dígame las cifras una por una.",
    },
    example={
        "text": "Basta con unas pocas palabras.",
        "number": "Por ejemplo: {example}.",
        "yes_no": "Basta una sola palabra: sí, o no.",
        "multiple_choice": "Por ejemplo: {example}.",
        "date": "Por ejemplo: el tres de mayo.",
        "time": "Por ejemplo: las cuatro y media de la tarde.",
        "duration": "Por ejemplo: dos horas y media.",
        "phone": "Empiece por el prefijo, por ejemplo: cinco cinco cinco, uno dos tres.",
        "email": "Por ejemplo: ana arroba ejemplo punto com.",
        "digits": "Por ejemplo: cuatro, cero, siete.",
    },
    keys={
        "number": "Puede marcar el número en el teclado y pulsar almohadilla.",
        "yes_no": "En el teclado, 1 es sí y 2 es no.",
        "multiple_choice": "En el teclado: {keys}.",
        "phone": "Puede marcar el número en el teclado y pulsar almohadilla.",
        "digits": "Puede marcar las cifras en el teclado y pulsar almohadilla.",
    },
    only_keys="A partir de ahora solo el teclado, por favor: {how}.",
    type_in="marque el número y después almohadilla",
    key_is="{key} para {label}",
    parts="Vamos por partes: hable despacio, unas pocas palabras cada vez.",
    is_it="¿Es {label}? Diga sí o no, por favor.",
    first_digits="Dígame solo los tres primeros dígitos.",
    more_digits="{heard}. ¿Y los siguientes? Diga «listo» cuando sea todo.",
    which_day="Primero solo el día del mes, como número.",
    which_month="¿Y qué mes?",
    which_year="¿Y qué año?",
    before_at="Primero solo lo que va antes de la arroba.",
    after_at="¿Y qué va después de la arroba?",
    key_for="pulse {key} para {label}",
    reply_with="responda {key} para {label}",
    between=" del {low} al {high}",
    at_least=" de al menos {low}",
    at_most=" de como mucho {high}",
    yes="sí",
    no="no",
    unsure="no lo sé",
    or_="o",
    confirm=("He entendido {value}. ¿Es correcto?", "¿Ha dicho {value}?", "Entonces es {value}, ¿verdad?"),
    confirm_ending="La respuesta que tengo termina en {last}. ¿Es correcto?",
    confirm_hidden="Tengo su respuesta. ¿La guardo?",
    yes_or_no="Diga sí o no, por favor: ¿es {value}?",
    implied="{value}, entonces.",
    star="asterisco",
    hash="almohadilla",
    repeat_key="pulse {key} para oír la pregunta otra vez",
    skip_key="pulse {key} para saltarla",
    operator_key="pulse {key} para hablar con una persona",
    back_key="pulse {key} para volver atrás",
    no_operator="No hay nadie con quien pueda comunicarle.",
    no_back="Esta es la primera pregunta.",
    no_skip="Esta no la puedo dejar fuera.",
    hold=("Tómese su tiempo. Hable cuando quiera.", "Sin prisa, yo espero.", "Aquí sigo."),
    transferring="Un momento, le paso con una persona.",
    transfer_failed="Nadie ha podido atender la llamada. Sigamos aquí.",
    written_transfer="Una persona se pondrá en contacto con usted.",
    change="Para cambiar una respuesta anterior, diga «atrás».",
    screened="Es una llamada automática con unas preguntas.",
    stop_calling="Entendido. No volveremos a llamarle. Adiós.",
    reminder="Seguimos esperando su respuesta. {question}",
    machine=re.compile(
        r"dej[ea] (?:su|tu|un) mensaje|despues de (?:la|oir la|el) (?:senal|tono)|buzon de voz|contestador"
        r"|no (?:esta|se encuentra) disponible|grabe su mensaje"
    ),
    screening=re.compile(
        r"quien (?:llama|habla|es)\b|de parte de quien|diga su nombre|indique su nombre|grabe su nombre"
        r"|su nombre y (?:el )?motivo|motivo de (?:su|la) llamada|por que llama|filtro de llamadas"
        r"|filtrado de llamadas"
    ),
    on_hold=re.compile(
        r"\b(?:un (?:momento|segundo|minuto)|no cuelgue|espere|le (?:paso|comunico)|ahora se pone|en seguida"
        r"|manten(?:ga|gase))\b"
    ),
    foreign=re.compile(r"\bno (?:hablo|entiendo|comprendo|se hablar)\b"),
    earlier=re.compile(
        r"\b(?:dije|decia|queria|quise|cambiar|corregir)\b.{0,40}\b(?:primera|segunda|anterior|ultima"
        r"|otra)(?: (?:pregunta|respuesta))?$|\b(?:primera|ultima) (?:pregunta|respuesta)\b|\b(?:pregunta"
        r"|respuesta) anterior\b"
    ),
    took_back=re.compile(
        r"^(?:(?:no|espere|espera|perdon|ay|oh) )+(?:yo )?(?:dije|decia|queria decir|quise decir|he dicho)\b"
    ),
    done=re.compile(r"^(?:ya )?(?:listo|lista|esta|estan)$|^(?:eso )?es todo$|^nada mas$|^ya esta$"),
    do_not_call=re.compile(
        r"\bno (?:me|nos) (?:llamen?|llames|vuelvan? a llamar) ?(?:mas|nunca)?$|\bno (?:me|nos) vuelvan? a llamar\b"
        r"|\b(?:deje|deja|dejen) de llamar(?:me|nos)?\b|\b(?:quite|quiten|borre|borren)(?:me|nos) de (?:la|su) lista\b"
    ),
)
