"""Listening: keys and speech, the timers of both, and what comes a moment too early or too late."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from ringline.simulator import Press, Say, Silent, Simulator, Wait
from ringline.simulator.calls.steps import Step
from simulator.customer import ApplicationUnderTest

PHONE, CALLER = "+14155550123", "+15550001111"
# Five words take two seconds.
PROMPT = "<Say>one two three four five</Say>"


@pytest.fixture
def ask(simulator: Simulator, twilio: Client, application: ApplicationUnderTest) -> object:
    """Ask once, and give what the application was told; ``None`` where the call went on to the next verb."""
    application.answer("/heard", "<Response/>")

    async def asked(attributes: str, steps: list[Step], prompt: str = PROMPT) -> dict[str, str] | None:
        application.answer(
            "/voice",
            f'<Response><Gather action="/heard" {attributes}>{prompt}</Gather><Say>Fell through</Say></Response>',
        )
        simulator.handset(PHONE).answer(steps)
        before = len(application.received("/heard"))
        twilio.calls.create(to=PHONE, from_=CALLER, url=application.url("/voice"))
        await simulator.advance(100)
        told = application.received("/heard")[before:]
        fell_through = any(line.text == "Fell through" for line in simulator.calls[-1].transcript)
        assert fell_through == (not told)
        return told[0] if told else None

    return asked


@pytest.mark.parametrize(
    ("attributes", "steps", "digits"),
    [
        ('numDigits="1"', [Press("4")], "4"),
        ('numDigits="2"', [Press("421")], "42"),
        ("", [Press("42#")], "42"),
        ('finishOnKey="*"', [Press("4#2*9")], "4#2"),
        ('finishOnKey=""', [Press("4#")], "4#"),
        ('timeout="2"', [Press("42")], "42"),
        ("", [Press("#")], None),
        ("", [Silent()], None),
        ("", ["yes"], None),
        ('actionOnEmptyResult="true"', [Silent()], ""),
        ('numDigits="none" timeout="2"', [Press("42")], "42"),
    ],
)
async def test_keys(ask: object, attributes: str, steps: list[Step], digits: str | None) -> None:
    told = await ask(attributes, steps)  # type: ignore[operator]
    assert (None if told is None else told["Digits"]) == digits
    assert told is None or "SpeechResult" not in told


@pytest.mark.parametrize(
    ("attributes", "steps", "result"),
    [
        ("", [Say("yes please", 0.8)], ("yes please", "0.8")),
        ("", [Say("yes", None)], ("yes", None)),
        ("", [Silent()], None),
        ("", [Press("1")], None),
        ('actionOnEmptyResult="true"', [Silent()], ("", None)),
        ('speechTimeout="3"', [Say("I think", 0.9)], ("I think", "0.9")),
        ('speechTimeout="auto"', ["a"], ("a", "0.9")),
    ],
)
async def test_speech(ask: object, attributes: str, steps: list[Step], result: tuple[str, str | None] | None) -> None:
    told = await ask(f'input="speech" {attributes}', steps)  # type: ignore[operator]
    assert (None if told is None else (told["SpeechResult"], told.get("Confidence"))) == result


# A Gather of five seconds after a prompt of two: who begins to speak or press when is heard how?
MOMENTS = [(-1.0, "heard", 1.0), (4.9, "heard", 6.9), (5.1, "late", 7.1)]


@pytest.mark.parametrize("takes", ["dtmf", "speech", "dtmf speech"])
@pytest.mark.parametrize(("at", "outcome", "after"), MOMENTS)
async def test_in_the_prompt_just_in_time_and_just_too_late(
    simulator: Simulator, ask: object, takes: str, at: float, outcome: str, after: float
) -> None:
    step = Say("yes", at=at) if takes == "speech" else Press("7#", at=at)
    told = await ask(f'input="{takes}" speechTimeout="1"', [step])  # type: ignore[operator]
    lines = simulator.calls[-1].transcript
    theirs = next(line for line in lines if line.who == "them")
    answered = simulator.calls[-1].answered
    assert answered is not None
    assert theirs.at - answered == pytest.approx(after)
    if outcome == "late":
        assert told is None
    else:
        assert told is not None
        assert (told.get("SpeechResult") or told.get("Digits")) == ("yes" if takes == "speech" else "7")
    # Who speaks a second into the prompt hears only what was said by then.
    assert lines[0].text == ("one two" if at < 0 else "one two three four five")


async def test_without_barge_in_what_comes_during_the_prompt_is_lost(simulator: Simulator, ask: object) -> None:
    assert await ask('bargeIn="false"', [Press("7#", at=-1)]) is None  # type: ignore[operator]
    assert simulator.calls[-1].transcript[0].text == "one two three four five"
    told = await ask('bargeIn="false"', [Press("7#", at=1)])  # type: ignore[operator]
    assert told["Digits"] == "7"


@pytest.mark.parametrize("speaks_first", [True, False])
async def test_the_first_kind_of_input_wins(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, speaks_first: bool
) -> None:
    application.answer("/heard", "<Response/>")
    application.answer(
        "/voice", '<Response><Gather action="/heard" input="dtmf speech" timeout="2" speechTimeout="2"/></Response>'
    )
    phone = simulator.handset(PHONE)
    phone.answer(None, after=1)
    twilio.calls.create(to=PHONE, from_=CALLER, url=application.url("/voice"))
    await simulator.advance(2)
    for does in [lambda: phone.say("yes"), lambda: phone.press("1")][:: 1 if speaks_first else -1]:
        does()
        await simulator.advance(0.5)
    await simulator.advance(5)
    told = application.received("/heard")[0]
    assert (told.get("SpeechResult"), told.get("Digits")) == (("yes", None) if speaks_first else (None, "1"))


async def test_more_speech_within_the_speech_timeout_belongs_to_it(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    application.answer("/heard", "<Response/>")
    application.answer(
        "/voice",
        '<Response><Gather action="/heard" input="speech" speechTimeout="2"'
        ' partialResultCallback="/partial"/></Response>',
    )
    phone = simulator.handset(PHONE)
    phone.answer(None, after=1)
    twilio.calls.create(to=PHONE, from_=CALLER, url=application.url("/voice"))
    await simulator.advance(2)
    phone.say("twenty five no")
    await simulator.advance(2.5)
    phone.say("thirty", 0.5)
    await simulator.advance(2)
    assert application.received("/heard") == []
    await simulator.advance(2)
    told = application.received("/heard")[0]
    assert (told["SpeechResult"], told["Confidence"]) == ("twenty five no thirty", "0.5")
    partial = application.received("/partial")
    assert [(form["StableSpeechResult"], form["UnstableSpeechResult"]) for form in partial] == [
        ("", "twenty"),
        ("twenty five no", ""),
        ("twenty five no", "thirty"),
        ("twenty five no thirty", ""),
    ]
    assert [form["SequenceNumber"] for form in partial] == ["0", "1", "2", "3"]


async def test_a_wait_delays_the_answer_within_its_question(ask: object) -> None:
    assert await ask('timeout="5"', [Wait(5), Press("1#")]) is None  # type: ignore[operator]
    assert (await ask('timeout="6"', [Wait(5), Press("1#")]))["Digits"] == "1"  # type: ignore[operator]


async def test_without_an_action_the_same_document_is_asked_with_the_answer(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    application.answer("/voice", '<Response><Gather numDigits="1"/></Response>')
    simulator.handset(PHONE).answer([Press("1"), Press("2")])
    twilio.calls.create(to=PHONE, from_=CALLER, url=application.url("/voice"))
    await simulator.advance(30)
    assert [form.get("Digits") for form in application.received("/voice")] == [None, "1", "2"]


async def test_wrong_attributes_and_children_are_noted_and_the_call_goes_on(
    simulator: Simulator, twilio: Client, ask: object
) -> None:
    told = await ask(  # type: ignore[operator]
        'timeout="soon" colour="red" input="dtmf speech" speechModel="phone_call" speechTimeout="auto"',
        [Press("1#")],
        prompt="<Say/><Redirect>/x</Redirect><Say>Hello</Say>",
    )
    assert told["Digits"] == "1"
    notes = twilio.calls(simulator.calls[-1].sid).notifications.list()
    assert sorted(note.error_code for note in notes) == ["12200", "13313", "13320", "13335", "13520"]
    assert {note.log for note in notes} == {"1"}
