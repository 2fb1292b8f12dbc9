"""How each language says digits, telephone numbers and e-mail addresses."""

from __future__ import annotations

from dataclasses import dataclass

from ringline.understanding.lexicons.calendar import listed


@dataclass(frozen=True, slots=True)
class Spelling:
    """One language, without accents. Phrases are patterns."""

    at: str
    dot: str
    underscore: str
    dash: str
    plus: str
    slash: str
    twice: str
    thrice: str
    as_in: str
    """What stands between a letter and a word that begins with it."""
    frame: frozenset[str]
    """Words before an address that do not belong to it."""
    asides: str
    """Remarks on how it is written."""
    sixes: str = r"(?!)"
    """Other words for 6."""
    extension: str = r"(?!)"


_COMMON_FRAME = "email e mail is ok um uh eh hm hello yes si oui ja sim"

SPELLINGS = {
    "en": Spelling(
        at=r"at sign|at|@",
        dot=r"dot|period|full stop|point",
        underscore=r"underscore|under score",
        dash=r"dash|hyphen|minus",
        plus=r"plus(?: sign)?",
        slash=r"(?:forward )?slash",
        twice=r"double",
        thrice=r"triple|treble",
        as_in=r"as in|like|for",
        frame=listed(
            _COMMON_FRAME + " my mine the address its it is thats that would be sure so reach contact me you can on"
            " and this use please send to try i have a im ill think yeah just under all lowercase uppercase well hi or"
        ),
        asides=r"all (?:in )?(?:one word|lower ?case|small(?: letters)?|caps)|(?:in )?lower ?case|no spaces?|one word"
        r"|capital|upper ?case|no (?:dots?|caps)",
        extension=r"\b(?:extension|ext)\b\.?",
    ),
    "es": Spelling(
        at=r"arrobas?|@",
        dot=r"punto|dot",
        underscore=r"guion bajo|raya baja|barra baja|subrayado|underscore|piso",
        dash=r"guion(?: medio| alto)?|raya|menos",
        plus=r"mas|plus",
        slash=r"barra",
        twice=r"doble",
        thrice=r"triple",
        as_in=r"de|como(?: en)?",
        frame=listed(
            _COMMON_FRAME + " o mi el la correo electronico direccion es seria mio sera pues bueno claro anota apunte"
            " que puede escribirme a al en por favor y tengo cuenta este"
        ),
        asides=r"todo (?:junto|en minusculas?)|en minusculas?|minusculas?|sin espacios|con mayusculas?|mayusculas?",
    ),
    "fr": Spelling(
        at=r"arobase?s?|arrobase?s?|a commercial|at|@",
        dot=r"point|dot",
        underscore=r"tiret (?:du )?bas|tiret du (?:6|huit|8)|souligne|underscore|under score",
        dash=r"tiret(?: du (?:milieu|haut)| haut)?|trait d ?union|moins",
        plus=r"plus",
        slash=r"slash|barre oblique",
        twice=r"double|deux fois(?: le)?|2 fois(?: le)?",
        thrice=r"triple|trois fois(?: le)?|3 fois(?: le)?",
        as_in=r"comme(?: dans)?|de",
        frame=listed(
            _COMMON_FRAME + " ou mon ma l adresse mail courriel c est ce cest serait alors euh le la electronique voici"
            " ecrivez moi a notez on peut me joindre sur"
        ),
        asides=r"tout (?:attache|en minuscules?)|en (?:un seul mot|minuscules?)|sans espaces?|minuscules?|majuscules?"
        r"|en majuscules?",
    ),
    "de": Spelling(
        at=r"at zeichen|klammeraffe|affenschwanz|at|aet|ett|@",
        dot=r"punkt|dot",
        underscore=r"unterstrich|underscore|tiefstrich",
        dash=r"bindestrich|minus|strich",
        plus=r"plus",
        slash=r"schraegstrich|slash",
        twice=r"doppelt?e?|zweimal(?: die)?|2 mal(?: die)?",
        thrice=r"dreifache?|dreimal(?: die)?|3 mal(?: die)?",
        as_in=r"wie",
        frame=listed(
            _COMMON_FRAME
            + " oder meine mein die adresse mail lautet ist waere das also ah bitte emailadresse mailadresse"
            " und sie koennen mich unter erreichen an schreiben es"
        ),
        asides=r"alles (?:klein|zusammen)(?: ?geschrieben)?|klein ?geschrieben|zusammen ?geschrieben|ohne leerzeichen"
        r"|gross ?geschrieben",
    ),
    "pt": Spelling(
        at=r"arroba|@",
        dot=r"ponto|dot",
        underscore=r"underline|underscore|anderline|sublinhado|sublinha|traco (?:baixo|inferior)",
        dash=r"hifen|traco|tracinho|menos",
        plus=r"mais|plus",
        slash=r"barra",
        twice=r"duplo|dobro de|duas vezes(?: o)?|2 vezes(?: o)?",
        thrice=r"triplo|tres vezes(?: o)?|3 vezes(?: o)?",
        as_in=r"de|como(?: em)?",
        frame=listed(
            _COMMON_FRAME + " ou meu minha o a endereco correio eletronico e seria entao pode anotar que escrever para"
            " esta tenho conta por favor"
        ),
        asides=r"tudo (?:junto|em minusculas?|minusculo)|em minusculas?|minusculas?|sem espacos?|tudo pegado"
        r"|maiusculas?",
        sixes=r"meia",
    ),
    "it": Spelling(
        at=r"chiocciol(?:a|ina)|at|@",
        dot=r"punto|dot",
        underscore=r"trattino basso|underscore|sottolineato|lineetta bassa",
        dash=r"trattino(?: alto| medio| normale)?|lineetta|meno",
        plus=r"piu|plus",
        slash=r"barra|slash",
        twice=r"doppi[oa]|due volte(?: il)?|2 volte(?: il)?",
        thrice=r"tripl[oa]|tre volte(?: il)?|3 volte(?: il)?",
        as_in=r"di|come(?: in)?",
        frame=listed(
            _COMMON_FRAME
            + " o oppure la mia il mio indirizzo mail posta elettronica e sarebbe allora l puo scrivermi a"
            " scriva dunque ecco segni pure"
        ),
        asides=r"tutto (?:attaccato|minuscolo|in minuscolo)|tutt[oa] unit[oa]|senza spazi|in minuscolo|minuscol[oei]"
        r"|maiuscol[oei]",
    ),
}
