"""What holds in every language: number words, canonical answers, regions, and how the files of words are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from ringline.understanding import LANGUAGES, understand
from ringline.understanding.lexicons import lexicon_of
from ringline.understanding.said import fold

IN_WORDS = {"en": "en", "es": "es", "fr": "fr", "de": "de", "pt": "pt_BR", "it": "it"}
VARIANTS = [*IN_WORDS.items(), ("fr", "fr_BE"), ("fr", "fr_CH"), ("pt", "pt")]
CANONICAL = {
    "en": ("yes", "no"),
    "es": ("sí", "no"),
    "fr": ("oui", "non"),
    "de": ("ja", "nein"),
    "pt": ("sim", "não"),
    "it": ("sì", "no"),
}


def in_words(number: int, variant: str) -> str:
    # It spells 18 behind hundreds and thousands `dicotto`, which nobody says.
    return str(num2words(number, lang=variant)).replace("dicotto", "diciotto")


@settings(deadline=None)
@given(number=st.one_of(st.integers(0, 2100), st.integers(0, 999_999)), variant=st.sampled_from(VARIANTS))
def test_number_words_are_that_number(number: int, variant: tuple[str, str]) -> None:
    language, words = variant
    found = understand("number", in_words(number, words), language=language)

    assert (found.status, found.value) == ("ok", number)


@pytest.mark.parametrize(("language", "variant"), VARIANTS)
def test_the_numbers_people_mostly_say(language: str, variant: str) -> None:
    said = {number: understand("number", in_words(number, variant), language=language) for number in range(121)}

    assert {number: found.value for number, found in said.items() if found.value != number} == {}


@pytest.mark.parametrize("language", LANGUAGES)
@settings(deadline=None)
@given(number=st.integers(-(10**6), 10**6))
def test_a_number_is_itself_again(language: str, number: int) -> None:
    first = understand("number", str(number), language=language)

    assert understand("number", str(first.value), language=language) == first


@pytest.mark.parametrize("language", LANGUAGES)
def test_yes_and_no_are_themselves_again(language: str) -> None:
    values = [understand("yes_no", text, language=language).value for text in CANONICAL[language]]

    assert values == [True, False]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(deadline=None)
@given(choices=st.lists(st.text("abcdeé üñ'", min_size=2, max_size=12), min_size=1, max_size=4))
def test_a_choice_is_itself_again(language: str, choices: list[str]) -> None:
    for label in choices:
        found = understand("multiple_choice", label, language=language, choices=choices)
        if found.status == "ok":
            assert understand("multiple_choice", found.value, language=language, choices=choices).value == found.value


@pytest.mark.parametrize(
    ("text", "language", "country", "value"),
    [
        ("1,250.50", "es-MX", None, 1250.5),
        ("1.250,50", "es-ES", None, 1250.5),
        ("1.250,50", "es-MX", "ES", 1250.5),
        ("1.250", "de", None, 1250),
        ("1,5", "it-IT", None, 1.5),
        ("1.5", "en_US", None, 1.5),
    ],
)
def test_a_region_writes_numbers_its_way(text: str, language: str, country: str | None, value: float) -> None:
    assert understand("number", text, language=language, country=country).value == value


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_written_as_answers_are_compared(language: str) -> None:
    """A word with an accent or an apostrophe in a file of words would never be found."""
    lexicon = lexicon_of(language)
    listed: set[str] = {*lexicon.cues, *lexicon.politeness, *lexicon.silence, *lexicon.stopwords, *lexicon.negations}
    listed |= {*lexicon.hedges, *lexicon.approximations, *lexicon.amounts, *lexicon.multiples, *lexicon.counted}

    unfound = {word for word in listed if fold(word, lexicon) != word and word.isascii()}
    accented = {word for word in listed if any(letter.isalpha() and not letter.isascii() for letter in word)}
    assert unfound | accented == set()
