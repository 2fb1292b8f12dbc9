"""Documents as they are built: escaped, within limits, and always ones that our own check accepts."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringline.errors import RequestError
from ringline.twilio.twiml import VoiceDocument, check_twiml
from ringline.twilio.twiml.building import ssml_fault
from ringline.twilio.twiml.splitting import first_words, pieces, writable
from ringline.twiml_grammar import SAY_BYTES

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
VOICES = [None, "man", "alice", "Polly.Joanna", "Google.en-US-Wavenet-A"]


def parsed(document: VoiceDocument) -> ElementTree.Element:
    return ElementTree.fromstring(document.to_bytes())


def test_a_document_is_written_in_the_order_of_its_verbs() -> None:
    document = VoiceDocument().say("Hi & <bye>", voice="alice", language="en-US").play("https://example.com/a?b=1&c=2")
    document.start_recording("https://example.com/r#rc=5").pause(2)
    document.gather(action="/a", num_digits=1, action_on_empty_result=True).say("Press one.")
    document.redirect("/next")
    assert str(document) == (
        f'{HEAD}<Response><Say language="en-US" voice="alice">Hi &amp; &lt;bye&gt;</Say>'
        "<Play>https://example.com/a?b=1&amp;c=2</Play>"
        '<Start><Recording channels="dual" recordingStatusCallback="https://example.com/r#rc=5" '
        'recordingStatusCallbackEvent="in-progress completed absent" /></Start><Pause length="2" />'
        '<Gather action="/a" actionOnEmptyResult="true" numDigits="1"><Say>Press one.</Say></Gather>'
        '<Redirect method="POST">/next</Redirect></Response>'
    )
    assert check_twiml(str(document)) == []


@pytest.mark.parametrize(
    ("to", "noun"),
    [
        ("+15551234567", "<Number>+15551234567</Number>"),
        ("sip:desk@example.com", "<Sip>sip:desk@example.com</Sip>"),
        ("client:desk", "<Client>desk</Client>"),
    ],
)
def test_a_call_is_passed_on_to_whatever_kind_of_address(to: str, noun: str) -> None:
    document = str(VoiceDocument().dial(to, action="/dial", timeout=20))
    assert document == f'{HEAD}<Response><Dial action="/dial" method="POST" timeout="20">{noun}</Dial></Response>'
    assert check_twiml(document) == []


def test_ssml_is_spoken_by_a_voice_that_knows_it_and_its_words_by_any_other() -> None:
    text = '<speak>Your code is <say-as interpret-as="digits">12</say-as><break time="1s"/> &amp; bye</speak>'
    known = str(VoiceDocument().say(text, voice="Polly.Joanna"))
    assert known == (
        f'{HEAD}<Response><Say voice="Polly.Joanna">Your code is <say-as interpret-as="digits">12</say-as>'
        '<break time="1s" /> &amp; bye</Say></Response>'
    )
    assert check_twiml(known) == []
    assert str(VoiceDocument().say(text)) == f"{HEAD}<Response><Say>Your code is 12 &amp; bye</Say></Response>"


@pytest.mark.parametrize(
    ("text", "voice", "words"),
    [
        ("<speak>Hi<break/></speak>", "Polly.Joanna", None),
        ("Hi < there", None, None),
        ("<speak>Hi", "Polly.Joanna", "cannot be read"),
        ("<speak><blink>Hi</blink></speak>", "Polly.Joanna", "<blink>"),
        ("<speak>Hi</speak>", None, "does not know SSML"),
        ("<speak>Hi</speak>", "alice", "does not know SSML"),
    ],
)
def test_wrong_ssml_is_told(text: str, voice: str | None, words: str | None) -> None:
    fault = ssml_fault(text, voice)
    assert fault is None if words is None else words in (fault or "")


def test_of_broken_ssml_the_words_are_spoken_and_not_the_tags() -> None:
    assert "<Say>Hi</Say>" in str(VoiceDocument().say("<speak>Hi"))
    text = "<speak>Hello Smith & Sons, <break time='1s'/> 3 < 4</speak>"
    assert ">Hello Smith &amp; Sons, 3 &lt; 4</Say>" in str(VoiceDocument().say(text, voice="Polly.Joanna"))


def test_a_long_text_breaks_where_sentences_end() -> None:
    sentence = "This is a sentence of some length that is said again and again. "
    found = pieces(sentence * 200)
    assert len(found) > 3
    assert all(piece.endswith("again.") for piece in found)
    assert " ".join(found) == (sentence * 200).strip()


def test_a_sentence_too_long_breaks_between_words_and_a_word_between_characters() -> None:
    words = pieces("word " * 2000, "Polly.Joanna")
    assert all(set(piece.split()) == {"word"} for piece in words)
    family = "👨‍👩‍👧‍👦"
    assert set("".join(pieces(family * 400)).split(family)) == {""}
    assert all(piece.count(family) * len(family) == len(piece) for piece in pieces(family * 400))


def test_chinese_breaks_after_its_own_full_stop() -> None:
    assert all(piece.endswith("。") for piece in pieces("今天天气很好，我们去公园吧。" * 100))


def test_first_words_ends_with_a_sentence() -> None:
    assert first_words("One two. Three four. Five six.", 24) == "One two. Three four."
    assert first_words("One two.", 100) == "One two."
    assert first_words("é", 1) == ""


def test_what_is_larger_than_twilio_reads_is_refused() -> None:
    document = VoiceDocument().say("x" * 70_000)
    with pytest.raises(RequestError, match="65,536"):
        document.to_bytes()


@given(st.text(max_size=200), st.sampled_from(VOICES))
def test_any_text_survives_being_written_and_read(text: str, voice: str | None) -> None:
    document = VoiceDocument().say(text, voice=voice)
    said = "".join(verb.text or "" for verb in parsed(document))
    if not text.lstrip().startswith("<speak"):
        assert said == writable(text).strip()
    assert [fault for fault in check_twiml(str(document)) if fault.code is not None] == []


@settings(max_examples=40)
@given(st.text(min_size=1, max_size=30), st.integers(1, 600), st.sampled_from(VOICES))
def test_any_long_text_is_split_within_the_voices_limits_and_nothing_of_it_is_lost(
    text: str, times: int, voice: str | None
) -> None:
    whole = writable(text * times)
    found = pieces(whole, voice)
    limit = min(SAY_BYTES.values()) if voice and voice.startswith("Polly") else SAY_BYTES["basic"]
    assert all(
        len(piece.encode()) <= max(limit, SAY_BYTES["google"] if voice and "Google" in voice else 0) for piece in found
    )
    assert "".join("".join(found).split()) == "".join(whole.split())
    document = VoiceDocument()
    for piece in found[:10]:
        document.say(piece, voice=voice)
    assert [fault for fault in check_twiml(str(document)) if fault.code == 13521] == []


@given(st.text(max_size=50))
def test_any_attribute_survives_being_written_and_read(text: str) -> None:
    document = VoiceDocument()
    document.gather(hints=text, action="/a")
    [gather] = parsed(document)
    assert gather.get("hints") == writable(text)


@given(st.text(), st.integers(0, 300))
def test_first_words_stay_within_their_bytes(text: str, most: int) -> None:
    found = first_words(text, most)
    assert len(found.encode("utf-8", "surrogatepass")) <= most
    assert text.startswith(found)
