"""The one place that holds secrets: it keeps them encrypted and lends them out as clients."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING

from ringline.clock import utc
from ringline.errors import CredentialError, NotFoundError, RequestError
from ringline.ids import new_id
from ringline.live import touch
from ringline.phone_numbers import check_sender
from ringline.twilio.client import TwilioClient, TwilioHttp, check_base_url
from ringline.vault import store
from ringline.vault.credential import (
    Credential,
    CredentialTest,
    check_account_sid,
    check_api_key_sid,
    check_name,
    check_token,
)
from ringline.vault.keyring import Keyring
from ringline.vault.probe import probe

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

DEFAULT_NAMES = ("default", "main")
"""Which credential is meant when there are several and none is named."""

CHANNEL = "credentials"
"""Under this name changes are announced to every process that keeps clients."""

_KEEP_SEALED_SECONDS = 3600.0

Credentials = list[Credential]
Tokens = list[str]


class Vault:
    """Twilio credentials in *database*, encrypted with *key*.

    *base_url* is where credentials go that name no server of their own; ``None`` is Twilio. All clients share *http*.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        key: bytes | Keyring,
        *,
        base_url: str | None = None,
        http: TwilioHttp | None = None,
        timeout: float = 15.0,
    ) -> None:
        self._database = database
        self._clock = clock
        self._keyring = key if isinstance(key, Keyring) else Keyring([key])
        self._base_url = None if base_url is None else check_base_url(base_url)
        self._timeout = timeout
        self._owns_http = http is None
        self._http = http or TwilioHttp()
        self._clients: dict[str, TwilioClient] = {}
        self._found: dict[str | None, Credential] = {}
        self._tokens: dict[str, Tokens] = {}
        self._changes = 0
        self._stop_listening: Callable[[], None] | None = None

    def __repr__(self) -> str:
        return f"Vault({self._keyring!r})"

    # --- named credentials ------------------------------------------------------------------------------------

    async def add(
        self,
        name: str,
        account_sid: str,
        auth_token: str,
        *,
        username: str | None = None,
        base_url: str | None = None,
        default_from: str | None = None,
    ) -> Credential:
        """Keep a credential under *name*; *username* is the SID of an API key when *auth_token* is its secret.

        Raises `RequestError` naming the field that is wrong, also when there is one of that name.
        """
        check_name(name)
        sid = check_account_sid(account_sid)
        token = check_token(auth_token, account_sid=sid)
        key_sid = check_api_key_sid(username) if username else None
        server = check_base_url(base_url) if base_url else None
        sender = check_sender(default_from, field="default_from") if default_from else None

        return _credential(
            await self._database.write(lambda tx: self._insert(tx, name, sid, token, key_sid, server, sender))
        )

    async def put(self, name: str, account_sid: str, auth_token: str, *, username: str | None = None) -> Credential:
        """Keep these values under *name*, in place of what was there; for values that come from code.

        They may be any text, as tests and simulators need it.
        """
        check_name(name)
        if not account_sid or not auth_token:
            raise CredentialError(
                f"The credential {name!r} has no {'auth token' if account_sid else 'account SID'}.",
                fix="Give account SID and auth token.",
            )

        def work(tx: Transaction) -> Row:
            found = tx.one(store.BY_NAME, {"name": name})
            if found is None:
                added = self._add(tx, name, account_sid, auth_token, username, None, None)
                if added is not None:
                    return added
                # Another process that starts with the same values was quicker.
                found = tx.one(store.BY_NAME, {"name": name})
                assert found is not None
            return self._replace(tx, found, account_sid, auth_token, username)

        return _credential(await self._database.write(work))

    async def get(self, name: str | None = None) -> Credential:
        """The credential of that name; without a name the only one there is, or else the one named default or main.

        Raises `NotFoundError` for a name there is not, `CredentialError` when it is not clear which is meant.
        """
        known = self._found.get(name)
        if known is not None:
            return known
        self._listen()
        changes = self._changes
        credential = _credential(await self._database.read(lambda tx: self._find(tx, name)))
        if changes == self._changes:
            # Asked for with every message that is sent.
            self._found[name] = credential
        return credential

    async def list(self) -> Credentials:
        """All named credentials, by name."""
        return [_credential(row) for row in await self._database.read(lambda tx: tx.all(store.NAMED))]

    async def replace_token(self, name: str, auth_token: str) -> Credential:
        """Give the credential a new token (or API key secret), as after a rotation in Twilio's console."""

        def work(tx: Transaction) -> Row:
            row = self._find(tx, name)
            token = check_token(auth_token, account_sid=row["account_sid"])
            return self._replace(tx, row, row["account_sid"], token, row["username"])

        return _credential(await self._database.write(work))

    async def remove(self, name: str) -> None:
        """Forget a credential; raises `NotFoundError` if there is none of that name."""

        def work(tx: Transaction) -> None:
            row = self._find(tx, name)
            tx.run(store.REMOVE, {"id": row["id"]})
            self._announce(tx, row["id"])

        await self._database.write(work)

    # --- values that come with a message ----------------------------------------------------------------------

    def seal(self, tx: Transaction, account_sid: str, auth_token: str) -> str:
        """The id under which these values are kept, encrypted, together with what else *tx* writes.

        The same values get the same id. Any text is taken: whether it is right, Twilio says.
        """
        now = self._clock.time()
        fresh = new_id("cred", at=now)
        row = tx.one(
            store.SEAL,
            {
                "id": fresh,
                "account_sid": account_sid,
                "secret": self._keyring.encrypt(auth_token, bound_to=fresh),
                "fingerprint": _fingerprint(self._keyring, account_sid, auth_token),
                "now": now,
            },
        )
        assert row is not None  # it is inserted or found
        return str(row["id"])

    async def unseal(self, credential_id: str) -> str:
        """The secret kept under an id that `seal` gave; raises `NotFoundError` when it has been forgotten."""
        row = await self._database.read(lambda tx: tx.one(store.BY_ID, {"id": credential_id}))
        if row is None:
            raise NotFoundError(f"There is no secret {credential_id}; it has been forgotten.")
        return self._secret(row)

    def forget_sealed(self, tx: Transaction, is_needed: Callable[[Transaction, str], bool]) -> int:
        """Delete the values no message needs any more, and say how many; *is_needed* knows the messages.

        Values that came within the last hour stay: the message they came with may not be written yet.
        """
        stale = tx.all(store.SEALED_BEFORE, {"before": self._clock.time() - _KEEP_SEALED_SECONDS})
        unused = [row["id"] for row in stale if not is_needed(tx, row["id"])]
        for credential_id in unused:
            tx.run(store.REMOVE, {"id": credential_id})
            self._announce(tx, credential_id)
        return len(unused)

    # --- use --------------------------------------------------------------------------------------------------

    async def client(self, credential_id: str) -> TwilioClient:
        """The client that is signed in with a credential, named or sealed; the same one each time.

        Raises `NotFoundError` when the credential has been removed.
        """
        known = self._clients.get(credential_id)
        if known is not None:
            return known
        self._listen()
        changes = self._changes
        row = await self._database.read(lambda tx: tx.one(store.BY_ID, {"id": credential_id}))
        if row is None:
            raise NotFoundError(
                f"There is no credential {credential_id}; it has been removed.",
                fix="Add the account again: ringline credentials add",
            )
        client = self._client_of(row)
        # What changed while it was read is read again next time.
        return self._clients.setdefault(credential_id, client) if changes == self._changes else client

    async def auth_tokens(self, account_sid: str) -> Tokens:
        """Every auth token known for an account, which its webhooks may be signed with; API keys sign nothing."""
        known = self._tokens.get(account_sid)
        if known is not None:
            return known
        self._listen()
        changes = self._changes
        rows = await self._database.read(lambda tx: tx.all(store.OF_ACCOUNT, {"account_sid": account_sid}))
        tokens = [self._secret(row) for row in rows if row["username"] is None]
        unique = list(dict.fromkeys(tokens))
        if unique and changes == self._changes:  # anybody can ask for any account; only known ones are remembered
            self._tokens[account_sid] = unique
        return unique

    async def test(self, name: str | None = None) -> CredentialTest:
        """Sign in to Twilio with a credential and say what is wrong with it, if anything; sends nothing."""
        row = await self._database.read(lambda tx: self._find(tx, name))
        try:
            client = self._client_of(row)
        except CredentialError as error:
            return CredentialTest(False, error.message, error.fix)
        return await probe(_credential(row), client)

    async def rotate_key(self, keyring: Keyring) -> int:
        """Encrypt every secret anew with the first key of *keyring*, and say how many there were.

        *keyring* must still hold the old keys (`Keyring.with_new_key`), and be saved before: then a crash in between
        loses nothing, and other processes can be restarted at leisure before the old keys are dropped.
        """

        def work(tx: Transaction) -> int:
            rows = tx.all(store.EVERY)
            found = {(row["account_sid"], row["fingerprint"]): row["id"] for row in rows if row["name"] is None}
            for row in rows:
                secret = keyring.decrypt(bytes(row["secret"]), bound_to=row["id"])
                fingerprint = _fingerprint(keyring, row["account_sid"], secret)
                if row["name"] is None:
                    # Values sealed under two keys are there twice; one of them keeps the place, the other its id.
                    holder = found.setdefault((row["account_sid"], fingerprint), row["id"])
                    fingerprint = fingerprint if holder == row["id"] else row["id"]
                sealed = keyring.encrypt(secret, bound_to=row["id"])
                tx.run(store.RESEAL, {"row_id": row["id"], "new_secret": sealed, "new_fingerprint": fingerprint})
            return len(rows)

        count = await self._database.write(work)
        self._keyring = keyring
        return count

    async def close(self) -> None:
        """Forget all clients, and close the connections unless they are shared."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        self._forget("")
        if self._owns_http:
            await self._http.close()

    # --- inside -----------------------------------------------------------------------------------------------

    def _find(self, tx: Transaction, name: str | None) -> Row:
        if name is not None:
            row = tx.one(store.BY_NAME, {"name": name})
            if row is None:
                raise NotFoundError(f"There is no credential named {name!r}.", fix=_known_names(tx))
            return row
        rows = tx.all(store.NAMED)
        if len(rows) == 1:
            return rows[0]
        for default in DEFAULT_NAMES:
            for row in rows:
                if row["name"] == default:
                    return row
        if not rows:
            raise CredentialError("No Twilio credential is stored.", fix="Add one: ringline credentials add")
        raise CredentialError(
            "There are several credentials, and none is named default.",
            fix=f"Say which one is meant: {', '.join(row['name'] for row in rows)}.",
        )

    def _insert(
        self,
        tx: Transaction,
        name: str,
        account_sid: str,
        token: str,
        username: str | None,
        base_url: str | None,
        default_from: str | None,
    ) -> Row:
        row = self._add(tx, name, account_sid, token, username, base_url, default_from)
        if row is None:
            raise RequestError(
                f"There is already a credential named {name!r}.",
                field="name",
                fix=f"Choose another name, or replace its token: ringline credentials rotate {name}",
            )
        return row

    def _add(
        self,
        tx: Transaction,
        name: str,
        account_sid: str,
        token: str,
        username: str | None,
        base_url: str | None,
        default_from: str | None,
    ) -> Row | None:
        """The new row, or ``None`` where there is one of that name."""
        now = self._clock.time()
        credential_id = new_id("cred", at=now)
        row = {
            "id": credential_id,
            "name": name,
            "account_sid": account_sid,
            "username": username,
            "base_url": base_url,
            "default_from": default_from,
            "secret": self._keyring.encrypt(token, bound_to=credential_id),
            "fingerprint": _fingerprint(self._keyring, account_sid, token),
            "created_at": now,
            "touched_at": now,
        }
        if tx.run(store.ADD, row) == 0:
            return None
        self._announce(tx, credential_id)
        return row

    def _replace(self, tx: Transaction, row: Row, account_sid: str, token: str, username: str | None) -> Row:
        changed = {
            "id": row["id"],
            "account_sid": account_sid,
            "username": username,
            "secret": self._keyring.encrypt(token, bound_to=row["id"]),
            "fingerprint": _fingerprint(self._keyring, account_sid, token),
            "now": self._clock.time(),
        }
        tx.run(store.REPLACE, changed)
        self._announce(tx, row["id"])
        return {**row, "account_sid": account_sid, "username": username}

    def _client_of(self, row: Row) -> TwilioClient:
        return TwilioClient(
            row["account_sid"],
            self._secret(row),
            username=row["username"],
            base_url=row["base_url"] or self._base_url,
            timeout=self._timeout,
            http=self._http,
        )

    def _secret(self, row: Row) -> str:
        return self._keyring.decrypt(bytes(row["secret"]), bound_to=row["id"])

    def _listen(self) -> None:
        if self._stop_listening is None:
            self._stop_listening = self._database.listen(CHANNEL, self._forget)

    def _announce(self, tx: Transaction, credential_id: str) -> None:
        tx.notify(CHANNEL, credential_id)  # to other processes
        touch(tx, "credentials", credential_id)
        tx.after_commit(lambda: self._forget(credential_id))

    def _forget(self, credential_id: str) -> None:
        """Drop what is remembered of one credential, or with an empty id of all."""
        self._changes += 1
        self._tokens.clear()
        self._found.clear()
        if credential_id:
            self._clients.pop(credential_id, None)
        else:
            self._clients.clear()


def _credential(row: Row) -> Credential:
    return Credential(
        id=row["id"],
        name=row["name"] or "",
        account_sid=row["account_sid"],
        kind="api_key" if row["username"] else "auth_token",
        base_url=row["base_url"],
        default_from=row["default_from"],
        created_at=utc(row["created_at"]),
    )


def unreadable_in(tx: Transaction, keyring: Keyring) -> list[str]:
    """Names of the stored credentials that *keyring* does not open; those without a name go by their id."""
    unreadable = []
    for row in tx.all(store.EVERY):
        try:
            keyring.decrypt(bytes(row["secret"]), bound_to=row["id"])
        except CredentialError:
            unreadable.append(str(row["name"] or row["id"]))
    return unreadable


def _known_names(tx: Transaction) -> str:
    names = [row["name"] for row in tx.all(store.NAMED)]
    return f"There are: {', '.join(names)}." if names else "Add one: ringline credentials add"


def _fingerprint(keyring: Keyring, account_sid: str, secret: str) -> str:
    values = f"{account_sid}\0{secret}".encode("utf-8", "surrogatepass")
    return hmac.digest(keyring.derive("fingerprints"), values, hashlib.sha256).hex()
