"""Roboflow's SMS sinks where messages are written down: in the background, across restarts, with pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ringline import Ringline
from ringline.clock import VirtualClock
from ringline.query.image_data import WorkflowImage
from ringline.simulator import Simulator
from ringline.twilio.webhooks import parse_inbound

PHONE = "+14155550123"
SENDER = "+15550001111"
BACKGROUND = "Notification sent in the background task"
SENT = "Notification sent successfully"
COOLDOWN = "Sink cooldown applies"

Open = Callable[[], Ringline]


@pytest.fixture
def open_ringline(database_url: str, simulator: Simulator, clock: VirtualClock) -> Open:
    """Opens the same installation, as often as asked."""
    return lambda: Ringline(
        database_url, clock=clock, twilio_base_url=simulator.base_url, public_url="https://ring.example.com"
    )


def definition(simulator: Simulator, version: int, **fields: Any) -> dict[str, Any]:
    own: dict[str, Any] = {"cooldown_session_key": "camera"} if version == 1 else {"sms_provider": "Custom Twilio"}
    step = {
        "type": f"roboflow_core/twilio_sms_notification@v{version}",
        "name": "alert",
        "twilio_account_sid": simulator.account_sid,
        "twilio_auth_token": simulator.auth_token,
        "sender_number": SENDER,
        "receiver_number": PHONE,
        "message": "Somebody is at the gate",
        "cooldown_seconds": 60,
        **own,
        **fields,
    }
    return {
        "version": "1.0",
        "name": "gate",
        "inputs": [{"type": "WorkflowImage", "name": "image"}] if "media_url" in fields else [],
        "steps": [step],
        "outputs": [{"type": "JsonField", "name": "alert", "selector": "$steps.alert.*"}],
    }


async def outputs_of(ringline: Ringline, source: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    async with asyncio.timeout(20):
        run = await ringline.workflow(source).start(inputs)
        (outputs,) = await run.result()
    return dict(outputs["alert"])


async def all_decided(ringline: Ringline) -> list[Any]:
    async with asyncio.timeout(20):
        return [await ringline.messages.wait(message.id) for message in await ringline.messages.list()]


@pytest.mark.parametrize("version", [1, 2])
async def test_a_background_send_is_written_down_and_goes_out(
    version: int, open_ringline: Open, simulator: Simulator
) -> None:
    async with open_ringline() as ringline:
        assert await outputs_of(ringline, definition(simulator, version)) == {
            "error_status": False,
            "throttling_status": False,
            "message": BACKGROUND,
        }
        (message,) = await all_decided(ringline)

        assert (message.stage, message.step) == ("accepted", "alert")
        assert message.run_id is not None
        assert [sent.body for sent in simulator.messages] == ["Somebody is at the gate"]


@pytest.mark.parametrize("version", [1, 2])
async def test_a_step_that_does_not_forget_waits_for_twilios_word(
    version: int, open_ringline: Open, simulator: Simulator
) -> None:
    async with open_ringline() as ringline:
        simulator.faults.reject(21211)
        failed = await outputs_of(ringline, definition(simulator, version, fire_and_forget=False))
        assert failed["error_status"] is True
        assert failed["message"].startswith(
            "Failed to send Twilio SMS notification. Internal error details: HTTP 400 error: Unable to create record: "
        )

        sent = await outputs_of(ringline, definition(simulator, version, fire_and_forget=False))
        assert sent["message"] == SENT, "the failure gave the cooldown back"


@pytest.mark.parametrize("version", [1, 2])
async def test_a_cooldown_outlives_a_restart(
    version: int, open_ringline: Open, simulator: Simulator, clock: VirtualClock
) -> None:
    source = definition(simulator, version)
    async with open_ringline() as ringline:
        assert (await outputs_of(ringline, source))["message"] == BACKGROUND
        await all_decided(ringline)
    clock.step(59)
    async with open_ringline() as ringline:
        throttled = await outputs_of(ringline, source)
        assert (throttled["message"], throttled["throttling_status"]) == (COOLDOWN, True)
        clock.step(1)
        assert (await outputs_of(ringline, source))["message"] == BACKGROUND
        await all_decided(ringline)

    assert len(simulator.messages) == 2


async def test_v1_shares_a_cooldown_between_workflows_and_v2_does_not(
    open_ringline: Open, simulator: Simulator
) -> None:
    async with open_ringline() as ringline:
        for version, second in ((1, COOLDOWN), (2, BACKGROUND)):
            source = definition(simulator, version)
            assert (await outputs_of(ringline, source))["message"] == BACKGROUND
            assert (await outputs_of(ringline, {**source, "name": f"another {version}"}))["message"] == second


async def test_who_has_opted_out_is_not_said_to_be_texted(open_ringline: Open, simulator: Simulator) -> None:
    form = {"AccountSid": simulator.account_sid, "MessageSid": "SM" + "1" * 32, "From": PHONE, "To": SENDER}
    async with open_ringline() as ringline:
        await ringline.inbound.receive(parse_inbound({**form, "Body": "STOP"}))
        refused = await outputs_of(ringline, definition(simulator, 1))

    assert refused["error_status"] is True
    assert "opted out" in refused["message"]
    assert simulator.messages == []


async def test_a_picture_is_served_from_here_and_nowhere_else(open_ringline: Open, simulator: Simulator) -> None:
    numpy = pytest.importorskip("numpy")
    picture = WorkflowImage(numpy_image=numpy.zeros((4, 4, 3), dtype="uint8"))
    async with open_ringline() as ringline:
        source = definition(simulator, 2, media_url="$inputs.image", fire_and_forget=False)
        assert (await outputs_of(ringline, source, image=[picture]))["message"] == SENT

        (address,) = simulator.messages[0].media_urls
        assert address.startswith("https://ring.example.com/m/")
        served = await ringline.media.open(address.rpartition("/")[2])
        assert (served.content_type, served.content[:2]) == ("image/jpeg", b"\xff\xd8")


async def test_a_token_that_comes_as_a_value_is_nowhere_in_the_database(
    simulator: Simulator, clock: VirtualClock, tmp_path: Path
) -> None:
    file = tmp_path / "ringline.db"
    source = definition(simulator, 1, twilio_auth_token="$inputs.token")
    source["inputs"] = [{"type": "WorkflowParameter", "name": "token", "kind": ["secret"]}]
    async with Ringline(f"sqlite:///{file}", clock=clock, twilio_base_url=simulator.base_url) as ringline:
        assert (await outputs_of(ringline, source, token=simulator.auth_token))["message"] == BACKGROUND
        (message,) = await all_decided(ringline)
        assert message.stage == "accepted"
        assert await ringline.credentials.list() == []

    stored = everything_in(tmp_path)
    assert PHONE.encode() in stored
    assert simulator.auth_token.encode() not in stored


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
