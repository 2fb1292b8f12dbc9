from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.errors import CredentialError, RequestError
from ringline.messaging.direct import DirectSender, Retries
from ringline.messaging.message import Cooldown, CredentialValue, MessageRequest
from ringline.simulator import Simulator

PHONE = "+14155550123"
SENDER = "+15550001111"
AT_ONCE = Retries(delays=(0.0, 0.0))


@pytest.fixture
def credential(simulator: Simulator) -> CredentialValue:
    return CredentialValue(simulator.account_sid, simulator.auth_token)


@pytest.fixture
def sender(simulator: Simulator, clock: VirtualClock, credential: CredentialValue) -> DirectSender:
    return DirectSender(
        clock=clock, base_url=simulator.base_url, credentials={"main": credential}, retries=AT_ONCE, timeout=2.0
    )


REQUEST = MessageRequest(to=PHONE, from_=SENDER, body="Hello")


def without_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Drive a coroutine as the engine does for a caller without an event loop: it must never suspend."""
    with pytest.raises(StopIteration) as ended:
        work.send(None)
    return ended.value.value


async def test_the_message_is_at_twilio_before_send_returns(sender: DirectSender, simulator: Simulator) -> None:
    message = await sender.send(REQUEST)

    (there,) = simulator.messages
    assert (message.stage, message.status, message.sid) == ("accepted", "queued", there.sid)
    assert (there.to, there.from_, there.body) == (PHONE, SENDER, "Hello")
    assert (message.segments, message.encoding, message.account_sid) == (1, "GSM-7", simulator.account_sid)


async def test_synchronous_code_can_send_too(sender: DirectSender, simulator: Simulator) -> None:
    with ThreadPoolExecutor(1) as thread:
        message = await asyncio.wrap_future(thread.submit(lambda: without_a_loop(sender.send(REQUEST))))

    assert message.stage == "accepted"
    assert len(simulator.messages) == 1


async def test_what_twilio_refuses_ends_failed_with_its_words_and_our_fix(
    sender: DirectSender, simulator: Simulator
) -> None:
    simulator.faults.reject(21610)
    message = await sender.send(REQUEST)

    assert message.stage == message.status == "failed"
    assert message.error is not None
    assert (message.error.code, message.error.http_status, message.error.retryable) == (21610, 400, False)
    assert message.error.fix
    assert simulator.messages == []


async def test_a_throttled_request_is_sent_again_and_no_more_than_three_times(
    sender: DirectSender, simulator: Simulator
) -> None:
    simulator.faults.throttle(times=2)
    assert (await sender.send(REQUEST)).stage == "accepted"
    assert len(simulator.messages) == 1

    simulator.faults.throttle(times=3)
    message = await sender.send(REQUEST)
    assert message.stage == "failed"
    assert message.error is not None
    assert (message.error.code, message.error.retryable) == (20429, True)
    assert len(simulator.messages) == 1


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_request_without_an_answer_is_unknown_and_never_sent_again(
    clock: VirtualClock, simulator: Simulator, credential: CredentialValue, accepted: bool
) -> None:
    simulator.faults.time_out(accept=accepted)
    sender = DirectSender(clock=clock, base_url=simulator.base_url, timeout=0.3, retries=AT_ONCE)
    message = await sender.send(replace(REQUEST, credential=credential, cooldown=Cooldown("time-out", 60)))

    assert message.stage == message.status == "unknown"
    assert message.error is not None
    assert "may or may not have been sent" in message.error.message
    assert len(simulator.messages) == int(accepted)
    assert sender.is_cooling_down(Cooldown("time-out", 60)), "it may have gone out, so the next one waits"


async def test_nobody_listening_is_a_failure_that_says_nothing_was_sent(
    clock: VirtualClock, credential: CredentialValue, unused_tcp_port: int
) -> None:
    sender = DirectSender(clock=clock, base_url=f"http://127.0.0.1:{unused_tcp_port}", retries=AT_ONCE)
    message = await sender.send(replace(REQUEST, credential=credential, cooldown=Cooldown("nobody", 60)))

    assert message.stage == "failed"
    assert message.error is not None
    assert message.error.retryable
    assert not sender.is_cooling_down(Cooldown("nobody", 60))


async def test_of_many_at_once_one_gets_through_the_cooldown(
    sender: DirectSender, simulator: Simulator, clock: VirtualClock
) -> None:
    request = replace(REQUEST, cooldown=Cooldown("alarm", 60))
    with ThreadPoolExecutor(8) as threads:
        sent = await asyncio.gather(
            *(asyncio.wrap_future(threads.submit(lambda: without_a_loop(sender.send(request)))) for _ in range(8))
        )

    assert sorted(message.stage for message in sent) == ["accepted", *["refused"] * 7]
    assert {message.refusal_reason for message in sent} == {None, "cooldown"}
    assert len(simulator.messages) == 1

    clock.step(59.9)
    assert (await sender.send(request)).refusal_reason == "cooldown"
    clock.step(0.2)
    assert (await sender.send(request)).stage == "accepted"


async def test_a_failed_send_frees_the_cooldown_for_the_next_alarm(sender: DirectSender, simulator: Simulator) -> None:
    request = replace(REQUEST, cooldown=Cooldown("after failure", 60))
    simulator.faults.reject(21211)

    assert (await sender.send(request)).stage == "failed"
    assert (await sender.send(request)).stage == "accepted"
    assert (await sender.send(request)).refusal_reason == "cooldown"


async def test_a_request_that_cannot_be_asked_frees_the_cooldown(sender: DirectSender) -> None:
    cooldown = Cooldown("bad request", 60)
    with pytest.raises(RequestError):
        await sender.send(replace(REQUEST, to="banana", cooldown=cooldown))

    assert not sender.is_cooling_down(cooldown)


async def test_cooldowns_are_shared_within_the_process(
    sender: DirectSender, clock: VirtualClock, simulator: Simulator
) -> None:
    other = DirectSender(clock=clock, base_url=simulator.base_url)
    await sender.send(replace(REQUEST, cooldown=Cooldown("shared", 60)))

    assert other.is_cooling_down(Cooldown("shared", 60))


async def test_whatsapp_text_is_refused_with_the_reason_and_a_template_goes_out(
    sender: DirectSender, simulator: Simulator
) -> None:
    text = replace(REQUEST, channel="whatsapp", from_="+15550003333")
    refused = await sender.send(text)

    assert (refused.stage, refused.refusal_reason) == ("refused", "whatsapp_window_closed")
    assert refused.error is not None
    assert "24 hours" in refused.error.message
    assert "content_template" in refused.error.fix
    assert simulator.messages == []

    template = replace(text, body=None, content_sid="HX" + "7e3b1a7e" * 4, content_variables={"1": "Ann", "2": "now"})
    sent = await sender.send(template)
    assert sent.stage == "accepted"
    assert simulator.messages[0].to == f"whatsapp:{PHONE}"


async def test_a_message_for_later_needs_a_service_that_keeps_it(
    sender: DirectSender, simulator: Simulator, clock: VirtualClock
) -> None:
    later = replace(REQUEST, send_at=clock.now() + timedelta(hours=1))
    with pytest.raises(RequestError, match="a bare workflow keeps nothing after it ends"):
        await sender.send(later)

    scheduled = await sender.send(replace(later, from_=None, messaging_service_sid="MG" + "5e4c1ce0" * 4))
    assert (scheduled.stage, scheduled.status) == ("accepted", "scheduled")


async def test_credentials_go_by_name_and_are_never_taken_from_the_environment(
    simulator: Simulator, clock: VirtualClock, credential: CredentialValue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", credential.account_sid)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", credential.auth_token)
    none = DirectSender(clock=clock, base_url=simulator.base_url)
    with pytest.raises(CredentialError, match="There is no credential `default`"):
        await none.send(REQUEST)

    two = DirectSender(clock=clock, base_url=simulator.base_url, credentials={"a": credential, "b": credential})
    with pytest.raises(CredentialError, match=r"There is no credential `default` \(known here: `a`, `b`\)\."):
        await two.send(REQUEST)
    assert (await two.send(replace(REQUEST, credential="b"))).stage == "accepted"
    assert credential.auth_token not in repr(two) + repr(credential)
