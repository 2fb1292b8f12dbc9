"""Planted secrets, spoken in the ways people speak them in six languages: nothing of them is left in a transcript."""

from __future__ import annotations

import re

import pytest

from ringline.interview.masking import mask

DIGITS = {
    "en": "zero one two three four five six seven eight nine",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
}
# 42 17 93 58, in twos as they are spoken.
PAIRS = {
    "en": "forty-two seventeen ninety-three fifty-eight",
    "es": "cuarenta y dos diecisiete noventa y tres cincuenta y ocho",
    "fr": "quarante-deux dix-sept quatre-vingt-treize cinquante-huit",
    "de": "zweiundvierzig siebzehn dreiundneunzig achtundfünfzig",
    "pt": "quarenta e dois dezessete noventa e três cinquenta e oito",
    "it": "quarantadue diciassette novantatré cinquantotto",
}
FRAMES = {
    "en": ("my card is ", ", thanks"),
    "es": ("mi tarjeta es ", ", gracias"),
    "fr": ("ma carte est ", ", merci"),
    "de": ("meine Karte ist ", ", danke"),
    "pt": ("o meu cartão é ", ", obrigada"),
    "it": ("la mia carta è ", ", grazie"),
}
FILLERS = {
    "en": ["um", "then", "dash", "and", "space"],
    "es": ["eh", "luego", "guion", "y", "espacio"],
    "fr": ["euh", "puis", "tiret", "et", "espace"],
    "de": ["äh", "dann", "strich", "und", "leerzeichen"],
    "pt": ["ah", "depois", "traço", "e", "espaço"],
    "it": ["eh", "poi", "trattino", "e", "spazio"],
}
# 7 7 1 3 3 3 8 4
REPEATED = {
    "en": "double seven one triple three eight four",
    "es": "doble siete uno triple tres ocho cuatro",
    "fr": "double sept un triple trois huit quatre",
    "de": "doppel sieben eins dreimal drei acht vier",
    "pt": "duplo sete um triplo três oito quatro",
    "it": "doppio sette uno triplo tre otto quattro",
}
CARD = "7313555019824646"
PIN = "73915"


def spelled(secret: str, language: str) -> list[str]:
    words = DIGITS[language].split()
    return [words[int(digit)] for digit in secret]


def of_it(text: str, language: str) -> set[str]:
    """The words of the language that are digits, and digits, in what is left."""
    digits = set(DIGITS[language].split())
    text = re.sub(r"…\d{4}\]", "]", text)
    return {
        word for word in re.findall(r"\w+", text.casefold()) if word in digits or (word.isdigit() and len(word) > 1)
    }


def left(said: str, language: str) -> str:
    before, after = FRAMES[language]
    masked = mask(f"{before}{said}{after}", language)
    assert masked.startswith(before)
    assert masked.endswith(after)
    return masked.removeprefix(before).removesuffix(after)


@pytest.mark.parametrize("language", DIGITS)
@pytest.mark.parametrize("secret", [CARD, PIN], ids=["card", "pin"])
@pytest.mark.parametrize("between", [" ", ", ", " - ", "... "])
def test_digit_by_digit(language: str, secret: str, between: str) -> None:
    masked = left(between.join(spelled(secret, language)), language)
    assert re.fullmatch(r"\[\w+(?: …4646)?\]", masked)


@pytest.mark.parametrize("language", DIGITS)
def test_capitals_change_nothing(language: str) -> None:
    masked = left(" ".join(word.capitalize() for word in spelled(CARD, language)), language)
    assert masked == "[digits …4646]"


@pytest.mark.parametrize(("language", "filler"), [(code, word) for code, words in FILLERS.items() for word in words])
@pytest.mark.parametrize("every", [4, 3, 1])
def test_with_words_in_between(language: str, filler: str, every: int) -> None:
    words = spelled(CARD, language)
    said = "".join(f"{word} {filler} " if at % every == every - 1 else f"{word} " for at, word in enumerate(words))
    masked = left(said.removesuffix(f"{filler} ").strip(), language)
    assert not of_it(masked, language)


@pytest.mark.parametrize("language", DIGITS)
def test_in_twos(language: str) -> None:
    assert left(PAIRS[language], language) in ("[phone …9358]", "[digits …9358]")


@pytest.mark.parametrize("language", DIGITS)
def test_repeated_digits(language: str) -> None:
    assert not of_it(left(REPEATED[language], language), language)


@pytest.mark.parametrize("language", DIGITS)
def test_half_written_half_spoken(language: str) -> None:
    words = " ".join(spelled("1982", language))
    for said in (f"7313 5550 {words} 4646", f"{words} 4646", f"7 3 {words}", f"7313 {words}"):
        assert not of_it(left(said, language), language)


@pytest.mark.parametrize("language", DIGITS)
def test_the_words_of_another_language(language: str) -> None:
    """Who spells in their own tongue on a call held in another."""
    for other in DIGITS:
        masked = mask(" ".join(spelled(CARD, other)), language)
        assert not of_it(masked, other), other


@pytest.mark.parametrize("language", DIGITS)
@pytest.mark.parametrize("asked", ["number", "date", "time", "duration", "phone", "email"])
@pytest.mark.parametrize("is_spoken", [True, False], ids=["spoken", "written"])
def test_a_card_told_to_another_question(language: str, asked: str, is_spoken: bool) -> None:
    said = " ".join(spelled(CARD, language)) if is_spoken else "7313 5550 1982 4646"
    assert mask(said, language, asked=asked) == "[digits …4646]"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("number", "54000"),
        ("number", "five four zero zero zero"),
        ("date", "2027-05-03"),
        ("phone", "+1 212 555 0142"),
        ("phone", "two one two five five five zero one four two"),
        ("email", "anna at example dot com"),
        ("digits", "7313 5550 1982 4646"),
    ],
)
def test_what_was_asked_for_stays(asked: str, said: str) -> None:
    assert mask(said, "en", asked=asked) == said


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("anna at example dot com", "en"),
        ("anna dot berg at example dot co dot uk", "en"),
        ("a n n a at example dot com", "en"),
        ("anna underscore berg at example dot com", "en"),
        ("ana punto lópez arroba ejemplo punto com", "es"),
        ("ana guion bajo lópez arroba ejemplo punto com", "es"),
        ("anne point martin arobase exemple point fr", "fr"),
        ("anna punkt berg at beispiel punkt de", "de"),
        ("anna punkt berg ät beispiel punkt de", "de"),
        ("ana ponto silva arroba exemplo ponto com ponto br", "pt"),
        ("anna punto rossi chiocciola esempio punto it", "it"),
        ("Anna.Berg@Example.com", "en"),
    ],
)
def test_addresses(said: str, language: str) -> None:
    assert mask(said, language) == "[e-mail]"
    assert mask(f"x: {said}, ok", language) == "x: [e-mail], ok"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("two or three of the four, and one of us", "en"),
        ("from nine to five, then at six", "en"),
        ("I have two children and one dog, then three cats and four fish", "en"),
        ("in nineteen eighty four and twenty twenty five", "en"),
        ("one hundred and fifty thousand", "en"),
        ("uno y dos, luego tres", "es"),
        ("la una y media o las dos", "es"),
        ("un ou deux, et puis trois", "fr"),
        ("eins und zwei, dann drei", "de"),
        ("neunzehnhundertvierundachtzig", "de"),
        ("um ou dois, e depois três", "pt"),
        ("uno o due, e poi tre", "it"),
        ("we met at noon dot", "en"),
        ("at the point where I stopped", "en"),
        ("il est arrivé à ce point", "fr"),
        ("double check it, one two", "en"),
    ],
)
def test_plain_words_stay(text: str, language: str) -> None:
    assert mask(text, language) == text
