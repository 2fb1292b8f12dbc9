"""Documents and verbs other than Gather: fetching and its failures, speaking, recording, dialling."""

from __future__ import annotations

import io
import shutil
import sys
import wave
from array import array
from pathlib import Path

import pytest
from aiohttp import web
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ringline.simulator import HangUp, Press, Silent, Simulator, Wait
from ringline.simulator.calls.steps import Step
from simulator.customer import ApplicationUnderTest, Received, until

PHONE, CALLER, AGENT = "+14155550123", "+15550001111", "+14155550777"


@pytest.fixture
def call(simulator: Simulator, twilio: Client, application: ApplicationUnderTest) -> object:
    """Call the phone with the document at /voice, and let a minute pass; gives the SDK's call."""
    simulator.account().calls_per_second = None

    async def called(steps: list[Step] = [], *, seconds: float = 60, **more: object) -> object:  # noqa: B006
        simulator.handset(PHONE).answer(steps)
        fields = {"url": application.url("/voice"), **more}
        placed = twilio.calls.create(to=PHONE, from_=CALLER, **fields)
        await simulator.advance(seconds)
        return placed.fetch()

    return called


def heard(simulator: Simulator) -> list[str]:
    """What the application said in the last call."""
    return [line.text for line in simulator.calls[-1].transcript if line.who == "us"]


def codes(twilio: Client, sid: str) -> list[str]:
    """What the debugger noted, first things first."""
    return [note.error_code for note in reversed(twilio.calls(sid).notifications.list())]


# -- documents ---------------------------------------------------------------------------------------------------------

APOLOGY = "An application error has occurred. Goodbye."


@pytest.mark.parametrize(
    ("text", "content_type", "status", "said", "code"),
    [
        ("<Response><Say>Hi</Say></Response>", "text/html", 200, ["Hi"], None),
        ("<Response><Say>Hi</Say></Response>", "text/plain", 200, ["Hi"], None),
        ("Hi there", "text/plain", 200, ["Hi there"], None),
        ("<Response/>", "application/xml", 200, [], None),
        ("", "text/xml", 204, [], None),
        ("<Response><Say>Hi</Say>", "text/xml", 200, [APOLOGY], "12100"),
        ("<!DOCTYPE x><Response/>", "text/xml", 200, [APOLOGY], "12100"),
        ('<?xml version="1.1"?><Response/>', "text/xml", 200, [APOLOGY], "12101"),
        ("<response/>", "text/xml", 200, [APOLOGY], "12102"),
        ("{}", "application/json", 200, [APOLOGY], "12300"),
        ("<Response/>", "text/xml", 404, [APOLOGY], "11200"),
        ("<Response/>", "text/xml", 500, [APOLOGY], "11200"),
        ("<Response>" + " " * 65_536 + "</Response>", "text/xml", 200, [APOLOGY], "11750"),
        ("<Response><say>a</say><Say colour='x'>Hi</Say></Response>", "text/xml", 200, ["Hi"], "12200"),
        ("<Response><Enqueue>q</Enqueue><Say>Hi</Say></Response>", "text/xml", 200, ["Hi"], "12200"),
    ],
)
async def test_what_an_answer_comes_to(
    simulator: Simulator,
    twilio: Client,
    application: ApplicationUnderTest,
    call: object,
    text: str,
    content_type: str,
    status: int,
    said: list[str],
    code: str | None,
) -> None:
    application.answer("/voice", text, content_type=content_type, status=status)
    done = await call()  # type: ignore[operator]
    assert (done.status, heard(simulator)) == ("completed", said)
    noted = codes(twilio, done.sid)
    assert noted[:1] == ([] if code is None else [code])
    if code is not None:
        assert twilio.calls(done.sid).notifications.list()[-1].message_text


async def test_the_fallback_is_told_what_failed(
    simulator: Simulator, application: ApplicationUnderTest, call: object
) -> None:
    application.answer("/voice", '<Response><Redirect method="GET">/gone</Redirect></Response>')
    application.answer("/gone", status=500)
    application.answer("/fallback", "<Response><Say>Plan B</Say></Response>")
    await call(fallback_url=application.url("/fallback"))  # type: ignore[operator]
    told = application.received("/fallback")[0]
    assert (told["ErrorCode"], told["ErrorUrl"]) == ("11200", application.url("/gone"))
    assert heard(simulator) == ["Plan B"]
    application.answer("/fallback", status=500)
    await call(fallback_url=application.url("/fallback"))  # type: ignore[operator]
    assert heard(simulator) == [APOLOGY]


async def test_a_refused_connection_has_its_own_code(simulator: Simulator, twilio: Client, call: object) -> None:
    done = await call(url="http://127.0.0.1:1/voice")  # type: ignore[operator]
    assert (codes(twilio, done.sid), heard(simulator)) == (["11202"], [APOLOGY])


async def test_an_answer_that_takes_too_long(simulator: Simulator, twilio: Client, call: object) -> None:
    simulator.carrier.answers_take = 20
    done = await call(seconds=30)  # type: ignore[operator]
    assert codes(twilio, done.sid) == ["11203"]
    assert simulator.calls[-1].transcript[0].at - (simulator.calls[-1].answered or 0) == pytest.approx(15)


async def test_http_redirects_are_followed_without_what_was_gathered(
    simulator: Simulator, application: ApplicationUnderTest, call: object
) -> None:
    def moved(received: Received) -> web.Response:
        return web.Response(status=302, headers={"Location": "/moved"})

    application.answer("/voice", '<Response><Gather numDigits="1" action="/answer"/></Response>')
    application.answers["/answer"] = moved
    application.answer("/moved", "<Response><Say>Here</Say></Response>")
    await call([Press("1")])  # type: ignore[operator]
    assert heard(simulator) == ["Here"]
    last = application.requests[-1]
    assert (last.method, "Digits" in last.url, "CallSid" in last.url) == ("GET", False, True)


async def test_endless_redirects_end(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, call: object
) -> None:
    application.answer("/voice", "<Response><Redirect/></Response>")
    done = await call()  # type: ignore[operator]
    assert (codes(twilio, done.sid), len(application.received("/voice"))) == (["11215"], 11)
    application.answers["/voice"] = lambda _: web.Response(status=302, headers={"Location": "/voice"})
    done = await call()  # type: ignore[operator]
    assert codes(twilio, done.sid) == ["11215"]


async def test_a_loop_in_which_time_passes_goes_on(
    simulator: Simulator, application: ApplicationUnderTest, call: object
) -> None:
    application.answer("/voice", "<Response><Pause length='2'/><Redirect/></Response>")
    await call([HangUp(after=50)])  # type: ignore[operator]
    assert len(application.received("/voice")) == 25
    assert simulator.calls[-1].status == "completed"


# -- speaking ----------------------------------------------------------------------------------------------------------


def silence(seconds: float) -> bytes:
    """A WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(int(16_000 * seconds)))
    return file.getvalue()


@pytest.mark.parametrize(
    ("inner", "lasts"),
    [
        ("<Say>one two three four five</Say>", 2.0),
        ('<Say loop="3">one two three four five</Say>', 6.0),
        ('<Say voice="Polly.Joanna">one <break time="1500ms"/><emphasis>two</emphasis></Say>', 2.3),
        ('<Say language="ja-JP">こんにちは、さようなら。</Say>', 1.0),
        ('<Pause length="7"/>', 7.0),
        ('<Play digits="1w2W"/>', 2.0),
        ("<Play>/sound.wav</Play>", 1.5),
        ('<Play loop="2">/sound.wav</Play>', 3.0),
        ("<Play>/missing.wav</Play>", 0.0),
        ("<Play>/voice</Play>", 0.0),
        ("<Say></Say>", 0.0),
        ('<Say loop="often">one two three four five</Say>', 2.0),
    ],
)
async def test_how_long_things_last(
    simulator: Simulator, application: ApplicationUnderTest, call: object, inner: str, lasts: float
) -> None:
    application.answer("/voice", f"<Response>{inner}</Response>")
    application.answers["/sound.wav"] = lambda _: web.Response(body=silence(1.5), content_type="audio/wav")
    application.answers["/missing.wav"] = lambda _: web.Response(status=404)
    await call()  # type: ignore[operator]
    made = simulator.calls[-1]
    assert made.end is not None
    assert made.answered is not None
    assert made.end - made.answered == pytest.approx(lasts)


async def test_audio_instead_of_a_document_is_played(
    simulator: Simulator, application: ApplicationUnderTest, call: object
) -> None:
    application.answers["/voice"] = lambda _: web.Response(body=silence(4), content_type="audio/wav")
    assert (await call()).duration == "4"  # type: ignore[operator]


# -- machines ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode", "answered_by", "at"),
    [
        ("human", "Enable", "human", 1500),
        ("machine", "Enable", "machine_start", 2700),
        ("machine", "DetectMessageEnd", "machine_end_beep", 2500),
        ("silent machine", "DetectMessageEnd", "machine_end_silence", 7000),
        ("fax", "Enable", "fax", 3000),
        ("slow", "Enable", "unknown", 30_000),
    ],
)
@pytest.mark.parametrize("is_async", [False, True])
async def test_who_answered(
    simulator: Simulator,
    twilio: Client,
    application: ApplicationUnderTest,
    kind: str,
    mode: str,
    answered_by: str,
    at: int,
    is_async: bool,
) -> None:
    phone, greeting = simulator.handset(PHONE), "nobody is here right now"
    if kind == "human":
        phone.answer([])
    elif kind == "slow":
        phone.answer([], verdict="human", verdict_after=31)
    elif kind == "fax":
        phone.fax()
    else:
        phone.machine(greeting, beep=kind == "machine")
    application.answer("/voice", "<Response><Pause length='40'/></Response>")
    sid = twilio.calls.create(
        to=PHONE,
        from_=CALLER,
        url=application.url("/voice"),
        machine_detection=mode,
        async_amd="true" if is_async else "false",
        async_amd_status_callback=application.url("/amd"),
    ).sid
    await simulator.advance(100)
    told = application.received("/amd" if is_async else "/voice")
    assert [(form["AnsweredBy"], form["MachineDetectionDuration"]) for form in told] == [(answered_by, str(at))]
    assert twilio.calls(sid).fetch().answered_by == answered_by
    assert is_async == ("AnsweredBy" not in application.received("/voice")[0])


async def test_a_verdict_may_never_come_or_come_in_the_second_turn(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, call: object
) -> None:
    amd = {
        "machine_detection": "Enable",
        "async_amd": "true",
        "async_amd_status_callback": application.url("/amd"),
        "url": application.url("/voice"),
    }
    application.answer("/voice", '<Response><Gather numDigits="1" action="/second"/></Response>')
    application.answer("/second", "<Response><Pause length='20'/></Response>")
    for late, verdicts in ((float("inf"), []), (5.0, ["machine_start"])):
        simulator.handset(PHONE).answer([Press("1")], verdict="machine_start", verdict_after=late)
        twilio.calls.create(to=PHONE, from_=CALLER, **amd)
        await simulator.advance(60)
        assert [form["AnsweredBy"] for form in application.received("/amd")] == verdicts
    paths = [request.path for request in application.requests]
    assert paths[-3:] == ["/voice", "/second", "/amd"]


# -- recording ---------------------------------------------------------------------------------------------------------


def sound_of(simulator: Simulator, sid: str) -> wave.Wave_read:
    """A recording as it is downloaded."""
    import base64
    import urllib.request

    url = f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}/Recordings/{sid}.wav"
    login = base64.b64encode(f"{simulator.account_sid}:{simulator.auth_token}".encode()).decode()
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {login}"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Type"] == "audio/x-wav"
        return wave.open(io.BytesIO(answer.read()))


@pytest.mark.parametrize(
    ("attributes", "steps", "lasts", "digits"),
    [
        ('trim="do-not-trim"', ["one two three four five"], 7.5, ""),
        ("", ["one two three four five"], 2.0, ""),
        ('trim="do-not-trim" timeout="0" maxLength="20"', ["one"], 20.0, ""),
        ('trim="do-not-trim"', [Press("5")], 0.5, "5"),
        ('trim="do-not-trim" timeout="2"', [Silent()], 2.0, ""),
    ],
)
async def test_record(
    simulator: Simulator,
    twilio: Client,
    application: ApplicationUnderTest,
    call: object,
    attributes: str,
    steps: list[Step],
    lasts: float,
    digits: str,
) -> None:
    application.answer(
        "/voice",
        f'<Response><Record action="/recorded" playBeep="false" recordingStatusCallback="/recording" {attributes}/>'
        "<Say>never</Say></Response>",
    )
    application.answer("/recorded", "<Response/>")
    await call(steps)  # type: ignore[operator]
    told, reported = application.received("/recorded")[0], application.received("/recording")
    assert told["Digits"] == digits
    assert [form["RecordingStatus"] for form in reported] == ["completed"]
    assert (reported[0]["RecordingSource"], reported[0]["RecordingChannels"]) == ("RecordVerb", "1")
    sid = told["RecordingUrl"].rpartition("/")[2]
    recording = twilio.recordings(sid).fetch()
    assert (recording.status, recording.source, recording.call_sid) == (
        "completed",
        "RecordVerb",
        simulator.calls[-1].sid,
    )
    with sound_of(simulator, sid) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert file.getnframes() / 8000 == pytest.approx(lasts, abs=0.1)


async def test_hanging_up_ends_a_recording_and_a_silent_one_falls_through(
    simulator: Simulator, application: ApplicationUnderTest, call: object
) -> None:
    application.answer("/voice", '<Response><Record action="/recorded"/><Say>Nothing recorded</Say></Response>')
    phone = simulator.handset(PHONE)
    await call([Silent()])  # type: ignore[operator]
    assert heard(simulator) == ["Nothing recorded"]
    assert application.received("/recorded") == []
    await call(["one two three four five"], seconds=5)  # type: ignore[operator]
    phone.hang_up()
    await simulator.advance(5)
    told = application.received("/recorded")[0]
    assert (told["Digits"], told["CallStatus"]) == ("hangup", "completed")


async def test_a_transcription_is_what_was_said(
    simulator: Simulator, application: ApplicationUnderTest, call: object
) -> None:
    application.answer(
        "/voice", '<Response><Record action="/recorded" transcribe="true" transcribeCallback="/text"/></Response>'
    )
    application.answer("/recorded", "<Response/>")
    await call(["please call me back tomorrow morning"])  # type: ignore[operator]
    told = application.received("/text")[0]
    assert (told["TranscriptionText"], told["TranscriptionStatus"]) == (
        "please call me back tomorrow morning",
        "completed",
    )
    assert told["RecordingSid"] == simulator.calls[-1].recordings[0]


async def test_a_call_is_recorded_in_part_paused_and_stopped(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, call: object
) -> None:
    application.answer(
        "/voice",
        '<Response><Start><Recording channels="dual" recordingStatusCallback="/recording"'
        ' recordingStatusCallbackEvent="in-progress completed"/></Start><Pause length="10"/>'
        '<Gather input="speech" timeout="1" speechTimeout="1" action="/heard"><Say>Your number please</Say></Gather>'
        '<Stop><Recording/></Stop><Pause length="5"/></Response>',
    )
    application.answer("/heard", "<Response><Stop><Recording/></Stop><Pause length='5'/></Response>")
    live = await call(["one two three four five"], seconds=5)  # type: ignore[operator]
    current = twilio.calls(live.sid).recordings("Twilio.CURRENT")
    assert current.update(status="paused", pause_behavior="skip").status == "paused"
    await simulator.advance(4)
    assert current.update(status="in-progress").status == "in-progress"
    await simulator.advance(20)
    with pytest.raises(TwilioRestException):
        current.update(status="stopped")
    forms = application.received("/recording")
    assert [form["RecordingStatus"] for form in forms] == ["in-progress", "completed"]
    (recording,) = twilio.calls(live.sid).recordings.list()
    assert [each.sid for each in twilio.recordings.list(call_sid=live.sid)] == [recording.sid]
    # Ten seconds but for the four skipped, the prompt of 1.2, half a second, two of speech and one of silence.
    with sound_of(simulator, recording.sid) as file:
        assert (file.getnchannels(), recording.source) == (2, "StartCallRecordingTwiML")
        assert file.getnframes() / 8000 == pytest.approx(10 - 4 + 1.2 + 0.5 + 2 + 1, abs=0.1)
    assert twilio.recordings(recording.sid).delete()
    assert twilio.recordings.list() == []


async def test_record_by_request_and_keys_are_heard_in_it(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, call: object
) -> None:
    application.answer("/voice", '<Response><Gather finishOnKey="" timeout="2" action="/end"/></Response>')
    application.answer("/end", "<Response/>")
    done = await call([Press("12")], record=True, trim="do-not-trim", status_callback=application.url("/status"))  # type: ignore[operator]
    (recording,) = twilio.calls(done.sid).recordings.list()
    assert (recording.source, recording.duration, recording.channels) == ("OutboundAPI", "3", 1)
    with sound_of(simulator, recording.sid) as file:
        frames = file.readframes(file.getnframes())
    assert not any(frames[: int(0.5 * 16_000)])
    assert any(frames[int(0.5 * 16_000) : int(0.7 * 16_000)])
    assert not any(frames[int(1.1 * 16_000) :])
    assert application.received("/status")[0]["RecordingSid"] == recording.sid


async def test_words_are_spoken_where_a_program_for_it_is_installed(
    simulator: Simulator,
    twilio: Client,
    application: ApplicationUnderTest,
    call: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(
        f"""#!{sys.executable}
import sys, wave
with wave.open(sys.argv[sys.argv.index("-w") + 1], "wb") as out:
    out.setnchannels(1); out.setsampwidth(2); out.setframerate(22050)
    out.writeframes(bytes([0, 16]) * 22050)
"""
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    application.answer("/voice", "<Response><Pause length='1'/><Say>one two three four five</Say></Response>")
    done = await call([], record=True, trim="do-not-trim")  # type: ignore[operator]
    (recording,) = twilio.calls(done.sid).recordings.list()
    with sound_of(simulator, recording.sid) as file:
        loud = [index for index in range(file.getnframes()) if any(file.readframes(1))]
    # The program speaks for a second, from the second second on; the rest of the two is silent.
    assert (loud[0] / 8000, loud[-1] / 8000) == pytest.approx((1, 2), abs=0.1)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed: apt-get install espeak-ng")
async def test_a_recording_holds_what_espeak_speaks(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, call: object
) -> None:
    application.answer(
        "/voice", "<Response><Pause length='2'/><Say>one two three four five six seven eight nine ten</Say></Response>"
    )
    done = await call([], record=True, trim="do-not-trim")  # type: ignore[operator]
    (recording,) = twilio.calls(done.sid).recordings.list()
    with sound_of(simulator, recording.sid) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        samples = array("h", file.readframes(file.getnframes()))
    # Two seconds of silence, then ten words of four seconds; a voice that is quicker leaves silence after them.
    assert len(samples) / 8000 == pytest.approx(2 + 10 / 2.5, abs=0.1)
    assert not any(samples[: 2 * 8000])
    spoken = [index for index, sample in enumerate(samples) if abs(sample) > 500]
    assert spoken[0] / 8000 == pytest.approx(2, abs=0.3)
    assert 2 < (spoken[-1] - spoken[0]) / 8000 <= 4
    # Speech, not one loud block: its loudness rises and falls with the words.
    tenths = [max(map(abs, samples[at : at + 800])) for at in range(spoken[0], spoken[-1], 800)]
    assert max(tenths) > 4 * min(tenths)


async def test_a_status_callback_that_fails_is_noted_and_the_call_goes_on(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, call: object
) -> None:
    application.answer("/voice", "<Response><Say>Hello</Say></Response>")
    application.answer("/status", status=500)
    done = await call(status_callback=application.url("/status"), status_callback_event=["answered"])  # type: ignore[operator]
    assert (done.status, heard(simulator), codes(twilio, done.sid)) == ("completed", ["Hello"], ["15003"])


# -- dialling ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arm", "status", "bridged"),
    [
        (lambda agent: agent.answer(["Agent here", HangUp()]), "completed", "true"),
        (lambda agent: agent.busy(), "busy", "false"),
        (lambda agent: agent.no_answer(), "no-answer", "false"),
        (lambda agent: agent.fail(), "failed", "false"),
    ],
)
async def test_dial(
    simulator: Simulator,
    twilio: Client,
    application: ApplicationUnderTest,
    call: object,
    arm: object,
    status: str,
    bridged: str,
) -> None:
    arm(simulator.handset(AGENT))  # type: ignore[operator]
    application.answer(
        "/voice",
        f'<Response><Say>One moment</Say><Dial action="/dialled" timeout="20"><Number statusCallback="/leg"'
        f' statusCallbackEvent="ringing answered completed">{AGENT}</Number></Dial><Say>never</Say></Response>',
    )
    application.answer("/dialled", "<Response><Say>Goodbye</Say></Response>")
    done = await call([])  # type: ignore[operator]
    told = application.received("/dialled")[0]
    assert (told["DialCallStatus"], told["DialBridged"]) == (status, bridged)
    child = twilio.calls.list(parent_call_sid=done.sid)[0]
    assert (child.sid, child.direction, child.status, child.to) == (
        told["DialCallSid"],
        "outbound-dial",
        status,
        AGENT,
    )
    assert application.received("/leg")[-1]["ParentCallSid"] == done.sid
    parent = next(each for each in simulator.calls if each.sid == done.sid)
    spoken = [line.text for line in parent.transcript]
    assert spoken == ["One moment", *(["Agent here"] if bridged == "true" else []), "Goodbye"]


async def test_without_an_action_the_next_verb_follows_and_the_caller_may_leave(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, call: object
) -> None:
    application.answer("/voice", f"<Response><Dial>{AGENT}</Dial><Say>Back again</Say></Response>")
    simulator.handset(AGENT).answer([Wait(10), HangUp()])
    await call([])  # type: ignore[operator]
    assert simulator.calls[-2].transcript[-1].text == "Back again"
    application.answer("/voice", f'<Response><Dial action="/dialled">{AGENT}</Dial></Response>')
    done = await call([Wait(3), "Thanks", HangUp()])  # type: ignore[operator]
    assert done.status == "completed"
    assert application.received("/dialled")[-1]["CallStatus"] == "completed"
    assert simulator.calls[-1].status == "completed"
    assert [line.text for line in simulator.calls[-1].transcript] == ["Thanks"]


async def test_the_first_to_answer_gets_the_call_and_hears_the_whisper(
    simulator: Simulator, application: ApplicationUnderTest, call: object
) -> None:
    second = "+14155550778"
    simulator.handset(AGENT).answer([], after=8)
    simulator.handset(second).answer(["Hello", HangUp()], after=3)
    application.answer(
        "/voice",
        f'<Response><Dial action="/dialled"><Number>{AGENT}</Number><Number url="/whisper">{second}</Number>'
        "<Client>ada</Client></Dial></Response>",
    )
    application.answer("/whisper", "<Response><Say>A call for you</Say></Response>")
    application.answer("/dialled", "<Response/>")
    await call([])  # type: ignore[operator]
    by_phone = {each.to: each for each in simulator.calls}
    assert (by_phone[AGENT].status, by_phone[second].status) == ("canceled", "completed")
    assert [line.text for line in by_phone[second].transcript] == ["A call for you", "Hello"]
    assert [note.code for note in by_phone[PHONE].notifications] == [12200]


async def test_ending_the_parent_ends_the_child(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, call: object
) -> None:
    simulator.handset(AGENT).answer([])
    application.answer("/voice", f'<Response><Dial hangupOnStar="true">{AGENT}</Dial><Say>Back</Say></Response>')
    live = await call([], seconds=10)  # type: ignore[operator]
    twilio.calls(live.sid).update(status="completed")
    assert [each.status for each in simulator.calls] == ["completed", "completed"]
    await call([], seconds=10)  # type: ignore[operator]
    simulator.handset(PHONE).press("*")
    await simulator.advance(5)
    assert simulator.calls[-2].transcript[-1].text == "Back"


async def test_a_reset_forgets_calls_under_way(
    simulator: Simulator, application: ApplicationUnderTest, call: object
) -> None:
    application.answer("/voice", "<Response><Pause length='100'/></Response>")
    await call([], seconds=10)  # type: ignore[operator]
    simulator.reset()
    assert simulator.calls == []
    await until(lambda: not simulator.is_busy)
