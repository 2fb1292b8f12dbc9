"""Fields of Roboflow's SMS blocks take and refuse what they were recorded to take and refuse."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ringline.blocks.roboflow.twilio_sms_notification_v1 import TwilioSmsNotificationV1Manifest
from ringline.blocks.roboflow.twilio_sms_notification_v2 import TwilioSmsNotificationV2Manifest
from vectors.values import case_id, cases

CASES = cases("manifest.json")
MANIFESTS = {1: TwilioSmsNotificationV1Manifest, 2: TwilioSmsNotificationV2Manifest}
BASE = {
    "name": "sms",
    "twilio_account_sid": "AC1",
    "twilio_auth_token": "token",
    "sender_number": "+1",
    "receiver_number": "+2",
    "message": "hi",
    "cooldown_session_key": "key",
}


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_fields_are_taken_as_recorded(case: dict[str, Any]) -> None:
    manifest = MANIFESTS[case["version"]]
    step = {"type": f"roboflow_core/twilio_sms_notification@v{case['version']}", **BASE, **case["override"]}
    step = {key: value for key, value in step.items() if value != "__drop__"}

    if "error" in case:
        with pytest.raises(ValidationError):
            manifest.model_validate(step)
        return

    taken = manifest.model_validate(step)
    for field, value in case["ok"].items():
        assert (getattr(taken, field), type(getattr(taken, field))) == (value, type(value))


def test_every_recorded_case_is_run() -> None:
    assert len(CASES) == 35
