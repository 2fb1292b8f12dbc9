"""What takes an answer back or makes less of it, by language: who is not wanted, what is not all, who is not to call.

The patterns are over folded text: lower case, no accents, and apostrophes as the language's lexicon treats them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ringline.understanding.lexicons.lexicon import words


@dataclass(frozen=True, slots=True)
class Caveats:
    """One language."""

    unwanted: re.Pattern[str]
    """What stands, with a few words between, before a thing that is not wanted: `I don't want to talk to`."""
    told_already: re.Pattern[str]
    """How often something was said before, which is no answer: `told you three times`."""
    company: re.Pattern[str]
    """People who are counted besides the number that follows: `me and my three`."""
    fraction: re.Pattern[str]
    """A part of one: `two thirds`."""
    alone: re.Pattern[str]
    """A whole answer that says there is nobody else: `just me`."""
    no_more: re.Pattern[str]
    """That nobody should call or write again."""
    asking: re.Pattern[str]
    """How a question about a choice begins, which does not make it: `do you have`."""
    every: re.Pattern[str]
    """How often, or what time it is, where a number was asked for: `every two days`, `half past six`."""
    bound_before: re.Pattern[str]
    bound_behind: re.Pattern[str]
    """That a number is the most or least there may be, before it or behind: `five or more`."""
    last_year: re.Pattern[str]
    this_year: re.Pattern[str]
    next_year: re.Pattern[str]
    before_day: frozenset[str]
    """Small words between a negation and a day or time: `not on the`."""


_SAID = {
    "en": {
        "asking": r"^(?:is|are|does|do you (?:have|offer|do|sell)|have you got|whats?|how (?:much|long)|why|which)\b",
        "every": r"\b(?:every|each) (?:other )?\w+ (?:hours|days|weeks|months|years|minutes)\b|\b(?:(?:half|quarter"
        r"|five|ten|twenty) past|quarter to) \w+\b",
        "bound_before": r"\b(?:max(?:imum)?|min(?:imum)?|at the (?:very )?(?:most|least))(?: of)?\s*$",
        "bound_behind": r"\s*(?:\+|\w*\s?(?:max|maximum|minimum|tops|at (?:the )?(?:very )?(?:most|least|max)"
        r"|or (?:more|less|fewer)|plus(?! \w)|and (?:up|over|above))\b)",
        "last_year": r"(?:of )?last year",
        "this_year": r"(?:of )?this year",
        "next_year": r"(?:of )?next year",
        "unwanted": r"\b(?:dont|do not|doesnt|didnt|never|wont) (?:really |actually )?(?:want|wanna|need|like"
        "|take|choose)"
        r"(?: (?!(?:want|need|but|just|i|rather)\b)\w+){0,4}$|\b(?:cant|cannot|can not) (?:do|make)(?: \w+)?$"
        r"|(?:^|\b(?:have|has|got|ive|want|with|theres|is|are) )no$"
        r"|\b(?:hate|dislike|detest|loathe|cant stand)(?: \w+)?$",
        "told_already": r"\b(?:told|ask(?:ed|ing)?|said|answered|repeated|explained|saying|telling)(?: \w+){0,3}? "
        r"(?:(?:\w+ )?\w+ times|twice|once)\b",
        "company": r"\b(?:me|myself|(?:my|his|her|our) (?!own)\w+)(?:,? (?:my|his|her|our) \w+)*,? (?:and|plus)"
        r"(?: (?:my|our|his|her|the|another))*\s*$",
        "fraction": r"\b\w+ (?:thirds|fourths|fifths|sixths|sevenths|eighths|ninths|tenths)\b"
        r"|\ban? (?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b",
        "alone": r"(?:(?:its|it is|itll be|thatd be|there is|theres) )?(?:just|only) (?:me|myself|1 person)"
        r"|(?:(?:im|i am|ill be|all) )*(?:alone|on my own|by myself)",
        "no_more": r"\b(?:(?:stop|quit) (?:\w+ )?(?:calling|texting|messaging|phoning|bothering|contacting"
        "|ringing|emailing)"
        r"|(?:dont|do not|never)(?: (?:you|ever|dare))* (?:call|text|message|phone|contact|bother|ring)"
        r"(?: (?:me|us|here|this number))+ (?:again|any ?more|ever)|never (?:call|text|contact) (?:me|us)"
        r"|(?:take|remove|delete|get) (?:me|us|(?:my|this) (?:name|number)) (?:off|from)|unsubscribe)\b",
        "before_day": "on in at by the this next for",
    },
    "es": {
        "asking": r"^(?:tienen?|cual|cuanto|que (?:es|incluye|diferencia))\b",
        "every": r"\bcada \w+ (?:horas|dias|semanas|meses|anos|minutos)\b",
        "bound_before": r"\b(?:maximo|minimo|como (?:mucho|poco)|a lo sumo)(?: de)?\s*$",
        "bound_behind": r"(?! mas o menos)\s*\w*\s?(?:(?:como |al |a lo )?(?:maximo|minimo|mucho|menos|sumo)"
        r"|o (?:mas|menos)|para arriba)\b",
        "last_year": r"(?:del? )?ano pasado",
        "this_year": r"(?:de )?este (?:mismo )?ano",
        "next_year": r"(?:del? )?(?:ano que viene|proximo ano|ano proximo)",
        "unwanted": r"\bno (?:(?:me|le|lo) )?(?:quiero|quisiera|necesito|deseo|queria|quieren|gusta|interesa)"
        r"(?: (?!(?:quiero|sino|pero|prefiero)\b)\w+){0,4}$"
        r"|\b(?:odio|detesto|no soporto)(?: \w+)?$",
        "told_already": r"\b(?:dij\w+|dich\w+|pregunt\w+|respond\w+|contest\w+|repet\w+)(?: \w+){0,3}? (?:\w+ )?"
        r"(?:veces|una vez)\b",
        "company": r"\b(?:yo|mi \w+|mis \w+)(?:,? mis? \w+)*,? (?:y|mas)(?: (?:mis?|los|las|otr[oa]s))*\s*$",
        "fraction": r"\b(?:un|dos|\d) tercios?\b|\b\w+ (?:quintos|sextos|octavos|decimos)\b",
        "alone": r"(?:(?:soy|somos|estoy|es) )?(?:solo|solamente|nada mas|nomas) (?:yo|una persona)"
        r"|(?:(?:yo|soy|estoy|voy|vivo) )+sol[oa]|yo nomas|yo solo|yo sola",
        "no_more": r"\b(?:(?:dej\w+|par\w+|cese?n?) de (?:llamar|escribir|molestar|contactar|mandar|enviar)\w*"
        r"|no (?:me |nos )?(?:(?:vuelvan?|vuelvas) a )?(?:llam|escrib|molest|contact|mand|envi)\w+(?: \w+)? "
        r"(?:mas(?! (?:tarde|temprano|adelante|de|que)\b)|nunca)"
        r"|(?:nunca|jamas) (?:mas )?me (?:vuelvan? a )?(?:llam|escrib)\w+|no me vuelva[ns]? a (?:llamar|escribir)"
        r"|(?:borr|quit|elimin|sac)\w{1,4}me (?:de|ya)\b|(?:dar|den|de|dame|deme|denme)(?:me)? de baja)",
        "before_day": "el la los las en a para este esta de por",
    },
    "fr": {
        "asking": r"^(?:est ce que|vous avez|avez vous|quel\w*|combien|c est quoi|qu est ce)\b",
        "every": r"\btou(?:s|tes) les \w+ (?:heures|jours|semaines|mois|ans|minutes)\b",
        "bound_before": r"\b(?:maximum|minimum|maxi?|mini?)(?: de)?\s*$",
        "bound_behind": r"(?! plus ou moins)\s*\w*\s?(?:(?:au |en )?(?:maximum|minimum|maxi?|mini)|au (?:plus|moins"
        r"|mieux)|ou (?:plus|moins)|et plus)\b",
        "last_year": r"(?:de )?l (?:annee (?:derniere|passee)|an (?:dernier|passe))",
        "this_year": r"(?:de )?cette annee",
        "next_year": r"(?:de )?l (?:annee prochaine|an prochain)",
        "unwanted": r"\b(?:veux|voudrais|souhaite|desire|aime|prends|prefere) (?:pas|plus)"
        r"(?: (?!(?:veux|mais|plutot|prefere)\b)\w+){0,4}$"
        r"|\b(?:deteste|je hais)(?: \w+)?$",
        "told_already": r"\b(?:dit|redit|repete|repondu|demande|explique)(?: \w+){0,3}? (?:\w+ )?fois\b",
        "company": r"\b(?:moi|(?:mon|ma|mes) \w+)(?:,? (?:mon|ma|mes) \w+)*,? (?:et|plus)(?: (?:mes|nos|les|mon"
        r"|ma))*\s*$",
        "fraction": r"\b(?:un|deux|\d) tiers\b|\b\w+ (?:cinquiemes|sixiemes|septiemes|huitiemes|neuviemes|dixiemes)\b",
        "alone": r"(?:(?:c est|il y a|y a|ce sera|on est) )?(?:juste|seulement|que|rien que) moi|moi seule?"
        r"|(?:(?:je suis|je serai|je vis|tout|toute) )*seule?|moi uniquement|uniquement moi",
        "no_more": r"\b(?:(?:arretez?|cessez?|stop) (?:de |d )?(?:m |me |nous )?(?:appeler|ecrire|deranger|harceler"
        r"|contacter|embeter|telephoner|envoyer|rappeler)|(?:m |me |nous )?(?:appele[rz]|rappele[rz]|ecri(?:vez|re)"
        r"|derange[rz]|contacte[rz]|telephone[rz]) (?:moi )?(?:plus(?! (?:tard|tot|souvent)\b)|jamais)\b"
        r"|(?:plus|jamais|plus jamais) m (?:appeler|ecrire)"
        r"|(?:retirez|enlevez|supprimez|rayez|effacez|desinscri\w+) (?:moi|mon numero)|me desinscrire)",
        "before_day": "le la les a au ce cet cette pour en vers du",
    },
    "de": {
        "asking": r"^(?:gibt es|haben sie|habt ihr|was (?:ist|kostet)|welche\w*|wie (?:viel|lange)|ist)\b",
        "every": r"\balle \w+ (?:stunden|tage|wochen|monate|jahre|minuten)\b|\bhalb (?:eins|zwei|drei|vier|fuenf"
        r"|sechs|sieben|acht|neun|zehn|elf|zwoelf)\b",
        "bound_before": r"\b(?:maximum|minimum|max|min)\s*$",
        "bound_behind": r"\s*\w*\s?(?:maximal|hoechstens|mindestens|minimum|maximum|max|oder (?:mehr|weniger)"
        r"|plus(?! \w)|aufwaerts)\b",
        "last_year": r"(?:im )?(?:letzte[nsm]|vergangene[nsm]|vorige[nsm]) jahre?s?",
        "this_year": r"(?:in )?diese[nsm] jahre?s?",
        "next_year": r"(?:im )?(?:naechste[nsm]|kommende[nsm]) jahre?s?",
        "unwanted": r"\b(?:will|moechte|mag|brauche|nehme|wuensche)(?: ich)? (?:bitte |aber |auf keinen fall )?"
        r"(?:nicht|keinen?|kein)(?: (?!(?:will|moechte|sondern|aber|lieber)\b)\w+){0,4}$"
        r"|\b(?:hasse|verabscheue)(?: \w+)?$",
        "told_already": r"\b\w+ ?mal (?:\w+ ){0,2}?(?:gesagt|gefragt|geantwortet|erklaert|wiederholt|beantwortet)\b"
        r"|\b(?:sagte?|fragen|gefragt|gesagt)(?: \w+){0,3}? \w+ ?mal\b",
        "company": r"\b(?:ich|(?:mein|meine|unser|unsere) \w+)(?:,? (?:mein|meine|unser|unsere) \w+)*,? (?:und|plus)"
        r"(?: (?:meine|meinen|unsere|die|noch|weitere))*\s*$",
        "fraction": r"\b\w+ ?(?:drittel|fuenftel|sechstel|achtel|zehntel)\b",
        "alone": r"(?:(?:ich bin|bin|es ist|das bin|es bin) )?(?:nur|bloss|lediglich) (?:ich|eine person)"
        r"|(?:(?:ich|bin|komme|lebe|wohne|ganz) )*(?:allein|alleine)|ich (?:nur|allein|alleine)",
        "no_more": r"\b(?:(?:hoeren sie|hoer|hoert) (?:bitte |endlich )?auf,? (?:mich |mir "
        "|uns )?(?:immer )?(?:staendig )?"
        r"(?:zu (?:schreiben|belaestigen|nerven)|anzurufen|anrufen|zu kontaktieren)"
        r"|(?:rufen sie|ruf|ruft) (?:mich |hier |uns |bitte )*(?:nicht mehr|nie wieder|nie mehr|nicht wieder) an"
        r"|(?:schreiben sie|schreib|kontaktieren sie|belaestigen sie) (?:mir |mich |uns |bitte )*"
        r"(?:nicht mehr|nie wieder|nie mehr)|(?:nie wieder|nicht mehr) (?:anrufen|schreiben|kontaktieren)"
        r"|(?:streichen|loeschen|nehmen|entfernen|tragen) sie (?:mich|meine (?:nummer|daten))\b)",
        "before_day": "am an um im in den der dem die das zum gegen fuer diesen dieser",
    },
    "pt": {
        "asking": r"^(?:vo?ces? tem|qual|quanto|o que (?:e|inclui))\b",
        "every": r"\bcada \w+ (?:horas|dias|semanas|meses|anos|minutos)\b",
        "bound_before": r"\b(?:maximo|minimo)(?: de)?\s*$",
        "bound_behind": r"(?! mais ou menos)\s*\w*\s?(?:(?:no |ao )?(?:maximo|minimo)|ou (?:mais|menos)"
        r"|p(?:a)?ra cima)\b",
        "last_year": r"(?:d?o )?ano passado",
        "this_year": r"(?:d?este|desse) ano",
        "next_year": r"(?:d?o )?(?:ano que vem|proximo ano)",
        "unwanted": r"\bnao (?:quero|queria|preciso|gosto|desejo|gostaria|pretendo)"
        r"(?: (?!(?:quero|mas|prefiro|sim)\b)\w+){0,4}$"
        r"|\b(?:odeio|detesto)(?: \w+)?$",
        "told_already": r"\b(?:falei|falou|disse|dito|falado|perguntou|perguntei|respondi|repeti|expliquei)"
        r"(?: \w+){0,3}? (?:\w+ )?(?:vezes|uma vez)\b",
        "company": r"\b(?:eu|(?:o |a |os |as )?(?:meu|minha|meus|minhas) \w+)(?:,? (?:o |a )?(?:meu"
        r"|minha) \w+)*,? (?:e|mais)"
        r"(?: (?:os|as|meus|minhas|mais|outr[oa]s))*\s*$",
        "fraction": r"\b(?:um|dois|\d) tercos?\b|\b\w+ (?:quintos|sextos|oitavos|decimos)\b",
        "alone": r"(?:(?:sou|e|somos|estou) )?(?:so|somente|apenas) (?:eu|uma pessoa)(?: mesm[oa])?"
        r"|(?:(?:eu|sou|estou|vou|moro) )+sozinh[oa]|sozinh[oa]|eu (?:so|sozinh[oa])",
        "no_more": r"\b(?:(?:par[aem]|parem|pare|deix[ae]|deixem|parar) de (?:me |nos )?(?:ligar|mandar|escrever"
        "|incomodar"
        r"|perturbar|contatar|contactar|encher|importunar|enviar|chamar|telefonar)\w*"
        r"|nao (?:me |nos )?(?:lig|mand|escrev|incomod|perturb|contat|contact|telefon"
        r"|envi)\w+(?: \w+)? mais(?! (?:tarde|cedo|de|que)\b)"
        r"|(?:nunca|jamais) mais me (?:lig|mand|escrev)\w+"
        r"|(?:tir|remov|apag|exclu)\w{1,3} (?:me|o meu numero|meu numero|meu nome)\b|me (?:tir|remov|exclu)\w{1,3} d)",
        "before_day": "o a os as no na nos nas em ao aos para pra dia de neste nesta",
    },
    "it": {
        "asking": r"^(?:avete|quanto|qual|che differenza|cos e)\b",
        "every": r"\bogni \w+ (?:ore|giorni|settimane|mesi|anni|minuti)\b",
        "bound_before": r"\b(?:massimo|minimo)(?: di)?\s*$",
        "bound_behind": r"(?! piu o meno)\s*\w*\s?(?:(?:al |come )?(?:massimo|minimo)|o (?:piu|meno)|in su"
        r"|come minimo)\b",
        "last_year": r"(?:del)?l anno (?:scorso|passato)",
        "this_year": r"(?:di )?quest anno",
        "next_year": r"(?:del)?l anno prossimo|(?:del )?prossimo anno",
        "unwanted": r"\bnon (?:voglio|vorrei|desidero|mi serve|mi interessa|ho bisogno)"
        r"(?: (?!(?:voglio|vorrei|ma|bensi|preferisco)\b)\w+){0,4}$"
        r"|\b(?:odio|detesto)(?: \w+)?$",
        "told_already": r"\b(?:dett[oa]|chiest[oa]|ripetut[oa]|rispost[oa]"
        r"|spiegat[oa])(?: \w+){0,3}? (?:\w+ )?volt[ae]\b",
        "company": r"\b(?:io|(?:mi[oa]|miei|mie) \w+)(?:,? (?:mi[oa]|miei|mie) \w+)*,? (?:e|piu)(?: (?:i|le|miei|mie"
        r"|altr[ie]))*\s*$",
        "fraction": r"\b(?:un|due|\d) terz[oi]\b|\b\w+ (?:quinti|sesti|ottavi|decimi)\b",
        "alone": r"(?:(?:sono|siamo|ci sono|vengo) )?(?:solo|soltanto|solamente|giusto) (?:io|una persona)"
        r"|(?:(?:io|sono|vengo|vivo) )*da sol[oa]|io (?:solo|sola|e basta)",
        "no_more": r"\b(?:(?:smett\w+|finit\w+|finisc\w+|basta|piantat\w+) (?:di|con le|con) (?:chiamar|scriver"
        "|disturbar"
        r"|contattar|telefonar|mandar|inviar|rompere|chiamate|telefonate)\w*"
        r"|non (?:mi |ci )?(?:chiam|richiam|scriv|contatt|disturb|telefon|mand"
        r"|invi)\w+ (?:mai )?piu\b(?! (?:tardi|presto|di)\b)"
        r"|(?:toglie|cancella|elimina|rimuov)\w* (?:mi|il mio numero)|(?:toglie|cancella|elimina|rimuove)\w*mi d"
        r"|mi (?:tolga|cancelli|elimini) d)",
        "before_day": "il lo la i gli le l di del in a al alle all per verso questo questa",
    },
}


@cache
def caveats_of(language: str) -> Caveats:
    """The patterns of a language that `ringline.understanding` knows, by its two letters."""
    said = _SAID[language]
    patterns = {name: re.compile(text) for name, text in said.items() if name != "before_day"}
    return Caveats(**patterns, before_day=words(said["before_day"]))
