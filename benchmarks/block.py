"""One run of Roboflow's notification block on 100 boxes, without HTTP, beside what Roboflow's own block takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from benchmarks.query import EXTRACT, FILTER_AND_COUNT, RECORDED, detections
from benchmarks.timing import line, microseconds
from ringline.blocks.roboflow.twilio_sms_notification_v1 import TwilioSmsNotificationV1, TwilioSmsNotificationV1Manifest
from ringline.clock import SystemClock
from ringline.messaging.direct import DirectSender
from ringline.twilio.messages import PostResult

STEP = {
    "type": "roboflow_core/twilio_sms_notification@v1",
    "name": "alert",
    "twilio_account_sid": "AC00000000000000000000000000000000",
    "twilio_auth_token": "token",
    "sender_number": "+15550001111",
    "receiver_number": "+14155550123",
    "message": "Seen: {{ $parameters.seen }}",
    "message_parameters": {"seen": "$inputs.predictions"},
    "fire_and_forget": False,
}


class WithoutHttp(DirectSender):
    """Does all a direct sender does but the request itself."""

    async def _exchange(self, *_: Any) -> PostResult:
        return PostResult("accepted", sid="SM" + "0" * 32, status="queued", http_status=201, body={})


def runner(operations: list[dict[str, Any]], frame: Any, **fields: Any) -> Callable[[], Mapping[str, Any]]:
    """A function that runs the block once, as the engine does for a frame."""
    step = {**STEP, "message_parameters_operations": {"seen": operations}, "cooldown_session_key": "bench", **fields}
    manifest = TwilioSmsNotificationV1Manifest.model_validate(step)
    block = TwilioSmsNotificationV1(messages=WithoutHttp(clock=SystemClock()))
    values = {name: getattr(manifest, name) for name in TwilioSmsNotificationV1Manifest.model_fields}
    del values["type"], values["name"]
    values["message_parameters"] = {"seen": frame}

    def run() -> Mapping[str, Any]:
        result = block.run(**values)
        if isinstance(result, Mapping):
            return result
        try:
            result.send(None)
        except StopIteration as ended:
            return cast("Mapping[str, Any]", ended.value)
        raise AssertionError("the block waited for something")

    return run


def main() -> None:
    frame = detections()
    sending = {"cooldown_seconds": 0}
    runs = [runner(operations, frame, **sending) for operations in (EXTRACT, FILTER_AND_COUNT)]
    for (what, recorded), run in zip(RECORDED.items(), runs, strict=True):
        assert run()["message"] == "Notification sent successfully"
        line(what, f"{microseconds(run):,.1f} us", f"Roboflow's block: {recorded:,.1f} us")
    throttled = runner(EXTRACT, frame, cooldown_session_key="bench throttled", cooldown_seconds=900)
    throttled()
    assert throttled()["throttling_status"] is True
    line("throttled by the cooldown", f"{microseconds(throttled):,.1f} us")
    line("disabled", f"{microseconds(runner(EXTRACT, frame, disable_sink=True)):,.1f} us")


if __name__ == "__main__":
    main()
