"""The keys that encrypt what the database must not show, and the file they lie in.

AES-256-GCM. Every ciphertext names its key and is bound to its row, so that it cannot be moved to another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ringline.errors import ConfigurationError, CredentialError

KEY_BYTES = 32

_FORM = b"\x01"
_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
_HEADER_BYTES = len(_FORM) + _KEY_ID_BYTES + _NONCE_BYTES


class Keyring:
    """One key that encrypts, and any number that can still decrypt. Never shows a key."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ConfigurationError("the keyring is empty; at least one key is needed")
        for key in keys:
            if len(key) != KEY_BYTES:
                raise ConfigurationError(
                    f"a key has {len(key)} bytes instead of {KEY_BYTES}; make one with `new_key()`"
                )
        self._keys = {_key_id(key): key for key in keys}
        self._first = keys[0]

    def __repr__(self) -> str:
        return f"Keyring({len(self._keys)} keys)"

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """The keys in *text*, one a line in base64, the one that encrypts first; lines that begin with # are skipped.

        Raises `ConfigurationError` without showing the text.
        """
        keys = []
        for number, line in enumerate(text.splitlines(), start=1):
            stripped = line.strip()
            if not stripped or stripped.startswith("#"):
                continue
            try:
                key = base64.urlsafe_b64decode(stripped + "=" * (-len(stripped) % 4))
            except (binascii.Error, ValueError):
                key = b""
            if len(key) != KEY_BYTES:
                raise ConfigurationError(
                    f"line {number} of the encryption key is not {KEY_BYTES} bytes in base64; restore it from a backup"
                )
            keys.append(key)
        if not keys:
            raise ConfigurationError("the encryption key is empty; restore it from a backup")
        return cls(keys)

    def as_text(self) -> str:
        """What `parse` reads: the keys themselves, for their file only."""
        return "".join(f"{base64.urlsafe_b64encode(key).decode()}\n" for key in self._keys.values())

    def encrypt(self, secret: str, *, bound_to: str) -> bytes:
        """*secret* under the first key; it decrypts only with the same *bound_to*, the id of its row."""
        header = _FORM + _key_id(self._first) + secrets.token_bytes(_NONCE_BYTES)
        nonce = header[-_NONCE_BYTES:]
        return header + AESGCM(self._first).encrypt(nonce, secret.encode("utf-8", "surrogatepass"), bound_to.encode())

    def decrypt(self, sealed: bytes, *, bound_to: str) -> str:
        """The secret again; raises `CredentialError` when its key is missing or the row was changed."""
        key = self._keys.get(sealed[len(_FORM) : len(_FORM) + _KEY_ID_BYTES])
        if key is None or not sealed.startswith(_FORM):
            raise CredentialError(
                "The credential was encrypted with a key this program does not have.",
                fix="Restore the key file it was written with, or add the credential again.",
            )
        nonce = sealed[_HEADER_BYTES - _NONCE_BYTES : _HEADER_BYTES]
        try:
            plain = AESGCM(key).decrypt(nonce, sealed[_HEADER_BYTES:], bound_to.encode())
        except InvalidTag:
            raise CredentialError(
                "The credential cannot be decrypted: its row in the database was changed.",
                fix="Add the credential again.",
            ) from None
        return plain.decode("utf-8", "surrogatepass")

    def derive(self, purpose: str) -> bytes:
        """32 bytes for another use, such as signing addresses, that give nothing away about the key itself."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"ringline {purpose}".encode()).derive(self._first)

    def with_new_key(self) -> Keyring:
        """A keyring that encrypts with a fresh key and still decrypts with all of these."""
        return Keyring([new_key(), *self._keys.values()])

    def without_old_keys(self) -> Keyring:
        """A keyring of the encrypting key alone."""
        return Keyring([self._first])


def new_key() -> bytes:
    """A fresh random key."""
    return secrets.token_bytes(KEY_BYTES)


def load_or_create_key(path: Path) -> Keyring:
    """The keyring in the file at *path*, which is made, readable by its owner only, if it is not there.

    Raises `ConfigurationError` if others can read the file, or it holds no key.
    """
    try:
        text = _read(path)
    except FileNotFoundError:
        keyring = Keyring([new_key()])
        if _create(path, keyring.as_text()):
            return keyring
        text = _read(path)  # another process was faster
    try:
        return Keyring.parse(text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def save_key(path: Path, keyring: Keyring) -> None:
    """Replace the file at *path* in one step; a crash leaves the old or the new one."""
    fresh = _write_beside(path, keyring.as_text())
    fresh.replace(path)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"ringline key id" + key).digest()[:_KEY_ID_BYTES]


def _read(path: Path) -> str:
    try:
        if os.name == "posix":
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise ConfigurationError(
                    f"others can read the key file {path} (mode {mode:03o}); run: chmod 600 {path}, and if they may "
                    "have read it, change the tokens in the Twilio console"
                )
        return path.read_text(encoding="utf-8")
    except (PermissionError, IsADirectoryError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the key file {path} cannot be read ({error})") from error


def _create(path: Path, text: str) -> bool:
    """Put a file with *text* at *path*, whole or not at all; False if there is one already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = _write_beside(path, text)
    try:
        os.link(fresh, path)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True


def _write_beside(path: Path, text: str) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return fresh
