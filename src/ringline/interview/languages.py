"""Who would rather speak another language: what is asked for, and which language a flow has that is it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.interview.folding import plain
from ringline.interview.sentences import LANGUAGES, sentences_of
from ringline.understanding.lexicons.lexicon import words

if TYPE_CHECKING:
    from ringline.interview.flow import Question
    from ringline.interview.turn import Turn

_NAMES = {
    name: code
    for code, names in {
        "en": "english ingles anglais englisch inglese",
        "es": "spanish espanol castellano espagnol spanisch espanhol spagnolo",
        "fr": "french frances francais franzosisch francese",
        "de": "german aleman allemand deutsch alemao tedesco",
        "pt": "portuguese portugues portugais portugiesisch portoghese",
        "it": "italian italiano italien italienisch",
    }.items()
    for name in names.split()
}
_ASKING = words(
    "in please can could may switch change continue do we you"
    " en por favor puede podemos podria hablamos cambiar habla usted"
    " s il vous plait parler parlez peut on pouvons peux"
    " auf bitte konnen wir sie kann wechseln sprechen"
    " em pode podemos falar fala voce"
    " parlare parla possiamo puo lei favore per"
)
"""Words of who asks for a language. One of them is needed where any words would be an answer."""
_AROUND = _ASKING | words(
    "i id would like prefer want to speak talk only a bit of the is there it that this conversation call"
    " quiero prefiero hablo solo un poco de el la"
    " je veux prefere parle seulement un peu le"
    " ich mochte lieber nur spreche ein bisschen das"
    " eu quero prefiro falo apenas um pouco o"
    " vorrei preferisco parlo un po di solo"
)
_LONGEST = 8


def wanted(turn: Turn, question: Question, text: str) -> str | None:
    """The code of the language that the words ask for; nothing where the question itself is about languages."""
    said = plain(text)
    heard = said.split()
    if not heard or len(heard) > _LONGEST or _NAMES.keys() & plain(question.question).split():
        return None
    spoken = _primary(turn.language)
    named = [_NAMES[word] for word in heard if word in _NAMES]
    for code in LANGUAGES:
        # "I do not understand" in the language that is spoken asks for help, unless it names the language.
        if sentences_of(code).foreign.search(said) and (code != spoken or spoken in named):
            return code
    others = [word for word in heard if word not in _NAMES]
    if len(named) != 1 or not _AROUND.issuperset(others):
        return None
    return named[0] if question.type != "text" or _ASKING.intersection(others) else None


def declared(turn: Turn, question: Question, code: str) -> str | None:
    """The language as the flow writes it, where the open question can be asked in it and is not already."""
    if code == _primary(turn.language):
        return None
    known = [turn.written_in, *(language for language, _ in question.translations)]
    return next((language for language in known if _primary(language) == code), None)


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
