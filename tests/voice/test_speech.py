"""Texts as they are read aloud, and by whom."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.twilio.twiml.splitting import pieces
from ringline.twilio.twiml.values import is_language, is_voice
from ringline.voice.speech import locale_of, speakable, voice_for


@pytest.mark.parametrize(
    ("text", "language", "spoken"),
    [
        ("Tom & Anna", "en", "Tom and Anna"),
        ("R&D", "en", "R and D"),
        ("Tom & Anna", "es", "Tom y Anna"),
        ("Tom & Anna", "fr", "Tom et Anna"),
        ("Tom & Anna", "de-AT", "Tom und Anna"),
        ("Tom & Anna", "pt", "Tom e Anna"),
        ("Tom & Anna", "it", "Tom e Anna"),
        ("2 + 2 = 4", "en", "2 plus 2 equals 4"),
        ("Is 3 < 4?", "en", "Is 3 less than 4?"),
        ("**Important**: call _now_", "en", "Important: call now"),
        ("snake_case_name stays", "en", "snake_case_name stays"),
        ("5 * 3 stays", "en", "5 * 3 stays"),
        ("# Title\n- one\n- two", "en", "Title\none\ntwo"),
        ("See [our page](https://example.com/a).", "en", "See our page."),
        ("Go to https://www.example.com/pay now", "en", "Go to example.com/pay now"),
        ("Great 🎉👍🏽 job", "en", "Great job"),
        ("Home → Settings", "en", "Home, Settings"),
        ("Call +15551234567 today", "en", "Call 1 5 5 5 1 2 3 4 5 6 7 today"),
        ("It is +5 degrees", "en", "It is +5 degrees"),
        ("Write to a@example.com", "en", "Write to a@example.com"),
        ("50 % off, $5.00", "en", "50 % off, $5.00"),
        ("<speak>A & B</speak>", "en", "<speak>A & B</speak>"),
        ("-5 to 5", "en", "-5 to 5"),
    ],
)
def test_signs_are_said_in_words(text: str, language: str, spoken: str) -> None:
    assert speakable(text, language) == spoken


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        *(("en", "en-US"), ("es", "es-ES"), ("fr", "fr-FR"), ("de", "de-DE"), ("pt", "pt-BR"), ("it", "it-IT")),
        *(("en-gb", "en-GB"), ("pt_PT", "pt-PT"), ("ES-mx", "es-MX"), ("cmn-Hans-CN", "cmn-Hans-CN"), ("ja", "ja")),
        *(("", "en-US"), ("not a tag", "en-US")),
    ],
)
def test_a_language_has_one_locale(language: str, locale: str) -> None:
    assert locale_of(language) == locale


@pytest.mark.parametrize(
    ("voice", "language", "speaker"),
    [
        (None, "en", None),
        (None, "de", None),
        (None, "it", "Polly.Bianca"),
        (None, "pt-PT", "Polly.Ines"),
        ("alice", "en", "alice"),
        ("man", "it", "Polly.Bianca"),
        ("Polly.Joanna-Neural", "en", "Polly.Joanna-Neural"),
        ("Polly.Joanna-Neural", "es", "Polly.Lucia"),
        ("Polly.Lupe", "es-MX", "Polly.Lupe"),
        ("Google.en-US-Chirp3-HD-Aoede", "en-GB", "Google.en-US-Chirp3-HD-Aoede"),
        ("Google.en-US-Chirp3-HD-Aoede", "fr-CA", "Polly.Chantal"),
        ("Polly.Somebody", "fr", "Polly.Somebody"),
        ("Polly.Mizuki", "ja", "Polly.Mizuki"),
        ("Polly.Joanna", "ja", None),
    ],
)
def test_a_text_is_read_by_a_voice_that_speaks_its_language(
    voice: str | None, language: str, speaker: str | None
) -> None:
    assert voice_for(voice, language) == speaker


@given(st.text(), st.sampled_from(["en", "es", "fr", "de", "pt", "it", "xx"]))
def test_any_text_can_be_read_aloud(text: str, language: str) -> None:
    spoken = speakable(text, language)
    assert text.lstrip().startswith("<speak") or spoken == spoken.strip()


@pytest.mark.parametrize(
    "sign", ["*", "_", "`", "*a ", "[", "[a](", " ", "- ", "->", "=", "&", "+1234567,", '."', "\n#"]
)
def test_a_text_of_nothing_but_signs_takes_no_longer_than_any_other(sign: str) -> None:
    text = sign * (60_000 // len(sign))
    begun = time.process_time()
    pieces(speakable(text))
    assert time.process_time() - begun < 2


@given(st.text())
def test_any_language_gives_a_tag_twilio_takes(language: str) -> None:
    assert is_language(locale_of(language))
    speaker = voice_for(None, language)
    assert speaker is None or is_voice(speaker)
