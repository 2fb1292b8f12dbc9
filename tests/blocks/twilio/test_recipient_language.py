"""A step with several texts and no `language` takes the one of the contact."""

from __future__ import annotations

import pytest

from ringline import Ringline
from ringline.simulator import Simulator

TEXTS = {"en": "Hello", "es": "Hola"}


@pytest.mark.parametrize(
    ("known", "step", "text"), [("es", {}, "Hola"), (None, {}, "Hello"), ("es", {"language": "en"}, "Hello")]
)
async def test_the_contacts_language_is_taken(
    simulator: Simulator, database_url: str, known: str | None, step: dict[str, str], text: str
) -> None:
    async with Ringline(
        database_url,
        {"main": (simulator.account_sid, simulator.auth_token)},
        clock=simulator.clock,
        twilio_base_url=simulator.base_url,
    ) as ringline:
        await ringline.contacts.add("+14155550123", language=known)
        workflow = ringline.workflow(
            {
                "version": "1.0",
                "name": "greet",
                "inputs": [],
                "steps": [
                    {
                        "type": "twilio/sms@v1", "name": "say", "to": "+14155550123", "from": "+15550001111",
                        "message": TEXTS, **step,
                    }
                ],
                "outputs": [],
            }
        )  # fmt: skip
        started = await workflow.start()
        await started.result(timeout=20)

    assert [message.body for message in simulator.messages] == [text]
