"""French."""

from __future__ import annotations

import re

from ringline.interview.sentences.sentences import Sentences

SENTENCES = Sentences(
    recording="Cet appel est enregistré.",
    goodbye="Merci beaucoup. Au revoir.",
    resumed="Excusez-moi, nous avons été coupés. Reprenons là où nous étions.",
    too_long="Je crains que notre temps ne soit écoulé.",
    not_heard=("Je n'ai rien entendu.", "Je ne vous entends toujours pas.", "Aucun son ne me parvient encore."),
    not_understood=("Pardon, je n'ai pas compris.", "Je ne comprends toujours pas.", "Cela n'a pas marché non plus."),
    out_of_range=("Pardon, ce n'est pas possible ici.", "Cela ne va pas non plus.", "Je ne peux pas accepter cela."),
    which=("Voulez-vous dire {first} ou {second} ?", "Lequel : {first} ou {second} ?", "{first}, ou bien {second} ?"),
    rejected=("Pardon, je me suis trompé.", "Alors j'ai encore mal compris.", "Alors essayons encore une fois."),
    question_was="La question était : {question}",
    attempt="C'est l'essai numéro {n}.",
    again=("Bien sûr. {question}", "La revoici. {question}", "Volontiers, encore une fois. {question}"),
    slower=("Je vais plus lentement. {question}", "Lentement, alors. {question}", "Pas à pas. {question}"),
    short={
        "text": "Dites-le avec vos propres mots.",
        "number": "Donnez-moi un nombre{range}.",
        "yes_no": "Dites oui ou non, s'il vous plaît.",
        "multiple_choice": "Vous pouvez choisir {choices}.",
        "date": "Dites-moi le jour, s'il vous plaît.",
        "time": "Dites-moi l'heure, s'il vous plaît.",
        "duration": "Dites-moi combien de temps.",
        "phone": "Dites-moi le numéro de téléphone, chiffre par chiffre.",
        "email": "Dites-moi l'adresse e-mail.",
        "digits": "Dites-moi les chiffres un par un.",
    },
    example={
        "text": "Quelques mots suffisent.",
        "number": "Par exemple : {example}.",
        "yes_no": "Un seul mot suffit : oui, ou non.",
        "multiple_choice": "Par exemple : {example}.",
        "date": "Par exemple : le trois mai.",
        "time": "Par exemple : seize heures trente.",
        "duration": "Par exemple : deux heures et demie.",
        "phone": "Commencez par l'indicatif, par exemple : zéro six, douze, trente-quatre.",
        "email": "Par exemple : anna arobase exemple point com.",
        "digits": "Par exemple : quatre, zéro, sept.",
    },
    keys={
        "number": "Vous pouvez taper le nombre sur le clavier, puis dièse.",
        "yes_no": "Sur le clavier, 1 veut dire oui et 2 veut dire non.",
        "multiple_choice": "Sur le clavier : {keys}.",
        "phone": "Vous pouvez taper le numéro sur le clavier, puis dièse.",
        "digits": "Vous pouvez taper les chiffres sur le clavier, puis dièse.",
    },
    only_keys="À partir d'ici seulement le clavier, s'il vous plaît : {how}.",
    type_in="tapez le numéro, puis dièse",
    key_is="{key} pour {label}",
    parts="Allons-y par petits morceaux : parlez lentement, quelques mots à la fois.",
    is_it="Est-ce {label} ? Dites oui ou non.",
    first_digits="Dites-moi seulement les trois premiers chiffres.",
    more_digits="{heard}. Et les suivants ? Dites « terminé » quand c'est tout.",
    which_day="D'abord seulement le jour du mois, en chiffres.",
    which_month="Et quel mois ?",
    which_year="Et quelle année ?",
    before_at="D'abord seulement ce qui vient avant l'arobase.",
    after_at="Et qu'est-ce qui vient après l'arobase ?",
    key_for="tapez {key} pour {label}",
    reply_with="répondez {key} pour {label}",
    between=" de {low} à {high}",
    at_least=" d'au moins {low}",
    at_most=" d'au plus {high}",
    yes="oui",
    no="non",
    unsure="pas sûr",
    or_="ou",
    confirm=("J'ai compris {value}. Est-ce exact ?", "Avez-vous dit {value} ?", "C'est donc {value}, n'est-ce pas ?"),
    confirm_ending="La réponse que j'ai se termine par {last}. Est-ce exact ?",
    confirm_hidden="J'ai votre réponse. Dois-je la garder ?",
    yes_or_no="Dites oui ou non, s'il vous plaît : est-ce {value} ?",
    implied="{value}, donc.",
    star="étoile",
    hash="dièse",
    repeat_key="tapez {key} pour réentendre la question",
    skip_key="tapez {key} pour la passer",
    operator_key="tapez {key} pour parler à quelqu'un",
    back_key="tapez {key} pour revenir en arrière",
    no_operator="Il n'y a personne à qui je puisse vous passer.",
    no_back="C'est la première question.",
    no_skip="Je ne peux pas passer celle-ci.",
    hold=("Prenez votre temps. Parlez quand vous voulez.", "Rien ne presse, j'attends.", "Je suis toujours là."),
    transferring="Un instant, je vous passe quelqu'un.",
    transfer_failed="Personne n'a pu prendre l'appel. Continuons ici.",
    written_transfer="Quelqu'un va vous contacter.",
    change="Pour changer une réponse, dites « retour ».",
    screened="C'est un appel automatique avec quelques questions.",
    stop_calling="C'est entendu. Nous ne vous appellerons plus. Au revoir.",
    reminder="Nous attendons toujours votre réponse. {question}",
    machine=re.compile(
        r"laiss(?:er|ez)(?: moi| nous)? (?:un|votre) message|apres le (?:bip|signal)|repondeur|messagerie|boite vocale"
        r"|nest pas disponible|enregistrez votre"
    ),
    screening=re.compile(
        r"qui (?:est a lappareil|appelle|est ce|etes vous)|de la part de qui|cest de la part|dites votre nom"
        r"|indiquez votre nom|enregistrez votre nom|votre nom et (?:le |la )?(?:motif|raison)|(?:motif|raison"
        r"|objet) de votre appel|pourquoi vous appelez|filtrage"
    ),
    on_hold=re.compile(
        r"\b(?:un (?:instant|moment)|une (?:seconde|minute)|ne quittez pas|restez en ligne|patientez"
        r"|je vous le passe|je vous la passe)\b"
    ),
    foreign=re.compile(r"\b(?:ne |n)?(?:parle|comprends) pas\b"),
    earlier=re.compile(
        r"\b(?:dit|voulais|changer|corriger)\b.{0,40}\b(?:premiere|deuxieme|precedente|derniere"
        r"|autre)(?: (?:question|reponse))?$|\b(?:premiere|derniere) (?:question|reponse)\b|\b(?:question"
        r"|reponse) (?:precedente|davant)\b"
    ),
    took_back=re.compile(
        r"^(?:(?:non|attendez|attends|pardon|oh|ah) )+(?:mais )?(?:jai dit|jai voulu dire|je voulais dire"
        r"|je disais)\b"
    ),
    done=re.compile(r"^(?:cest )?(?:termine|fini|tout|complet)$|^rien de plus$"),
    do_not_call=re.compile(
        r"\b(?:arretez?|arreter|cessez) de (?:mappeler|nous appeler|me telephoner)\b"
        r"|\bne (?:mappelez|nous appelez|mappelle|me telephonez|me rappelez) (?:plus|jamais)\b"
        r"|\b(?:retirez|enlevez|rayez) (?:moi|nous|mon numero) de (?:la|votre) liste\b"
    ),
)
