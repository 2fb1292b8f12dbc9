from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ringline.clock import VirtualClock
from ringline.database import Database, open_database
from ringline.errors import CredentialError, NotFoundError, PhoneNumberError, RequestError
from ringline.vault import WHERE_TO_FIND, Keyring, Vault
from ringline.vault.vault import CHANNEL

SID = "AC" + "1a" * 16
TOKEN = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32
KEY = b"k" * 32


@pytest.fixture
async def vault(database: Database, clock: VirtualClock) -> AsyncIterator[Vault]:
    opened = Vault(database, clock, KEY)
    yield opened
    await opened.close()


@pytest.fixture
async def memory_vault(clock: VirtualClock) -> AsyncIterator[Vault]:
    """One that needs no database server, for what is decided before the database is asked."""
    database = await open_database("sqlite://", clock=clock)
    opened = Vault(database, clock, KEY)
    yield opened
    await opened.close()
    await database.close()


async def test_a_credential_is_kept_and_shown_without_its_secret(vault: Vault) -> None:
    added = await vault.add("main", f" {SID}\n", f" {TOKEN}\n", default_from="+15005550006")
    assert await vault.get("main") == added == await vault.get()
    assert await vault.list() == [added]
    assert (added.name, added.account_sid, added.kind) == ("main", SID, "auth_token")
    assert (added.default_from, added.base_url) == ("+15005550006", None)
    assert added.created_at == datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    assert TOKEN not in repr(added) + repr(vault)


async def test_nothing_in_the_database_contains_the_token(vault: Vault, database: Database) -> None:
    await vault.add("main", SID, TOKEN)
    await database.write(lambda tx: vault.seal(tx, SID, OTHER))
    rows = await database.read(lambda tx: tx.all(text("SELECT * FROM credentials")))
    everything = repr(
        [{name: bytes(value) if name == "secret" else value for name, value in row.items()} for row in rows]
    )
    assert len(rows) == 2
    assert TOKEN not in everything
    assert OTHER not in everything


async def test_a_client_is_signed_in_and_the_same_each_time(vault: Vault) -> None:
    """On Postgres only once the news of changes arrives, which begins in the background."""
    credential = await vault.add("main", SID, TOKEN)
    client = await vault.client(credential.id)
    assert client.account_sid == SID
    assert client.sdk.auth == (SID, TOKEN)
    async with asyncio.timeout(10):
        while await vault.client(credential.id) is not await vault.client(credential.id):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_an_api_key_signs_in_under_its_own_name(vault: Vault) -> None:
    key_sid = "SK" + "2b" * 16
    credential = await vault.add("keyed", SID, OTHER, username=key_sid)
    client = await vault.client(credential.id)
    assert credential.kind == "api_key"
    assert client.sdk.auth == (key_sid, OTHER)
    assert client.sdk.account_sid == SID


async def test_a_credential_goes_to_its_own_server_or_the_vaults(database: Database, clock: VirtualClock) -> None:
    vault = Vault(database, clock, KEY, base_url="http://127.0.0.1:8010/")
    first = await vault.add("simulated", SID, TOKEN)
    second = await vault.add("elsewhere", SID, TOKEN, base_url="http://127.0.0.1:9000")
    assert (await vault.client(first.id)).base_url == "http://127.0.0.1:8010"
    assert (await vault.client(second.id)).base_url == "http://127.0.0.1:9000"
    await vault.close()


async def test_a_replaced_token_is_used_from_then_on(vault: Vault) -> None:
    credential = await vault.add("main", SID, TOKEN)
    before = await vault.client(credential.id)
    assert await vault.auth_tokens(SID) == [TOKEN]
    await vault.replace_token("main", f"{OTHER}\n")
    after = await vault.client(credential.id)
    assert after is not before
    assert after.sdk.auth == (SID, OTHER)
    assert await vault.auth_tokens(SID) == [OTHER]


async def test_another_process_learns_of_a_replaced_token(postgres_url: str, clock: VirtualClock) -> None:
    databases = [await open_database(postgres_url, clock=clock) for _ in range(2)]
    here, there = (Vault(database, clock, KEY) for database in databases)
    credential = await here.add("main", SID, TOKEN)
    assert (await there.client(credential.id)).sdk.auth == (SID, TOKEN)
    told = asyncio.Event()
    databases[1].listen(CHANNEL, lambda changed: told.set() if changed == credential.id else None)
    async with asyncio.timeout(5):
        while not told.is_set():
            await here.replace_token("main", OTHER)  # again, should the first have come before anybody listened
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), 0.2)
    assert (await there.client(credential.id)).sdk.auth == (SID, OTHER)
    for part in (here, there, *databases):
        await part.close()


async def test_a_removed_credential_is_gone_everywhere(vault: Vault) -> None:
    credential = await vault.add("main", SID, TOKEN)
    await vault.client(credential.id)
    await vault.auth_tokens(SID)
    await vault.remove("main")
    assert await vault.list() == []
    assert await vault.auth_tokens(SID) == []
    with pytest.raises(NotFoundError, match=f"There is no credential {credential.id}; it has been removed"):
        await vault.client(credential.id)


async def test_put_keeps_any_text_and_replaces_what_was_there(vault: Vault) -> None:
    first = await vault.put("main", "AC1", "t")
    again = await vault.put("main", "AC2", "u")
    assert (first.id, first.account_sid) == (again.id, "AC1")
    assert again.account_sid == "AC2"
    assert (await vault.client(first.id)).sdk.auth == ("AC2", "u")
    with pytest.raises(CredentialError, match="The credential 'main' has no auth token"):
        await vault.put("main", "AC1", "")


async def test_of_many_who_put_one_name_at_once_nobody_fails(vault: Vault) -> None:
    """As processes do that start together with the same values on an empty database."""
    put = await asyncio.gather(*(vault.put("main", "AC1", "secret") for _ in range(5)))
    assert len({credential.id for credential in put}) == 1
    assert [credential.name for credential in await vault.list()] == ["main"]


async def test_the_default_is_the_only_one_or_the_one_so_named(vault: Vault) -> None:
    with pytest.raises(CredentialError, match="No Twilio credential is stored"):
        await vault.get()
    await vault.add("shop", SID, TOKEN)
    assert (await vault.get()).name == "shop"
    await vault.add("office", SID, TOKEN)
    with pytest.raises(CredentialError) as caught:
        await vault.get()
    assert str(caught.value) == "There are several credentials, and none is named default."
    assert caught.value.fix == "Say which one is meant: office, shop."
    await vault.add("main", SID, TOKEN)
    assert (await vault.get()).name == "main"
    await vault.add("default", SID, TOKEN)
    assert (await vault.get()).name == "default"


async def test_a_name_there_is_not_is_answered_with_those_there_are(vault: Vault) -> None:
    with pytest.raises(NotFoundError) as caught:
        await vault.remove("shop")
    assert caught.value.fix == "Add one: ringline credentials add"
    await vault.add("main", SID, TOKEN)
    for ask in (vault.get, vault.remove):
        with pytest.raises(NotFoundError) as caught:
            await ask("shop")
        assert str(caught.value) == "There is no credential named 'shop'."
        assert caught.value.fix == "There are: main."


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"account_sid": ""}, "account_sid", "`account_sid` is empty."),
        (
            {"account_sid": SID[:-1]},
            "account_sid",
            f"`account_sid` is '{SID[:-1]}', which has 33 characters instead of 34.",
        ),
        (
            {"account_sid": SID + "0"},
            "account_sid",
            f"`account_sid` is '{SID}0', which has 35 characters instead of 34.",
        ),
        (
            {"account_sid": SID[:-1] + "O"},
            "account_sid",
            f"`account_sid` is '{SID[:-1]}O', which has 'O' in it, which is no hexadecimal digit.",
        ),
        (
            {"account_sid": "ac" + SID[2:]},
            "account_sid",
            f"`account_sid` is 'ac{SID[2:]}', which begins with ac instead of AC.",
        ),
        (
            {"account_sid": "SK" + SID[2:]},
            "account_sid",
            f"`account_sid` is 'SK{SID[2:]}', which begins with SK and so is the id of an API key.",
        ),
        (
            {"account_sid": "MG" + SID[2:]},
            "account_sid",
            f"`account_sid` is 'MG{SID[2:]}', which begins with MG and so is the id of a messaging service.",
        ),
        (
            {"account_sid": OTHER},
            "account_sid",
            "`account_sid` does not begin with AC, so it is not an account SID.",
        ),
        ({"auth_token": " "}, "auth_token", "`auth_token` is empty."),
        ({"auth_token": TOKEN[:16] + " " + TOKEN[16:]}, "auth_token", "`auth_token` has spaces or line breaks in it."),
        ({"auth_token": SID}, "auth_token", "`auth_token` is an account SID, not a token."),
        ({"username": SID}, "api_key", "`api_key` does not begin with SK, so it is not the SID of an API key."),
        (
            {"username": "SK12"},
            "api_key",
            "`api_key` is 'SK12', which has 4 characters instead of 34.",
        ),
        ({"name": ""}, "name", "`name` is '', which cannot be a credential's name."),
        ({"name": "a/b"}, "name", "`name` is 'a/b', which cannot be a credential's name."),
        (
            {"base_url": "localhost"},
            "base_url",
            "`base_url` is 'localhost', which is not the address of a server.",
        ),
        (
            {"default_from": "5551234567"},
            "default_from",
            "`default_from` is '5551234567', which has no + and country code in front.",
        ),
    ],
)
async def test_wrong_values_are_refused_in_words_and_leave_nothing(
    memory_vault: Vault, changes: dict[str, Any], field: str, message: str
) -> None:
    given = {"name": "main", "account_sid": SID, "auth_token": TOKEN} | changes
    with pytest.raises(RequestError) as caught:
        await memory_vault.add(**given)
    assert str(caught.value) == message
    assert caught.value.field == field
    assert caught.value.fix
    assert await memory_vault.list() == []
    assert isinstance(caught.value, PhoneNumberError) == (field == "default_from")


async def test_no_message_repeats_a_token_put_in_the_wrong_field(vault: Vault) -> None:
    for given in ({"account_sid": TOKEN, "auth_token": TOKEN}, {"account_sid": SID, "auth_token": f"{TOKEN} x"}):
        with pytest.raises(RequestError) as caught:
            await vault.add("main", **given)
        assert TOKEN not in str(caught.value) + caught.value.fix


async def test_a_second_credential_of_a_name_is_refused(vault: Vault) -> None:
    await vault.add("main", SID, TOKEN)
    with pytest.raises(RequestError, match="There is already a credential named 'main'"):
        await vault.add("main", SID, OTHER)
    assert (await vault.client((await vault.get("main")).id)).sdk.auth == (SID, TOKEN)


async def test_of_many_who_add_one_name_at_once_one_wins(vault: Vault) -> None:
    results = await asyncio.gather(*(vault.add("main", SID, TOKEN) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(result, RequestError) for result in results) == 5
    assert len(await vault.list()) == 1


async def test_values_that_come_with_a_message_are_sealed_once(vault: Vault, database: Database) -> None:
    first = await database.write(lambda tx: vault.seal(tx, "anything", "töken"))
    again = await database.write(lambda tx: vault.seal(tx, "anything", "töken"))
    other = await database.write(lambda tx: vault.seal(tx, "anything", "other"))
    assert first == again != other
    assert (await vault.client(first)).sdk.auth == ("anything", "töken")
    assert await vault.list() == []
    assert sorted(await vault.auth_tokens("anything")) == ["other", "töken"]


async def test_sealing_is_undone_with_the_message_it_came_with(vault: Vault, database: Database) -> None:
    def work(tx: Any) -> None:
        vault.seal(tx, SID, TOKEN)
        raise RequestError("no")

    with pytest.raises(RequestError):
        await database.write(work)
    assert await vault.auth_tokens(SID) == []


async def test_sealed_values_go_when_no_message_needs_them(
    vault: Vault, database: Database, clock: VirtualClock
) -> None:
    kept = await database.write(lambda tx: vault.seal(tx, SID, TOKEN))
    unused = await database.write(lambda tx: vault.seal(tx, SID, OTHER))
    await vault.add("main", SID, "c" * 32)
    await vault.client(unused)

    def sweep() -> Any:
        return database.write(lambda tx: vault.forget_sealed(tx, lambda _, credential_id: credential_id == kept))

    assert await sweep() == 0  # their messages may be on the way
    clock.step(3601)
    assert await sweep() == 1
    with pytest.raises(NotFoundError):
        await vault.client(unused)
    assert (await vault.client(kept)).sdk.auth == (SID, TOKEN)
    assert len(await vault.list()) == 1


async def test_api_keys_sign_no_webhooks(vault: Vault) -> None:
    await vault.add("keyed", SID, OTHER, username="SK" + "2b" * 16)
    await vault.add("main", SID, TOKEN)
    assert await vault.auth_tokens(SID) == [TOKEN]
    assert await vault.auth_tokens("AC" + "0" * 32) == []


async def test_rotating_the_key_keeps_every_secret_readable(
    vault: Vault, database: Database, clock: VirtualClock
) -> None:
    credential = await vault.add("main", SID, TOKEN)
    sealed = await database.write(lambda tx: vault.seal(tx, SID, OTHER))
    rotated = Keyring([KEY]).with_new_key()
    assert await vault.rotate_key(rotated) == 2
    assert await database.write(lambda tx: vault.seal(tx, SID, OTHER)) == sealed
    fresh = Vault(database, clock, rotated.without_old_keys())
    assert (await fresh.client(credential.id)).sdk.auth == (SID, TOKEN)
    assert (await fresh.client(sealed)).sdk.auth == (SID, OTHER)
    await fresh.close()
    old = Vault(database, clock, KEY)
    with pytest.raises(CredentialError, match="a key this program does not have"):
        await old.client(credential.id)
    await old.close()


async def test_rotation_gets_past_values_sealed_under_two_keys(database: Database, clock: VirtualClock) -> None:
    old = Vault(database, clock, KEY)
    both = Keyring([KEY]).with_new_key()
    new = Vault(database, clock, both)
    ids = [await database.write(lambda tx, vault=vault: vault.seal(tx, SID, TOKEN)) for vault in (old, new)]
    assert ids[0] != ids[1]
    assert await new.rotate_key(both) == 2
    for credential_id in ids:
        assert (await new.client(credential_id)).sdk.auth == (SID, TOKEN)
    for vault in (old, new):
        await vault.close()


async def test_a_rotation_that_lacks_the_old_key_changes_nothing(vault: Vault) -> None:
    credential = await vault.add("main", SID, TOKEN)
    with pytest.raises(CredentialError):
        await vault.rotate_key(Keyring([b"n" * 32]))
    await vault.close()
    assert (await vault.client(credential.id)).sdk.auth == (SID, TOKEN)


async def test_no_secret_is_logged(vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    credential = await vault.add("main", SID, TOKEN)
    await vault.client(credential.id)
    await vault.replace_token("main", OTHER)
    await vault.remove("main")
    assert TOKEN not in caplog.text
    assert OTHER not in caplog.text


def test_the_help_says_where_everything_is() -> None:
    for word in ("Account SID", "auth token", "Active numbers", "API keys", "Test credentials"):
        assert word in WHERE_TO_FIND


def test_the_vault_opens_with_a_key_from_a_file(tmp_path: Path) -> None:
    from ringline.vault import load_or_create_key

    keyring = load_or_create_key(tmp_path / "master.key")
    assert repr(Vault(None, VirtualClock(), keyring)) == "Vault(Keyring(1 keys))"  # type: ignore[arg-type]


async def test_what_is_remembered_of_a_credential_ends_when_it_changes(vault: Vault) -> None:
    with pytest.raises(CredentialError):
        await vault.get()
    await vault.add("main", SID, TOKEN)
    assert (await vault.get()).name == "main" == (await vault.get("main")).name
    await vault.put("main", "AC" + "2b" * 16, OTHER)
    assert (await vault.get()).account_sid == (await vault.get("main")).account_sid == "AC" + "2b" * 16
    await vault.add("default", SID, TOKEN)
    assert (await vault.get()).name == "default"
    await vault.remove("main")
    with pytest.raises(NotFoundError):
        await vault.get("main")


async def test_another_process_hears_that_a_credential_has_changed(
    vault: Vault, database: Database, clock: VirtualClock
) -> None:
    other = Vault(database, clock, KEY)
    await vault.add("main", SID, TOKEN)
    assert (await other.get("main")).account_sid == SID
    changed = asyncio.Event()
    end = database.listen(CHANNEL, lambda _: changed.set())
    async with asyncio.timeout(10):
        while (await other.get("main")).account_sid == SID:
            # Again and again: on Postgres one begins to listen a moment after it asks to.
            await vault.put("main", "AC" + "2b" * 16, OTHER)
            await changed.wait()
            changed.clear()
    end()
    await other.close()
