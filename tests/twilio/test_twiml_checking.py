"""What documents are told is wrong with them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.twilio.twiml import TwimlFault, check_twiml
from ringline.twiml_grammar import CODES

TO_RUN = {11200, 11215, 12300, 13420}
"""Codes of what a document cannot tell: how it was served, where it led, what a recording is."""
NEXT = "<Redirect>/next</Redirect>"


def gather(attributes: str, inside: str = "") -> str:
    return f'<Gather action="/a" {attributes}>{inside}</Gather>{NEXT}'


def dial(attributes: str) -> str:
    return f"<Dial {attributes}>+15551234567</Dial>"


def called(noun: str) -> str:
    return f"<Dial>{noun}</Dial>"


def relay(attributes: str) -> str:
    return f"<Connect><ConversationRelay {attributes}/></Connect>"


CASES: list[tuple[int, str]] = [
    (11100, '<Gather action="http://"/>' + NEXT),
    (11100, "<Redirect>not an address</Redirect>"),
    (11100, "<Play>https://</Play>"),
    (11100, "<Play></Play>"),
    (11100, '<Record action="a b"/>'),
    (12200, "<say>Hello</say>"),
    (12200, '<Say Voice="man">Hello</Say>'),
    (12200, "<Number>+15551234567</Number>"),
    (12200, '<Say voice="man">Hello<break time="1s"/></Say>'),
    (12200, "<Pause>Hello</Pause>"),
    (13210, dial('method="PUT"')),
    (13212, dial('timeout="4"')),
    (13212, dial('timeout="601"')),
    (13213, dial('hangupOnStar="yes"')),
    (13214, dial('callerId="me"')),
    (13215, called("<Say>Hello</Say>")),
    (13216, dial('timeLimit="0"')),
    (13217, dial('record="maybe"')),
    (13218, dial('sequential="1"')),
    (13219, dial('answerOnBridge="on"')),
    (13220, dial('ringTone="loud"')),
    (13221, called('<Number method="post">+15551234567</Number>')),
    (13222, called('<Number sendDigits="1e">+15551234567</Number>')),
    (13223, called("<Number>next door</Number>")),
    (13223, "<Dial>call me</Dial>"),
    (13223, "<Dial></Dial>"),
    (13230, called('<Conference muted="x">room</Conference>')),
    (13231, called('<Conference endConferenceOnExit="x">room</Conference>')),
    (13232, called('<Conference startConferenceOnEnter="x">room</Conference>')),
    (13233, called('<Conference waitUrl="a b">room</Conference>')),
    (13234, called('<Conference waitMethod="x">room</Conference>')),
    (13235, called('<Conference beep="x">room</Conference>')),
    (13239, called('<Conference trim="x">room</Conference>')),
    (13240, called('<Conference coach="x">room</Conference>')),
    (13241, called('<Sip method="x">sip:a@example.com</Sip>')),
    (13256, '<Record action="/a" recordingStatusCallback="a b"/>'),
    (13257, '<Record action="/a" transcribe="true" maxLength="60" transcribeCallback="a b"/>'),
    (13310, gather('finishOnKey="x"')),
    (13311, gather('finishOnKey="12"')),
    (13312, gather('method="x"')),
    (13313, gather('timeout="0"')),
    (13313, gather('timeout="2.5"')),
    (13314, gather('numDigits="0"')),
    (13320, gather("", "<Dial>+15551234567</Dial>")),
    (13320, gather("", "<Redirect>/a</Redirect>")),
    (13321, gather("", '<Say voice="nobody">Hello</Say>')),
    (13322, gather("", '<Say loop="-1">Hello</Say>')),
    (13326, gather('input="voice"')),
    (13327, gather('input="speech" speechTimeout="soon"')),
    (13328, gather('maxSpeechTime="0"')),
    (13329, gather('partialResultCallbackMethod="x"')),
    (13330, gather(f'input="speech" hints="{"x" * 101}"')),
    (13330, gather(f'input="speech" hints="{",".join("x" * 501)}"')),
    (13331, gather('language="english please"')),
    (13332, gather('bargeIn="x"')),
    (13333, gather('input="speech" profanityFilter="x"')),
    (13334, gather('input="speech" speechModel="mine"')),
    (13335, gather('input="speech" speechModel="phone_call" speechTimeout="auto"')),
    (13338, gather('actionOnEmptyResult="x"')),
    (13410, '<Play loop="x">/a.mp3</Play>'),
    (13430, '<Play digits="x"/>'),
    (13430, gather("", '<Play digits="1"/>')),
    (13510, '<Say loop="-1">Hello</Say>'),
    (13511, '<Say voice="nobody">Hello</Say>'),
    (13512, '<Say language="english please">Hello</Say>'),
    (13520, "<Say> </Say>"),
    (13520, "<Say/>"),
    (13521, f"<Say>{'x' * 4097}</Say>"),
    (13521, f'<Say voice="Polly.Joanna">{"x" * 3001}</Say>'),
    (13521, f'<Say voice="Google.en-US-Wavenet-A">{"x" * 4990}<break time="1s"/></Say>'),
    (13521, f'<Say voice="Polly.Tatyana">{"я" * 751}</Say>'),  # 1,502 bytes, 4,506 characters once URL-encoded
    (13610, '<Record action="/a" method="x"/>'),
    (13611, '<Record action="/a" timeout="x"/>'),
    (13612, '<Record action="/a" maxLength="0"/>'),
    (13613, '<Record action="/a" finishOnKey="x"/>'),
    (13614, '<Record action="/a" transcribe="x"/>'),
    (13615, '<Record action="/a" transcribe="true" maxLength="121"/>'),
    (13616, '<Record action="/a" playBeep="x"/>'),
    (13621, '<Record action="/a" recordingStatusCallbackEvent="x"/>'),
    (13622, dial('recordingTrack="x"')),
    (13699, '<Record action="/a" trim="x"/>'),
    (13710, '<Redirect method="x">/a</Redirect>'),
    (13810, '<Reject reason="x"/>'),
    (13910, '<Pause length="0"/>'),
    (14201, '<Enqueue method="x">q</Enqueue>'),
    (14202, '<Enqueue waitUrl="a b">q</Enqueue>'),
    (14203, '<Enqueue action="a b">q</Enqueue>'),
    (14204, "<Enqueue></Enqueue>"),
    (14205, f"<Enqueue>{'q' * 65}</Enqueue>"),
    (14206, '<Enqueue waitUrlMethod="x">q</Enqueue>'),
    (14210, called('<Queue method="x">q</Queue>')),
    (14211, called('<Queue url="a b">q</Queue>')),
    (14300, "<Start><Say>Hello</Say></Start><Pause/>"),
    (31941, '<Connect><Stream url="wss://example.com" track="both_tracks"/></Connect>'),
    (31941, '<Start><Stream url="wss://example.com" track="x"/></Start><Pause/>'),
    (64101, relay('url="wss://example.com" interruptible="perhaps"')),
    (64102, relay("")),
    (64102, relay('url="https://example.com"')),
    (64106, relay('url="wss://example.com" language="x y"')),
]
WHOLE: list[tuple[int, str, bool]] = [
    (11750, f"<Response><!--{'x' * 65_536}--></Response>", False),
    (12100, "<Response><Say>Hello</Response>", False),
    (12100, "<Response><Say>R&D</Say></Response>", False),
    (12100, "", False),
    (12100, ' <?xml version="1.0"?><Response/>', False),
    (12100, "<Response/><Response/>", False),
    (12101, '<?xml version="1.1"?><Response><Hangup/></Response>', False),
    (12101, '<Response version="3"><Hangup/></Response>', False),
    (12102, "<response><Hangup/></response>", False),
    (12102, "<html><body/></html>", False),
    (15004, '<Response><Gather action="/a"/><Redirect>https://example.com</Redirect></Response>', True),
    (15004, "<Response><Redirect>/a</Redirect></Response>", True),
    (11100, "<Response><Record/></Response>", True),
    (32018, f"<Response><Say>{'x' * 4000}</Say></Response>", True),
]


@pytest.mark.parametrize(("code", "verbs"), CASES)
def test_a_fault_has_twilios_code_level_and_a_fix(code: int, verbs: str) -> None:
    [fault] = check_twiml(f"<Response>\n{verbs}</Response>")
    assert (fault.code, fault.severity, fault.line) == (code, CODES[code].level, 2)
    assert fault.message.endswith(".")
    assert fault.fix.endswith(".")


@pytest.mark.parametrize(("code", "document", "inline"), WHOLE)
def test_a_fault_of_the_whole_document(code: int, document: str, inline: bool) -> None:
    [fault] = check_twiml(document, inline=inline)
    assert (fault.code, fault.severity) == (code, "error")
    assert fault.fix


def test_words_outside_any_verb_are_heard_by_nobody() -> None:
    [fault] = check_twiml("<Response>Hello<Pause/></Response>")
    assert (fault.code, fault.element) == (12200, "Response")


def test_every_code_has_a_case() -> None:
    assert {code for code, *_ in (*CASES, *WHOLE)} | TO_RUN == set(CODES)


@pytest.mark.parametrize(
    ("verbs", "element", "words"),
    [
        ("<Gather><Say>Hello</Say></Gather>" + NEXT, "Gather", "asked for again"),
        ('<Gather action="/a"><Say>Hello</Say></Gather>', "Gather", "hung up on"),
        ('<Gather action="/a" enhanced="true" input="speech"/>' + NEXT, "Gather", "phone_call"),
        ('<Gather action="/a" hints="yes"/>' + NEXT, "Gather", "only keys"),
        ("<Record/>", "Record", "asked for again"),
        ('<Record action="/a" maxLength="60" transcribeCallback="/t"/>', "Record", "transcribe"),
        ("<Hangup/><Say>Bye</Say>", "Say", "never reached"),
        ('<Dial action="/a">+15551234567</Dial><Say>Bye</Say>', "Say", "never reached"),
        ("<Redirect/>", "Redirect", "asked for again"),
        ("<Say>Bye</Say><Reject/>", "Reject", "charged"),
        ("<Start><Recording/></Start>", "Start", "ends"),
        ("", "Response", "ends at once"),
        (called("<Number>+15551234567</Number>" * 11), "Dial", "10"),
    ],
)
def test_what_twilio_is_silent_about_is_a_warning_without_a_code(verbs: str, element: str, words: str) -> None:
    [fault] = check_twiml(f"<Response>{verbs}</Response>")
    assert (fault.code, fault.severity, fault.element) == (None, "warning", element)
    assert words in fault.message


@pytest.mark.parametrize(
    "verbs",
    [
        "<Say>Hello</Say>",
        '<Say voice="Polly.Joanna-Neural" language="en-US">Hello <break time="1s"/><emphasis>you</emphasis></Say>',
        '<Say voice="Polly.Lucia"><lang xml:lang="es-ES">hola</lang></Say>',
        '<Say voice="Google.en-US-Chirp3-HD-Aoede">Hello</Say>',
        gather(
            'input="dtmf speech" speechTimeout="auto" numDigits="1" finishOnKey="" hints="yes, no"', "<Say>Hi</Say>"
        ),
        '<Gather action="/a" actionOnEmptyResult="true"><Say>Hi</Say></Gather>',
        gather('input="speech" speechModel="phone_call" enhanced="true" speechTimeout="3"'),
        '<Record action="/a" timeout="0" maxLength="120" transcribe="true" transcribeCallback="/t"/>',
        '<Start><Recording recordingStatusCallback="https://example.com/r#rc=5&amp;rp=ct,rt,5xx"/></Start><Say>Hi</Say>',
        '<Start><Stream url="wss://example.com/s"><Parameter name="a" value="b"/></Stream></Start><Pause length="60"/>',
        called('<Number url="/whisper" statusCallbackEvent="ringing answered">+1 (555) 123-4567</Number>'),
        called("<Client><Identity>joe</Identity><Parameter name='a' value='b'/></Client>"),
        "<Play>https://example.com/a.mp3?x=1&amp;y=2</Play>",
        '<Play digits="ww12#"/>',
        "<Reject reason='busy'/>",
        "<!-- said first --><Say>Hello</Say><Hangup/>",
        '<Enqueue workflowSid="WW00000000000000000000000000000000"><Task priority="5">{"a": 1}</Task></Enqueue>',
    ],
)
def test_what_is_in_order_is_told_nothing(verbs: str) -> None:
    assert check_twiml(f'<?xml version="1.0" encoding="UTF-8"?>\n<Response>{verbs}</Response>') == []


def test_faults_name_their_lines_and_the_name_that_was_meant() -> None:
    faults = check_twiml(
        '<Response>\n<Say>Hi</Say>\n<gather\n  numDigit="1"/>\n<Gather numDigit="1" action="/a"/>\n'
        + NEXT
        + "</Response>"
    )
    assert [(fault.line, fault.fix) for fault in faults] == [
        (3, "Write <Gather>; upper and lower case count."),
        (5, "Write it `numDigits`."),
    ]


BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]><Response><Say>&c;&d;</Say></Response>'
)


@pytest.mark.parametrize(
    "document", [BOMB, "<Response>" + "<Say>" * 20_000, "<Response>" + "<p>" * 3000 + "</p>" * 3000]
)
def test_a_document_made_to_do_harm_is_refused_at_once(document: str) -> None:
    begun = time.process_time()
    faults = check_twiml(document)
    assert time.process_time() - begun < 1
    assert [fault.code for fault in faults][:1] in ([12100], [11750])


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert all(isinstance(fault, TwimlFault) for fault in check_twiml(text))
    assert all(
        isinstance(fault, TwimlFault) for fault in check_twiml(f"<Response><Say>{text}</Say></Response>", inline=True)
    )
