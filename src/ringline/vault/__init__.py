"""Twilio credentials: named, encrypted at rest, handed out only as a client that is signed in."""

from __future__ import annotations

from ringline.vault.credential import WHERE_TO_FIND, Credential, CredentialTest
from ringline.vault.keyring import Keyring, load_or_create_key
from ringline.vault.vault import Vault, unreadable_in

__all__ = ["WHERE_TO_FIND", "Credential", "CredentialTest", "Keyring", "Vault", "load_or_create_key", "unreadable_in"]
