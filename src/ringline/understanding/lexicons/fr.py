"""French, of France, Belgium, Switzerland and Canada."""

from __future__ import annotations

import re

from ringline.understanding.lexicons.lexicon import Cue, Lexicon, phrases, words

_SPELLED = {
    "zero": "zéro",
    "premiere": "première",
    "second": "deuxième",
    "seconde": "deuxième",
    "cents": "cents",
}


def _spelled(word: str) -> str:
    if word.endswith("ieme"):
        return word.removesuffix("ieme") + "ième"
    return _SPELLED.get(word, word)


_CUES: dict[str, Cue] = {
    **phrases(
        "yes",
        """oui, wi, ui, ouii, ouais, ouai, ouep, ouaip, ouaips, yes, yep, yeah, moui oui, mais oui, ben oui,
        bah oui, eh oui, si si, mais si, ben si, bah si, bien sur, biensur, bien sur que oui, oui bien sur,
        evidemment, bien evidemment, naturellement, tout a fait, toutafait, exactement, exact, c est exact,
        tout juste, absolument, effectivement, en effet, certainement, assurement, carrement, grave,
        clairement, parfaitement, c est ca, c est bien ca, c est juste, c est correct, c est vrai, affirmatif,
        correct, d accord, daccord, dac, je suis d accord, ca marche, ca roule, ca me va, ca me va bien,
        ca me convient, ca m arrange, ca ira, ca va, c est bon, c est bon pour moi, c est parfait, volontiers,
        avec plaisir, avec grand plaisir, avec joie, bien volontiers, pas de probleme, pas de problemes,
        pas de pb, pas de souci, pas de soucis, pas d souci, y a pas de probleme, y a pas de souci,
        il y a pas de probleme, il y a pas de souci, aucun probleme, aucun souci, sans probleme, sans souci,
        sans aucun probleme, sans aucun doute, sans doute aucun, aucun doute, sans hesiter, pourquoi pas,
        et pourquoi pas, je confirme, confirme, je serai la, je serai present, je serai presente, j y serai,
        on sera la, nous serons la, je viens, j arrive, comptez sur moi, compte sur moi, a tout a l heure,
        pas d objection, pas d inconvenient, avec grand plaisir, ca me ferait plaisir, j ai hate, entendu,
        c est entendu, c est note, marche conclu, j accepte, et comment, je veux bien, je veux, pour sur,
        que oui, 👍, 👌, ✅, ✔, 💯, 🙌, 🆗, ☑""",
    ),
    **phrases(
        "no",
        """pas que je sache, pas a ma connaissance, non merci ca ira, non ca ira, non merci ca va,
        non, nan, nn, nop, nope, non non, nan nan, ben non, bah non, mais non, eh non, oh non, non merci,
        sans facon, bien sur que non, evidemment que non, certainement que non, que non, pas du tout,
        absolument pas, certainement pas, surement pas, carrement pas, clairement pas, vraiment pas,
        pas vraiment, pas tellement, pas trop, pas specialement, pas forcement non, jamais, jamais de la vie,
        au grand jamais, pas encore, toujours pas, pas maintenant, pas aujourd hui, pas cette fois,
        plus maintenant, plus du tout, hors de question, pas question, c est hors de question, en aucun cas,
        aucunement, nullement, negatif, je pense pas, je crois pas, je crois que non, je pense que non,
        je dirais non, je dirais que non, je dirais pas, il me semble pas, il semble que non, j en doute,
        ca m etonnerait, j en doute fort, malheureusement non, malheureusement pas, helas non, desole non,
        desolee non, plutot pas, je peux pas, je pourrai pas, je pourrais pas, on peut pas, nous pouvons pas,
        je veux pas, je veux plus, je viens pas, je viendrai pas, je serai pas la, je suis pas d accord,
        pas d accord, je suis pas interesse, je suis pas interessee, pas interesse, pas interessee,
        ca m interesse pas, ca va pas, ca va pas etre possible, ca marche pas, ca me va pas,
        ca me convient pas, ca m arrange pas, c est pas possible, pas possible, impossible, c est impossible,
        c est pas ca, c est pas vrai, c est pas exact, c est pas correct, pas correct, c est faux, faux,
        c est incorrect, incorrect, c est pas la peine, pas la peine, pas besoin, moi non plus, non plus,
        que dalle, tu parles, ouais non, ouais nan, 👎, ❌, ✖, 🚫, 🙅""",
    ),
    **phrases(
        "weak_yes",
        """ok, okay, okey, oki, bien, tres bien, parfait, super, genial, nickel, impeccable, top, cool, bon, si,
        vrai, vas y, allez y, allez, c est parti, je peux, je le veux, j ai, je suis, volontier, ca joue,
        vendu, chouette, excellent, s il vous plait, moui""",
    ),
    **phrases("weak_no", "pas, aucun, aucune, rien, desole, desolee, malheureusement, helas"),
    **phrases(
        "hedged_yes",
        """c est pas faux, je crois que oui, je pense que oui, je crois bien, je pense bien, je dirais oui,
        je dirais que oui,
        je suppose que oui, j imagine que oui, j espere que oui, j espere, je suppose, je pense, je crois,
        il me semble, il me semble que oui, plutot oui, probablement, probablement oui, surement, sans doute,
        vraisemblablement, en principe, en principe oui, a priori, a priori oui, normalement oui,
        certainement oui, oui je crois, oui je pense""",
    ),
    **phrases(
        "hedged_no",
        (
            "probablement pas, plutot non, je suppose que non, j imagine que non, j espere que non, j "
            "espere pas, sans doute pas, a priori non, en principe non, normalement non, "
            "vraisemblablement pas"
        ),
    ),
    **phrases(
        "maybe",
        """peut etre, peutetre, ptet, pt etre, p t etre, peut etre bien, peut etre que oui, peut etre que non,
        peut etre oui peut etre non, ca se peut, c est possible, possible, eventuellement, on verra,
        on verra bien, faut voir, il faut voir, a voir, je vais voir, je vais y reflechir, je dois reflechir,
        laissez moi reflechir, pas mal, pas forcement, pas necessairement, ca pourrait""",
    ),
    **phrases(
        "dont_know",
        """je sais pas, sais pas, jsais pas, jsp, chais pas, ch sais pas, chai pas, je sais pas trop,
        j en sais rien, j sais pas, je sais plus, aucune idee, pas la moindre idee, aucune idee non,
        j ai pas d idee, pas d idee, je suis pas sur, je suis pas sure, pas sur, pas sure, pas certain,
        pas certaine, je suis pas certain, je suis pas certaine, ca depend, tout depend, cela depend,
        ni oui ni non, bof, difficile a dire, je saurais pas dire, j hesite, indecis, indecise, qui sait,
        allez savoir, va savoir, je me souviens plus, je me souviens pas, 🤷, 🤔""",
    ),
}

_SPEAK_TO = (
    "quelqu un|(?:une? |un )?(?:vraie? |autre "
    ")?(?:personne|conseill(?:er|ere)|operateur|operatrice|agent|humain|etre "
    "humain|responsable|representant|employe|collegue|technicien|interlocuteur|secretaire|receptionniste)"
)
_DECLINE = "repondre|dire|le dire|vous le dire|vous repondre|donner|parler|en parler|partager|communiquer|divulguer"

LEXICON = Lexicon(
    numbers="fr",
    silence=words("euh heu eu hum hm hmm uh um ah oh ben bah bin eh ouf ne n mhm"),
    politeness=words(
        "merci svp stp bonjour bonsoir salut monsieur madame mademoiselle alors donc voila juste "
        "seulement bon enfin beaucoup"
    ),
    courtesies=re.compile(
        r"\b(?:s il (?:vous|te) plait|sil (?:vous|te) plait|merci (?:beaucoup|bien|d avance"
        r"|infiniment)|je vous (?:en )?(?:prie|remercie)|mille mercis)\b"
    ),
    cues=_CUES,
    sentences=(
        (re.compile(r"\b(?:ce? est pas grave|pas de quoi|jamais deux sans trois|pas seulement)\b"), "neither"),
        (re.compile(r"\bvois pas pourquoi (?:pas|non)\b"), "yes"),
        (re.compile(r"\b(?:dis|dirais|dirai|dirait) pas non\b"), "hedged_yes"),
        (
            re.compile(
                r"^(?:ca|ce) serait (?:\w+ )?(?:super|parfait|bien|genial|top|ideal|sympa|formidable)\b(?! mais)"
            ),
            "yes",
        ),
        (re.compile(r"^si (?:je|j|on|c|il|elle|ca|vous|tu|possible|besoin)\b.*"), "maybe"),
        (
            re.compile(
                r"\b(?:je |j )?(?:suis |en suis )?pas (?:encore |tout a fait |vraiment |tres |du tout "
                r"|totalement )*(?:sure?|certaine?|decidee?)\b.*"
            ),
            "dont_know",
        ),
        (
            re.compile(
                r"\b(?:je (?:le |l )?|j en )?(?:sais|saurais|sait) (?:encore |vraiment |toujours |du tout "
                r")*(?:pas|plus|rien)\b.*"
            ),
            "dont_know",
        ),
        (
            re.compile(
                r"\b(?:pas|aucun|sans) (?:de |d |le moindre |aucun )?(?:probleme|souci|pb|doute|inconvenient"
                r"|objection)s?\b"
            ),
            "yes",
        ),
        (
            re.compile(
                r"\bje (?:(?:le |la |les |y |l |en |vous |m )*)(?:peux|pourrai|pourrais|veux|souhaite|viens"
                r"|viendrai|pense|crois|serai|suis|dirais|confirme|prends) (?:malheureusement |vraiment "
                r"|toujours |plus |surtout )*(?:pas|plus)\b(?! (?:mal|loin|tard|attendre)).*"
            ),
            "no",
        ),
        (
            re.compile(
                r"\b(?:ca|c est|ce est|cela|il est|ce sera) (?:me |m |te |nous |va |me va |sera |etre |est "
                r"|arrange |marche |convient |joue )*(?:vraiment |malheureusement )?pas\b(?! (?:mal|faux)\b).*"
            ),
            "no",
        ),
    ),
    edge=words("si bon allez ui wi correct grave possible"),
    unturned=words("oui ouais si"),
    negations=words("pas ni jamais aucun aucune sans guere"),
    corrections=re.compile(
        r"[\s,.;…-]*\b(?:(?:non|nan),? (?:pardon|attendez|attends|excusez moi|je veux dire|plutot"
        r"|desolee?|en fait|enfin|sorry)|enfin,? (?:non|nan)|non,? bon|attende?[sz]?,? non|pardon,? non|euh,? "
        r"non(?=,)"
        r"|je (?:veux|voulais) dire|j voulais dire|ou plutot|ou alors plutot|plutot(?= (?:le|la|les|l"
        r"|un|une|a) )|pardon|attendez|attends|excusez[ -]moi|excuse[ -]moi|desolee?|je me (?:suis "
        r")?tromp\w+|je corrige|je rectifie|rectification|correction"
        r"|en fait|finalement|oups|oula|mais plutot|a la reflexion|ou mieux|sorry|enfin)\b[\s,.;:…-]*"
    ),
    bare_correction=re.compile(r"[\s,.;…-]+\b(?:non|nan)\b[\s,.;…-]+"),
    modifiers=words("mais sauf excepte seulement si cependant"),
    dont_know=re.compile(
        r"\b(?:(?:faut|dois|vais) (?:que j e?|que je )?(?:y )?(?:reflech\w+|verifi\w+)|(?:je |j |l "
        r"|en |le |ch )*(?:sais|saurais|chais|chai|jsais|jsai) (?:encore |vraiment "
        r"|toujours |plus |du tout )*(?:pas|plus|rien)|jsp|(?:aucune|pas (?:la moindre|une|d)) idee"
        r"|pas (?:encore |tout a fait |vraiment |tres |du tout )*(?:sure?|certaine?|decidee?)"
        r"|(?:ca|cela|tout) depend|(?:m en |me |m )(?:souviens|rappelle|souvient) (?:plus|pas)|j ai "
        r"oublie|oublie$|difficile a dire|(?:peux|pourrais) pas (?:vous |te )?dire|indecise?|ignore"
        r"|en sais rien)\b|🤷|🤔"
    ),
    refused=re.compile(
        rf"\b(?:(?:je )?dirai rien|ai pas envie (?:de repondre|d en parler|de le dire)|(?:je "
        rf")?(?:prefere|prefererais|aimerais mieux|aime mieux) (?:de )?(?:pas|rien) (?:(?:le|la|les|l|vous|y|en) )*"
        rf"(?:{_DECLINE}|(?:\w+ )?(?:repondre|dire))"
        rf"|(?:je )?(?:veux|souhaite|desire|voudrais|compte|vais|tiens) (?:pas|rien|plus)(?: a)? "
        rf"(?:(?:y |vous |le |en |vous le )*(?:{_DECLINE}))\b|je refuse de|(?:c est|ce sont) pas (?:vos"
        rf"|tes) (?:affaires|oignons)"
        r"|ca (?:vous|te) regarde pas|pas de commentaire|sans commentaires?|(?:c est|ce sont) "
        r"(?:(?:quelque chose de|une information|des informations|trop|assez|mes donnees) "
        r")*(?:privee?s?|personnel\w*|confidentiel\w*))\b"
    ),
    meta={
        "repeat": re.compile(
            r"(?:(?:pardon|excusez moi|comment|desole|quoi) )*(?:quoi|comment|pardon|hein|plait il|vous "
            r"dites|vous disiez|qu est ce que vous (?:avez dit|dites)|vous avez dit quoi|c etait quoi la "
            r"question|quelle (?:est|etait) la question|encore(?: une fois)?|de nouveau|une fois de plus"
            r"|repetez|repete|repeter|repetition|quels (?:sont|etaient) les (?:choix|options)(?: deja)?"
            r"|c (?:est|etait) quoi les (?:choix|options)(?: deja)?"
            r"|quelles (?:sont|etaient) les options|excusez moi|(?:j|je) ai pas (?:entendu|compris ce que "
            r"vous avez dit))"
        ),
        "slower": re.compile(
            r"(?:(?:pouvez|pourriez) vous (?:parler |aller )?|vous (?:pouvez|pourriez) (?:parler |aller )?"
            r"|parlez |parle )?(?:un peu )?(?:plus (?:lentement|doucement)|moins vite|moins rapidement"
            r"|lentement|doucement|ralentir|ralentissez|pas si vite)"
            r"|(?:vous parlez|c est|ca va|c etait|tu parles) (?:un peu )?trop (?:vite|rapide|rapidement)"
        ),
        "help": re.compile(
            r"je (?:comprends|saisis|pige) (?:pas|rien)|"
            r"(?:a l )?aide|aidez moi|aide moi|au secours|j ai besoin d aide|(?:desole |pardon )?(?:je |j "
            r"ai )?(?:comprends|compris|saisis|pige|pas compris)(?: (?:pas|rien))?(?: (?:compris"
            r"|bien))?(?: (?:la question|ce que vous (?:dites|demandez|voulez dire)|bien))?|(?:qu est ce "
            r"que (?:ca|cela)|ca|que) (?:veut|veux) dire(?: quoi)?(?: ca)?|c est a dire"
            r"|(?:qu est ce que )?(?:vous|tu) (?:voulez|veux) dire(?: (?:quoi|par la))?|que voulez vous "
            r"dire(?: par la)?|qui (?:est ce|etes vous|est a l appareil)|c est (?:qui|quoi|a quel sujet)"
            r"|de quoi s agit il|c est pour quoi|options|quelles sont (?:mes|les) options|info|infos"
            r"|(?:pouvez vous|vous pouvez) (?:m )?expliquer"
        ),
        "operator": re.compile(
            r"(?:(?:je (?:veux|voudrais|prefere|souhaite)|donnez moi|passez moi) )?"
            r"(?:une |la )(?:vraie |autre )?personne(?: reelle)?|vraie personne"
            r"|(?:un |une |l |le |la )?(?:vraie? |autre )?(?:conseiller|conseillere|operateur|operatrice"
            r"|agent|humain|etre humain|standard|standardiste|telephoniste"
            r"|receptionniste|secretariat|representant)|service client(?:s|ele)?|quelqu un(?: de reel)?"
        ),
        "skip": re.compile(
            r"(?:(?:on |je |nous )?(?:passe|passer|passons|saute|sauter|sautons|zappe|zapper)|passez"
            r"|sautez|suivante?|la suivante|prochaine|la prochaine)(?: (?:a |cette |la |celle |ca |on "
            r"|est )*(?:question|suivante|question suivante|prochaine|prochaine question|la|suite)?)?"
            r"|(?:la )?(?:prochaine )?question suivante|je passe(?: mon tour)?|passe(?: cette question)?"
        ),
        "back": re.compile(
            r"(?:(?:je (?:veux|voudrais)|on peut|pouvez vous|peut on|j aimerais) )?(?:revenir|retour"
            r"|reviens|revenez|retourner|revenons|retournez)(?: (?:en arriere|a la (?:question "
            r")?(?:precedente|d avant)|a la question (?:precedente|d avant)|arriere))?|en arriere|(?:la "
            r")?(?:question )?precedente|annuler|la question d avant"
        ),
        "stop": re.compile(
            r"je veux (?:pas|plus) continuer|"
            r"stop|arretez?|ca suffit|fin|terminer|termine|raccrocher|raccrochez|quitter|au revoir|adieu"
            r"|(?:je (?:veux|voudrais|souhaite) |on peut |j aimerais )?(?:arreter|terminer|finir"
            r"|raccrocher|quitter|mettre fin a|en rester)(?: (?:la|ici|maintenant|tout|de suite|l appel"
            r"|la conversation|le questionnaire|l entretien|cet appel|le sondage))*|laissez moi "
            r"(?:tranquille|en paix)|fichez moi la paix|desabonner"
        ),
        "hold": re.compile(
            r"(?:attendez|attends|patientez|donnez moi|donne moi|accordez moi|juste|rien qu)?(?: "
            r")?(?:(?:un|une|1|deux) (?:petit |petite )?)(?:instant|moment|minute|seconde|secondes|minutes"
            r"|instants)|attendez|attends|patientez|minute|quittez pas|un instant (?:attendez|je reviens)"
            r"|je reviens|deux minutes"
        ),
    },
    meta_within={
        "repeat": re.compile(
            r"\b(?:(?:(?:pouvez|pourriez) vous|vous (?:pouvez|pourriez)|tu peux|peux tu|est ce que vous "
            r"pouvez|est ce que vous pourriez) (?:me |le |la |bien )*(?:repeter|redire|reposer"
            r"|reformuler)(?: (?:la question|les choix|les options|votre question))?|repete[rz]? (?:la "
            r"question|les choix|les options|ca|votre question|moi ca)"
            r"|(?:j|je) (?:vous )?ai (?:pas|rien|mal) (?:bien )?entendu|je vous entends (?:pas|mal)"
            r"|entends? pas (?:bien)?$|repetez$)"
        ),
        "slower": re.compile(r"\b(?:parle[rz]?|aller) (?:un peu )?(?:plus lentement|moins vite|plus doucement)\b"),
        "operator": re.compile(
            rf"\b(?:(?:parler|parle|discuter) (?:a|avec) (?:{_SPEAK_TO})|(?:passez|passer|passe|mettez"
            rf"|mettre|transferez|transferer|redirigez)(?: moi| me)? (?:(?:en (?:relation|contact) avec"
            rf"|vers|a|avec) )?(?:{_SPEAK_TO})|(?:me passer|me transferer) (?:a |vers )?(?:{_SPEAK_TO})"
            rf"|vraie personne)\b"
        ),
        "skip": re.compile(
            r"\b(?:pass(?:er|e|ons)|saut(?:er|e|ons)) (?:a |cette |la )+(?:question|suivante|prochaine)\b"
        ),
        "back": re.compile(
            r"\b(?:reven(?:ir|ons|ez)|retourn(?:er|ons|ez)) (?:en arriere|a la (?:question )?(?:precedente"
            r"|d avant))\b"
        ),
        "stop": re.compile(
            r"\b(?:arreter|terminer|interrompre|finir) (?:la|l|cet|cette|le|ici|maintenant) ?(?:appel"
            r"|conversation|questionnaire|sondage|entretien)?$"
        ),
        "hold": re.compile(
            r"^(?:attendez|attends|patientez|donnez moi) (?:un|une|deux) (?:petit |petite )?(?:instant"
            r"|moment|minutes?|secondes?)\b"
        ),
        "help": re.compile(
            r"\b(?:comprends pas|pas compris|pas bien compris) (?:la question|ce que vous|votre question|ce qu)\b"
        ),
    },
    hedges=words("peut crois pense probablement sans suppose imagine possible etre"),
    approximations=words(
        "environ presque pres quelque peu plus moins autour vers minimum maximum max dizaine "
        "quinzaine vingtaine trentaine"
        " quarantaine cinquantaine soixantaine centaine millier dans"
    ),
    zero=re.compile(
        r"\b(?:aucune?|rien|(?<!une )(?<!la )(?<!vraie )personne(?! (?:m|qui|a|de)\b)|nul|j en ai pas"
        r"|j ai pas|pas une? seule?|pas une?$|y en a pas)\b"
    ),
    minus=words("moins negatif"),
    half=words("demi demie"),
    amounts={
        "douzaine": 12,
        "paire": 2,
        "couple": 2,
        "dizaine": 10,
        "huitaine": 8,
        "quinzaine": 15,
        "vingtaine": 20,
        "trentaine": 30,
        "quarantaine": 40,
        "cinquantaine": 50,
        "soixantaine": 60,
        "centaine": 100,
        "millier": 1000,
    },
    multiples={"douzaine": 12, "douzaines": 12, "dizaines": 10, "centaines": 100, "milliers": 1000, "paires": 2},
    quarter=words("quart quarts"),
    joints=words("et"),
    scales={
        "mille": 1000,
        "k": 1000,
        "million": 1_000_000,
        "millions": 1_000_000,
        "milliard": 1_000_000_000,
        "milliards": 1_000_000_000,
        "cent": 100,
        "cents": 100,
    },
    of_total=re.compile(r"\s*(?:/|\bsur\b|\bsur un total de\b)\s*$"),
    not_numbers=words(""),
    pronoun=words(""),
    ordinal_frame=words(
        "option numero reponse choix lettre le la les l je prends choisis voudrais veux prefere mets "
        "plutot pour est serait celui celle du dirais"
    ),
    last=words("dernier derniere"),
    both=re.compile(
        r"(?:les (?:deux|trois|quatre)|tous(?: les (?:deux|trois))?|toutes(?: les (?:deux|trois))?"
        r"|tout|n importe (?:lequel|laquelle|quoi)|peu importe|importe (?:lequel|laquelle)|ca m est "
        r"egal|egal|l un ou l autre)"
    ),
    neither=re.compile(
        r"(?:aucune?(?: (?:des (?:deux|trois)|d entre (?:eux|elles)|de ces (?:choix|options)))?|ni l "
        r"une? ni l autre|rien(?: de tout (?:ca|cela))?)"
    ),
    stopwords=words(
        "aime convient plait un une le la les l de du des d a au aux en pour par avec et ou que qu "
        "qui ce c cette ces "
        "est suis sont sera serait je j il elle on nous vous tu me m"
        " te se s mon ma mes ton ta votre vos y n ne pas oui non veux voudrais aimerais prefere "
        "prends choisis crois pense dirais ai a merci plait svp"
        " option numero choix plutot plus moins comme ca ici chose sur dans"
    ),
    told_apart=(re.compile(r"\bm{2,}\b"), "hm"),
    not_counted=re.compile(r"\b(?:pour cents?|(?:au|du|de|pour le) moins|pas une?(?: seule?)?)\b"),
    elides=True,
    decimal=",",
    ordinal_suffix="er|ere|re|e|eme|ieme|nd|nde",
    spelled=_spelled,
    declined=re.compile(
        r"\b(?:non$|pas$|(?:je |ca |c est )?(?:peux|marche|va|convient|arrange|possible|me va|m arrange"
        r"|me convient)? ?pas(?: possible)?$|(?:je (?:peux|suis|pourrai)|ca (?:va|marche|me va|m "
        r"arrange|me convient)|c est) pas\b|non merci$|surtout pas$|impossible$)"
    ),
    possessives=words("mon ma mes notre nos votre"),
    between=words("entre"),
    conjunctions=words("et"),
    alternatives=words("ou"),
    articles=words("un une"),
    counted=words(
        "personne enfant fils fille an annee fois jour nuit heure mois semaine minute adulte frere "
        "soeur chien chat voiture billet place invite invitee seul seule"
    ),
    number_frame=words("le la les"),
    below_zero=re.compile(r"(?:degres? )?(?:en dessous de|au dessous de|sous) zero\b"),
    sounds=(
        (re.compile(r"([^\W\d_])\1"), r"\1"),
        (re.compile("ph"), "f"),
        (re.compile("t(?=ion)"), "s"),
        (re.compile("c(?=[eiy])"), "s"),
        (re.compile("(?:er|ez)$"), "e"),
        (re.compile("eau|au"), "o"),
        (re.compile("qu|k"), "c"),
        (re.compile("h"), ""),
    ),
    idioms=re.compile(
        r"\b(?:(?:son|mon|leur) trente[ -]et[ -]un|trente[ -]six (?:solutions|chandelles|facons|choses"
        r"|raisons)|(?:tout|toute|flambant|quoi de) neuf|quatre (?:vents|pattes|epingles|coins)|en quatre"
        r"|quatre a quatre|un de (?:ces|ses|mes|nos|vos|leurs)|mille (?:mercis|excuses|fois)"
        r"|septieme ciel|(?:midi )?a quatorze heures|deux choses l une)\b"
    ),
    open_ended=re.compile(
        r"\b(?:(?:plus|moins) (?:de|d|que)|(?:au|en) dess(?:us|ous) de|au (?:moins|plus|minimum|maximum)"
        r"|jusqu a)\s*$"
    ),
    excepting=re.compile(r"\b(?:sauf|excepte|hormis|a part)(?: le| la| les| l)?$"),
    reported=re.compile(
        r"\b(?:(?:mon|ma|mes|son|sa|ses|le|la|les|notre|votre) \w+|ils?|elles?) (?:m |nous )?(?:(?:a"
        r"|ont) )?(?:dit|disait|disent|pense|pensent|croit|croient)\b"
    ),
    unwilling=re.compile(
        r"(?:non )?(?:je |j )?(?:prefere|prefererais|aime mieux|aimerais mieux)(?: ne)? pas"
        r"|je (?:ne )?(?:veux|souhaite|voudrais) pas"
    ),
    loose=words(
        "quelques dizaine douzaine quinzaine vingtaine trentaine quarantaine cinquantaine soixantaine centaine millier"
    ),
)
