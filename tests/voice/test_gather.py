"""Conversations carried by TwiML: their documents, and what their webhooks report."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringline.interview import actions as of
from ringline.interview.events import KeysPressed, LegEnded, PlaybackDone, Silence, Transferred, UserSaid
from ringline.twilio.twiml import check_twiml
from ringline.twiml_grammar import KEYS, MAX_DOCUMENT_BYTES
from ringline.voice.transports.gather import PARTS, confidence_of, event_of, hints_of, render
from voice.conformance import CASES, Case, play
from voice.telephone import GatherLine, address

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
END = "#rc=5&amp;rp=ct,rt,5xx"


@pytest.mark.parametrize("voice", [None, "alice", "Polly.Joanna", "Google.es-ES-Wavenet-B"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_conformance(case: Case, voice: str | None) -> None:
    await play(case, GatherLine(voice))


def document(*actions: of.Action, voice: str | None = None, turn: int = 3) -> str:
    text = render(actions, address=address, voice=voice, turn=turn).decode()
    assert check_twiml(text) == []
    return text.removeprefix(HEAD)


def gathered(**fields: Any) -> dict[str, str]:
    """The attributes of ``<Gather>`` for a question."""
    [gather, _] = ElementTree.fromstring(document(of.Ask("q", 3, **fields)))
    return {name: value for name, value in gather.items() if name not in ("action", "method")}


def url(turn: int, part: str) -> str:
    return f"https://example.com/twilio/turn/ses_1.2.{turn}.{part}{END}"


def test_the_document_of_a_first_turn() -> None:
    ask = of.Ask("score", 1, hints=("one", "two"), digits=1, finish_on="")
    actions = (
        of.Say("Hello!", kind="greeting"),
        of.Say("This call is recorded.", kind="notice"),
        of.StartRecording(),
        of.Say("From 1 to 5, how was it?", kind="question"),
        ask,
    )
    assert document(*actions) == (
        '<Response><Say language="en-US">Hello!</Say><Say language="en-US">This call is recorded.</Say>'
        f'<Start><Recording channels="dual" recordingStatusCallback="{url(1, "recording")}" '
        'recordingStatusCallbackEvent="in-progress completed absent" /></Start>'
        f'<Gather action="{url(1, "answer")}" finishOnKey="" hints="one,two" input="dtmf speech" language="en-US" '
        'method="POST" numDigits="1" profanityFilter="true" speechTimeout="auto" timeout="5">'
        '<Say language="en-US">From 1 to 5, how was it?</Say></Gather>'
        f'<Redirect method="POST">{url(1, "silence")}</Redirect></Response>'
    )


def test_the_document_of_words_alone() -> None:
    assert document(of.Say("Wait."), turn=4) == (
        f'<Response><Say language="en-US">Wait.</Say><Redirect method="POST">{url(4, "played")}</Redirect></Response>'
    )


def test_the_document_of_a_transfer() -> None:
    assert document(of.Say("I connect you."), of.Transfer("+15551234567", 5)) == (
        f'<Response><Say language="en-US">I connect you.</Say><Dial action="{url(5, "dial")}" method="POST">'
        "<Number>+15551234567</Number></Dial></Response>"
    )


def test_the_document_of_a_goodbye_in_italian_has_a_voice_that_speaks_it() -> None:
    assert document(of.Say("Arrivederci.", "it", "goodbye"), of.End("completed"), voice="Polly.Joanna") == (
        '<Response><Say language="it-IT" voice="Polly.Bianca">Arrivederci.</Say><Hangup /></Response>'
    )


def test_nothing_follows_what_ends_the_call() -> None:
    assert document(of.EndLeg(), of.Say("Too late.")) == "<Response><Hangup /></Response>"


def test_a_turn_without_a_sound_still_takes_time() -> None:
    text = document(of.StartTimer("beep", 1, 30.0))
    assert text == f'<Response><Pause length="1" /><Redirect method="POST">{url(3, "played")}</Redirect></Response>'


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"speech": False}, {"input": "dtmf", "timeout": "5", "finishOnKey": "#"}),
        ({"speech": False, "keys": False}, {"input": "dtmf", "timeout": "5", "finishOnKey": "#"}),
        ({"speech": False, "finish_on": "##"}, {"input": "dtmf", "timeout": "5", "finishOnKey": "#"}),
        ({"speech": False, "finish_on": "*", "timeout": 7.2}, {"input": "dtmf", "timeout": "8", "finishOnKey": "*"}),
        ({"speech": False, "digits": 4}, {"input": "dtmf", "timeout": "5", "finishOnKey": "#", "numDigits": "4"}),
        ({"speech": False, "timeout": 0.0}, {"input": "dtmf", "timeout": "1", "finishOnKey": "#"}),
    ],
)
def test_keys_are_taken_as_the_question_wants(fields: dict[str, Any], expected: dict[str, str]) -> None:
    assert gathered(**fields) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"speechTimeout": "auto"}),
        ({"speech_timeout": 1.5}, {"speechTimeout": "2"}),
        ({"speech_model": "phone_call"}, {"speechTimeout": "2", "speechModel": "phone_call"}),
        ({"speech_model": "phone_call", "enhanced": True},
         {"speechTimeout": "2", "speechModel": "phone_call", "enhanced": "true"}),
        ({"speech_model": "deepgram_nova-3", "enhanced": True},
         {"speechTimeout": "2", "speechModel": "deepgram_nova-3"}),
        ({"enhanced": True}, {"speechTimeout": "auto"}),
        ({"speech_model": "phone_call", "expect": {"type": "email"}},
         {"speechTimeout": "3", "speechModel": "phone_call"}),
        ({"speech_model": "phone_call", "expect": {"type": "yes_no"}},
         {"speechTimeout": "2", "speechModel": "phone_call"}),
        ({"profanity_filter": False, "language": "pt"},
         {"speechTimeout": "auto", "profanityFilter": "false", "language": "pt-BR"}),
    ],
)  # fmt: skip
def test_speech_is_heard_as_the_question_wants(fields: dict[str, Any], expected: dict[str, str]) -> None:
    plain = {"input": "speech", "timeout": "5", "language": "en-US", "profanityFilter": "true"}
    assert gathered(keys=False, **fields) == plain | expected


def test_hints_stay_within_twilios_limits() -> None:
    assert hints_of(["red, dark", "blue", "blue", " ", "x" * 101, "a & b"]) == "red dark,blue,a and b"
    assert hints_of([str(number) for number in range(700)]).count(",") == 499
    assert len(hints_of(["я" * 99 + str(number) for number in range(100, 700)]).encode()) <= 8000


@pytest.mark.parametrize(
    ("part", "form", "event"),
    [
        ("answer", {"SpeechResult": "yes", "Confidence": "0.91"}, UserSaid(1, 4, "yes", 0.91)),
        ("answer", {"SpeechResult": "sí", "Language": "es-ES"}, UserSaid(1, 4, "sí", None, "es-ES")),
        ("answer", {"Digits": "12", "FinishedOnKey": "#"}, KeysPressed(1, 4, "12", "#")),
        ("answer", {"Digits": "12", "FinishedOnKey": ""}, KeysPressed(1, 4, "12", None)),
        ("answer", {"Digits": "12", "SpeechResult": "beep"}, KeysPressed(1, 4, "12")),
        ("answer", {}, Silence(1, 4)),
        ("answer", {"Digits": "", "SpeechResult": " ", "msg": "Gather End"}, Silence(1, 4)),
        ("answer", {"SpeechResult": "yes", "CallStatus": "completed"}, UserSaid(1, 4, "yes", None)),
        ("answer", {"CallStatus": "completed"}, LegEnded(1, "completed")),
        ("silence", {"CallStatus": "in-progress"}, Silence(1, 4)),
        ("silence", {"CallStatus": "completed"}, LegEnded(1, "completed")),
        ("silence", {"Digits": "5"}, Silence(1, 4)),
        ("played", {}, PlaybackDone(1, 4)),
        ("dial", {"DialCallStatus": "completed", "DialCallDuration": "61"}, Transferred(1, "completed", 61.0)),
        ("dial", {"DialCallStatus": "answered", "CallStatus": "completed"}, Transferred(1, "answered")),
        ("dial", {"DialCallStatus": "busy", "DialCallDuration": "0"}, Transferred(1, "busy")),
        ("dial", {"DialCallStatus": "completed", "DialCallDuration": "x"}, Transferred(1, "completed")),
        ("dial", {}, Transferred(1, "failed")),
    ],
)
def test_a_webhook_reports_an_event(part: str, form: dict[str, str], event: object) -> None:
    assert event_of(part, form, leg=1, turn=4) == event


@pytest.mark.parametrize("part", ["recording", "", "other"])
def test_a_part_that_reports_no_event_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="no part"):
        event_of(part, {}, leg=1, turn=1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(("0.5", 0.5), ("1.0", 1.0), ("1.2", 1.0)),
        *((nothing, None) for nothing in ("0.0", "0", "", None, "nan", "inf", "-1", "high")),
    ],
)
def test_confidence_is_a_number_or_none(value: str | None, expected: float | None) -> None:
    assert confidence_of(value) == expected


@given(
    st.dictionaries(
        st.sampled_from(["Digits", "SpeechResult", "Confidence", "CallStatus", "DialCallStatus"]), st.text()
    )
)
def test_any_form_reports_an_event(form: dict[str, str]) -> None:
    for part in PARTS:
        if part != "recording":
            event = event_of(part, form, leg=1, turn=2)
            assert event.leg == 1
            assert getattr(event, "turn", 2) == 2


LANGUAGES = st.sampled_from(["en", "es", "fr", "de", "pt", "it", "en-GB", "ja", ""])
SAYS = st.builds(
    of.Say,
    text=st.one_of(st.text(), st.text(min_size=1, max_size=20).map(lambda text: text * 3000)),
    language=LANGUAGES,
    kind=st.sampled_from(["greeting", "notice", "question", "message", "goodbye"]),
)
ASKS = st.builds(
    of.Ask,
    question=st.text(),
    turn=st.integers(0, 999),
    language=LANGUAGES,
    speech=st.booleans(),
    keys=st.booleans(),
    timeout=st.floats(0, 5000),
    speech_timeout=st.none() | st.floats(0, 5000),
    hints=st.lists(st.text(max_size=120), max_size=20).map(tuple),
    digits=st.none() | st.integers(0, 20),
    finish_on=st.sampled_from(["", "#", "*", "9*", "x", *KEYS]),
    speech_model=st.none() | st.sampled_from(["phone_call", "default", "googlev2_telephony", "deepgram_nova-2"]),
    enhanced=st.booleans(),
    profanity_filter=st.booleans(),
    expect=st.sampled_from([{}, {"type": "email"}, {"type": "yes_no"}]),
)
OTHERS = st.sampled_from(
    [
        of.Play("https://example.com/a.wav?b=1&c=<2>"),
        of.StartRecording(),
        of.PauseRecording(),
        of.ResumeRecording(),
        of.Transfer("+15551234567", 9),
        of.Transfer("sip:desk@example.com", 9),
        of.StartTimer("t", 1, 3.0),
        of.CancelTimer("t"),
        of.NewLeg("call", 2),
        of.Suppress("voice"),
        of.EndLeg(),
        of.End("completed"),
    ]
)


def test_every_action_is_rendered_in_the_property_test() -> None:
    assert {type(action) for action in OTHERS.elements} | {of.Say, of.Ask} == set(of.ACTIONS)  # type: ignore[attr-defined]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(SAYS | ASKS | OTHERS, max_size=12),
    st.sampled_from([None, "man", "alice", "Polly.Joanna", "Polly.Lucia-Neural", "Google.fr-FR-Wavenet-A"]),
)
def test_every_rendered_document_passes_the_check(actions: list[of.Action], voice: str | None) -> None:
    rendered = render(actions, address=address, voice=voice, turn=1)
    assert check_twiml(rendered.decode()) == []
    assert len(rendered) <= MAX_DOCUMENT_BYTES
    verbs = [verb.tag for verb in ElementTree.fromstring(rendered)]
    assert verbs[-1] in ("Redirect", "Hangup", "Dial")
    assert verbs.count("Gather") <= 1


@given(st.text(), LANGUAGES)
def test_any_words_are_written_so_that_they_are_read_the_same(text: str, language: str) -> None:
    from ringline.twilio.twiml.splitting import writable
    from ringline.voice.speech import speakable

    root = ElementTree.fromstring(render([of.Say(text, language)], address=address))
    said = " ".join(verb.text or "" for verb in root.findall("Say"))
    if not text.lstrip().startswith("<speak"):
        assert said.split() == writable(speakable(text, language)).split()


def test_half_a_character_is_left_out_rather_than_losing_the_call() -> None:
    text = document(of.Say("a\ud800b"), of.Ask("q", 3, hints=("\udfff", "yes\ud800")))
    assert ">ab</Say>" in text
    assert 'hints="yes"' in text


def test_a_turn_of_only_markup_is_cut_to_what_a_document_holds() -> None:
    rendered = render([of.Say("<" * 60_000), of.Ask("q", 1)], address=address)
    assert check_twiml(rendered.decode()) == []
    assert rendered.count(b"&lt;") > 5_000
