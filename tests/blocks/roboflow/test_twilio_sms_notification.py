"""Order of actions and results of Roboflow's two SMS sinks, and the weaknesses that are mended."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pytest

from ringline.blocks.roboflow.twilio_sms_notification_v1 import TwilioSmsNotificationV1, TwilioSmsNotificationV1Manifest
from ringline.blocks.roboflow.twilio_sms_notification_v2 import TwilioSmsNotificationV2, TwilioSmsNotificationV2Manifest
from ringline.clock import VirtualClock
from ringline.errors import RequestError, RoboflowQueryLanguageError
from ringline.messaging.direct import DirectSender, Retries
from ringline.query.image_data import WorkflowImage
from ringline.simulator import Simulator

FIELDS = {
    "name": "alert",
    "sender_number": "+15550001111",
    "receiver_number": "+14155550123",
    "message": "Seen: {{ $parameters.count }}",
    "message_parameters": {"count": "$inputs.count"},
    "fire_and_forget": False,
}
POLICY = "Sink was disabled by workflow execution policy"
PARAMETER = "Sink was disabled by parameter `disable_sink`"
SENT = "Notification sent successfully"
COOLDOWN = "Sink cooldown applies"
FAILED = "Failed to send Twilio SMS notification. Internal error details: "


class Step:
    """One step of a workflow: its fields as the definition has them, its block, and what a run hands in."""

    def __init__(self, version: int, simulator: Simulator, clock: VirtualClock, **fields: Any) -> None:
        manifest, self.block_class = {
            1: (TwilioSmsNotificationV1Manifest, TwilioSmsNotificationV1),
            2: (TwilioSmsNotificationV2Manifest, TwilioSmsNotificationV2),
        }[version]
        account = {"twilio_account_sid": simulator.account_sid, "twilio_auth_token": simulator.auth_token}
        own = {"cooldown_session_key": "camera"} if version == 1 else {"sms_provider": "Custom Twilio"}
        written = manifest.model_validate({**FIELDS, **account, **own, **fields})
        self.fields = {name: getattr(written, name) for name in manifest.model_fields if name not in ("type", "name")}
        self.sender = DirectSender(
            clock=clock, base_url=simulator.base_url, retries=Retries(delays=(0.0,)), timeout=2.0
        )
        self.block = self.new_block()

    def new_block(self, **services: Any) -> Any:
        return self.block_class(messages=self.sender, **services)

    async def run(self, count: Any = 3, **values: Any) -> Mapping[str, Any]:
        result = self.block.run(**{**self.fields, "message_parameters": {"count": count}, **values})
        if inspect.isawaitable(result):
            result = await result
        assert set(result) == {"error_status", "throttling_status", "message"}
        return result


def result(message: str, *, error: bool = False, throttled: bool = False) -> dict[str, Any]:
    return {"error_status": error, "throttling_status": throttled, "message": message}


@pytest.mark.parametrize("version", [1, 2])
async def test_the_text_is_sent_and_said_to_be(version: int, simulator: Simulator, clock: VirtualClock) -> None:
    step = Step(version, simulator, clock)

    assert await step.run() == result(SENT)
    (message,) = simulator.messages
    assert (message.to, message.from_, message.body) == ("+14155550123", "+15550001111", "Seen: 3")


@pytest.mark.parametrize("version", [1, 2])
async def test_disabled_by_policy_wins_over_disabled_by_parameter(
    version: int, simulator: Simulator, clock: VirtualClock
) -> None:
    step = Step(version, simulator, clock)

    assert await step.run(disable_sink=True) == result(PARAMETER)
    step.block = step.new_block(disable_sinks=True)
    assert await step.run(disable_sink=True) == result(POLICY)
    assert await step.run() == result(POLICY)
    assert simulator.messages == []


@pytest.mark.parametrize("version", [1, 2])
async def test_the_cooldown_lets_the_next_text_pass_when_it_is_over(
    version: int, simulator: Simulator, clock: VirtualClock
) -> None:
    step = Step(version, simulator, clock, cooldown_seconds=5)

    assert await step.run() == result(SENT)
    clock.step(4.9)
    assert await step.run() == result(COOLDOWN, throttled=True)
    clock.step(0.1)
    assert await step.run() == result(SENT)


@pytest.mark.parametrize("version", [1, 2])
async def test_what_twilio_refuses_is_an_error_in_its_own_words_and_frees_the_cooldown(
    version: int, simulator: Simulator, clock: VirtualClock
) -> None:
    step = Step(version, simulator, clock, cooldown_seconds=5, receiver_number="banana")

    refused = await step.run()
    assert refused["error_status"] is True
    assert str(refused["message"]).startswith(FAILED + "HTTP 400 error: Unable to create record: ")
    assert await step.run(receiver_number="+14155550123") == result(SENT)


@pytest.mark.parametrize("version", [1, 2])
async def test_a_send_that_may_have_gone_out_keeps_the_cooldown(
    version: int, simulator: Simulator, clock: VirtualClock
) -> None:
    step = Step(version, simulator, clock, cooldown_seconds=5)
    step.sender = DirectSender(clock=clock, base_url=simulator.base_url, timeout=0.3)
    step.block = step.new_block()
    simulator.faults.time_out()

    unknown = await step.run()
    assert unknown["error_status"] is True
    assert "may or may not have been sent" in str(unknown["message"])
    assert await step.run() == result(COOLDOWN, throttled=True)
    assert len(simulator.messages) == 1


@pytest.mark.parametrize("version", [1, 2])
async def test_an_operation_that_fails_is_raised_and_uses_no_cooldown(
    version: int, simulator: Simulator, clock: VirtualClock
) -> None:
    operations = {"count": [{"type": "SequenceLength"}]}
    step = Step(version, simulator, clock, cooldown_seconds=5, message_parameters_operations=operations)

    with pytest.raises(RoboflowQueryLanguageError):
        await step.run(count=7)
    assert await step.run(count=["a", "b"]) == result(SENT)
    assert simulator.messages[0].body == "Seen: 2"
    assert await step.run(count=7) == result(COOLDOWN, throttled=True), "a throttled text is not even written"


async def test_v1_shares_a_cooldown_by_account_and_session(simulator: Simulator, clock: VirtualClock) -> None:
    one = Step(1, simulator, clock)
    same, other = Step(1, simulator, clock), Step(1, simulator, clock, cooldown_session_key="another camera")

    assert await one.run() == result(SENT)
    assert await same.run(receiver_number="+14155550199") == result(COOLDOWN, throttled=True)
    assert await other.run() == result(SENT)


async def test_v2_keeps_a_cooldown_for_every_step(simulator: Simulator, clock: VirtualClock) -> None:
    one, other = Step(2, simulator, clock), Step(2, simulator, clock)

    assert await one.run() == result(SENT)
    assert await one.run() == result(COOLDOWN, throttled=True)
    assert await other.run() == result(SENT)
    assert await other.run(cooldown_seconds=-1) == result(SENT)


async def test_a_cooldown_of_zero_is_never_throttled_and_throttles_others(
    simulator: Simulator, clock: VirtualClock
) -> None:
    step = Step(1, simulator, clock, cooldown_seconds=0)

    assert [await step.run(), await step.run()] == [result(SENT), result(SENT)]
    assert await step.run(cooldown_seconds=5) == result(COOLDOWN, throttled=True)


async def test_the_cooldown_key_does_not_show_the_token(simulator: Simulator, clock: VirtualClock) -> None:
    step = Step(1, simulator, clock)
    await step.run()

    key = step.block._cooldown_key[3]
    assert key.startswith("roboflow_core/twilio_sms_notification@v1:")
    assert key.endswith(":camera")
    assert simulator.auth_token not in key
    assert simulator.account_sid not in key


async def test_v1_cuts_at_its_limit_and_never_lengthens(simulator: Simulator, clock: VirtualClock) -> None:
    step = Step(1, simulator, clock, cooldown_seconds=0, message="abcdefghijklmnopqrstuvwxyz")
    for limit in (26, 20, 7, 5, 1):
        await step.run(length_limit=limit)

    texts = [message.body for message in simulator.messages]
    assert texts == ["abcdefghijklmnopqrstuvwxyz", "abcdefghijklmn [...]", "a [...]", "abcde", "a"]


async def test_v2_sends_a_long_text_as_several_segments_and_adds_no_picture(
    simulator: Simulator, clock: VirtualClock
) -> None:
    step = Step(2, simulator, clock, message="z" * 200)

    assert await step.run() == result(SENT)
    (message,) = simulator.messages
    assert (message.num_segments, message.media_urls, message.body) == (2, [], "z" * 200)


@pytest.mark.parametrize("empty", ["twilio_account_sid", "twilio_auth_token"])
async def test_v1_never_falls_back_to_credentials_of_the_server(
    empty: str, simulator: Simulator, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", simulator.account_sid)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", simulator.auth_token)
    step = Step(1, simulator, clock)

    refused = await step.run(**{empty: ""})
    assert refused == result(FAILED + "twilio_account_sid and twilio_auth_token must not be empty.", error=True)
    assert simulator.messages == []


async def test_v1_raises_for_credentials_that_are_no_text(simulator: Simulator, clock: VirtualClock) -> None:
    with pytest.raises(RequestError, match="`twilio_account_sid` must be text, and this run gave int"):
        await Step(1, simulator, clock).run(twilio_account_sid=5)


@pytest.mark.parametrize("missing", ["twilio_account_sid", "twilio_auth_token", "sender_number"])
@pytest.mark.parametrize("value", [None, ""])
async def test_v2_names_what_an_account_of_ones_own_needs(
    missing: str, value: str | None, simulator: Simulator, clock: VirtualClock
) -> None:
    incomplete = result("Custom Twilio requires twilio_account_sid, twilio_auth_token, and sender_number", error=True)
    step = Step(2, simulator, clock)

    assert await step.run(**{missing: value}) == incomplete
    assert await step.run() == result(SENT), "the cooldown was not used"


async def test_v2_says_that_roboflows_own_service_is_not_here(simulator: Simulator, clock: VirtualClock) -> None:
    step = Step(2, simulator, clock, sms_provider="Roboflow Managed API Key")

    for _ in range(2):
        refused = await step.run()
        assert refused["error_status"] is True
        assert str(refused["message"]).startswith("Failed to send SMS via proxy. Internal error details: ")
        assert "Custom Twilio" in str(refused["message"])
    assert simulator.messages == []


@pytest.mark.parametrize(
    ("media", "addresses"),
    [
        ("https://a.example/1.jpg", ["https://a.example/1.jpg"]),
        (
            ["https://a.example/1.jpg", "https://a.example/2.jpg"],
            ["https://a.example/1.jpg", "https://a.example/2.jpg"],
        ),
        (None, []),
    ],
)
async def test_v2_sends_media_by_their_addresses(
    media: Any, addresses: list[str], simulator: Simulator, clock: VirtualClock
) -> None:
    step = Step(2, simulator, clock)

    assert await step.run(media_url=media) == result(SENT)
    assert simulator.messages[0].media_urls == addresses


async def test_v2_gives_a_picture_to_nobody_when_it_cannot_serve_it(simulator: Simulator, clock: VirtualClock) -> None:
    numpy = pytest.importorskip("numpy")
    step = Step(2, simulator, clock)

    refused = await step.run(media_url=WorkflowImage(numpy_image=numpy.zeros((4, 4, 3), dtype="uint8")))
    assert refused["error_status"] is True
    assert "images are never uploaded to anybody else" in str(refused["message"])
    assert simulator.messages == []
    assert await step.run() == result(SENT), "the cooldown was not used"


def test_check_warns_about_what_is_allowed_and_hardly_meant() -> None:
    written = TwilioSmsNotificationV1Manifest.model_validate(
        {
            **FIELDS,
            "sender_number": "+15550001111",
            "receiver_number": "banana",
            "twilio_account_sid": "",
            "twilio_auth_token": "$inputs.token",
            "cooldown_session_key": "k",
            "message": "{{ $parameters.count }} of {{ $parameters.all }}",
            "message_parameters_operations": {"al": []},
        }
    )

    found = [(severity, field) for severity, field, _, _ in TwilioSmsNotificationV1.faults_of(written)]
    assert found == [
        ("warning", "receiver_number"),
        ("warning", "twilio_account_sid"),
        ("warning", "message"),
        ("warning", "message_parameters_operations"),
    ]
    assert all(message and fix for _, _, message, fix in TwilioSmsNotificationV1.faults_of(written))


def test_check_warns_about_a_provider_that_cannot_work_here() -> None:
    written = TwilioSmsNotificationV2Manifest.model_validate({"name": "a", "receiver_number": "+1", "message": "m"})

    ((severity, field, _, _),) = TwilioSmsNotificationV2.faults_of(written)
    assert (severity, field) == ("warning", "sms_provider")
