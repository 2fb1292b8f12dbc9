"""What an installation does besides sending: it cleans up, and closes whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringline import Ringline
from ringline.errors import ConfigurationError, RequestError, StoreError
from ringline.messaging.message import CredentialValue
from ringline.simulator import Simulator

PHONE = "+14155550123"


def alert(simulator: Simulator) -> dict[str, object]:
    return {
        "version": "1.0",
        "name": "alert",
        "inputs": [],
        "steps": [
            {
                "type": "roboflow_core/twilio_sms_notification@v1",
                "name": "alert",
                "twilio_account_sid": simulator.account_sid,
                "twilio_auth_token": simulator.auth_token,
                "sender_number": "+15550001111",
                "receiver_number": PHONE,
                "message": "Hello",
                "cooldown_session_key": "k",
                "fire_and_forget": False,
            }
        ],
        "outputs": [{"type": "JsonField", "name": "message", "selector": "$steps.alert.message"}],
    }


async def sealed_credentials(ringline: Ringline) -> int:
    tokens = await ringline.credentials.auth_tokens(next(iter(await ringline.messages.list())).account_sid or "")
    return len(tokens)


async def test_a_sealed_credential_goes_when_its_messages_are_settled(simulator: Simulator, database_url: str) -> None:
    async with Ringline(database_url, None, simulator.clock, simulator.base_url) as ringline:
        run = await ringline.workflow(alert(simulator)).start()
        assert await run.result(10) == [{"message": "Notification sent successfully"}]
        [message] = await ringline.messages.list()
        await ringline.tidy()
        assert await sealed_credentials(ringline) == 1, "Twilio is still to be asked about the message"

        await simulator.advance(60)
        await ringline.outbox.wait(message.id, 10, for_delivery=True)
        await simulator.advance(2 * 3600)
        await ringline.tidy()

        assert await sealed_credentials(ringline) == 0
        assert (await ringline.messages.get(message.id)).status == "delivered"


@pytest.mark.parametrize("form", ["value", "pair", "mapping"])
async def test_credentials_may_be_handed_over_in_several_forms(simulator: Simulator, form: str) -> None:
    pair = (simulator.account_sid, simulator.auth_token)
    given = {
        "value": CredentialValue(*pair),
        "pair": pair,
        "mapping": {"account_sid": pair[0], "auth_token": pair[1]},
    }
    async with Ringline("sqlite://", {"main": given[form]}, simulator.clock, simulator.base_url) as ringline:
        assert [credential.name for credential in await ringline.credentials.list()] == ["main"]
        assert (await ringline.credentials.test("main")).ok


@pytest.mark.parametrize("given", ["AC1", ("AC1",), {"account_sid": "AC1"}, None])
def test_a_credential_in_no_known_form_is_named_without_being_shown(given: object) -> None:
    with pytest.raises(RequestError, match="The credential `main` is not an account SID and an auth token") as raised:
        Ringline("sqlite://", {"main": given})

    assert "AC1" not in str(raised.value)


async def test_a_second_process_on_the_same_file_is_told_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ringline.db'}"
    async with Ringline(url):
        with pytest.raises(StoreError, match="is in use by another Ringline process"):
            await Ringline(url).start()


async def test_a_database_that_cannot_be_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="sqlite:"):
        Ringline("mysql://somewhere/else")


@pytest.mark.parametrize(
    ("given", "variable", "database"),
    [
        ({}, None, "sqlite:///ringline.db"),
        ({}, "sqlite:///env.db", "sqlite:///env.db"),
        ({"database": "sqlite:///given.db"}, "sqlite:///env.db", "sqlite:///given.db"),
    ],
)
def test_what_is_given_wins_over_the_environment_and_that_over_the_default(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], variable: str | None, database: str
) -> None:
    if variable is not None:
        monkeypatch.setenv("RINGLINE_DATABASE_URL", variable)

    assert Ringline(**given).settings.database == database
