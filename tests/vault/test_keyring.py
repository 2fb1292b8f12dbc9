from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.errors import ConfigurationError, CredentialError
from ringline.vault.keyring import Keyring, load_or_create_key, new_key, save_key

KEYRING = Keyring([b"k" * 32])


@given(st.text(), st.text())
def test_a_secret_comes_back_for_its_own_row_only(secret: str, row: str) -> None:
    row = row.encode("utf-8", "replace").decode()
    sealed = KEYRING.encrypt(secret, bound_to=row)
    assert KEYRING.decrypt(sealed, bound_to=row) == secret
    with pytest.raises(CredentialError, match="its row in the database was changed"):
        KEYRING.decrypt(sealed, bound_to=row + "x")


def test_the_same_secret_never_looks_the_same_twice() -> None:
    assert KEYRING.encrypt("token", bound_to="a") != KEYRING.encrypt("token", bound_to="a")
    assert b"token" not in KEYRING.encrypt("token", bound_to="a")


@pytest.mark.parametrize("position", [0, 1, 8, 9, 20, 21, -1])
def test_a_changed_byte_anywhere_is_noticed(position: int) -> None:
    sealed = bytearray(KEYRING.encrypt("token", bound_to="a"))
    sealed[position] ^= 1
    with pytest.raises(CredentialError):
        KEYRING.decrypt(bytes(sealed), bound_to="a")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" * 21, b"junk" * 20])
def test_what_was_never_encrypted_is_refused(sealed: bytes) -> None:
    with pytest.raises(CredentialError, match="a key this program does not have"):
        KEYRING.decrypt(sealed, bound_to="a")


def test_a_new_key_encrypts_while_the_old_ones_still_decrypt() -> None:
    old = KEYRING.encrypt("token", bound_to="a")
    rotated = KEYRING.with_new_key()
    fresh = rotated.encrypt("token", bound_to="a")
    assert rotated.decrypt(old, bound_to="a") == rotated.decrypt(fresh, bound_to="a") == "token"
    assert rotated.without_old_keys().decrypt(fresh, bound_to="a") == "token"
    with pytest.raises(CredentialError) as caught:
        KEYRING.decrypt(fresh, bound_to="a")
    assert caught.value.fix.startswith("Restore the key file")


def test_derived_keys_differ_by_purpose_and_are_not_the_key() -> None:
    assert KEYRING.derive("media") == KEYRING.derive("media") != KEYRING.derive("links")
    assert KEYRING.derive("media") != b"k" * 32
    assert len(KEYRING.derive("media")) == 32


def test_keys_are_shown_by_nothing() -> None:
    import base64

    key = new_key()
    keyring = Keyring([key, new_key()])
    shown = f"{keyring!r} {keyring}"
    assert shown == "Keyring(2 keys) Keyring(2 keys)"
    assert base64.urlsafe_b64encode(key).decode()[:8] not in shown


def test_a_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "home" / "master.key"
    first = load_or_create_key(path)
    sealed = first.encrypt("token", bound_to="a")
    assert load_or_create_key(path).decrypt(sealed, bound_to="a") == "token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["master.key"]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    found: list[Keyring] = []
    start = threading.Barrier(8)

    def begin() -> None:
        start.wait()
        found.append(load_or_create_key(path))

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({keyring.as_text() for keyring in found}) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
def test_a_key_file_that_others_can_open_is_refused_with_the_command_that_helps(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    load_or_create_key(path)
    path.chmod(mode)
    with pytest.raises(ConfigurationError) as caught:
        load_or_create_key(path)
    assert str(caught.value).startswith(
        f"others can read the key file {path} (mode {mode:03o}); run: chmod 600 {path}, and if"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the encryption key is empty; restore it from a backup"),
        ("# only a comment\n", "the encryption key is empty; restore it from a backup"),
        ("c2hvcnQ=\n", "line 1 of the encryption key is not 32 bytes in base64; restore it from a backup"),
        ("\n# old\n§§§\n", "line 3 of the encryption key is not 32 bytes in base64; restore it from a backup"),
    ],
)
def test_a_damaged_key_file_is_refused_and_left_as_it_is(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError) as caught:
        load_or_create_key(path)
    assert str(caught.value) == f"{path}: {message}"
    assert path.read_text() == text


def test_a_saved_keyring_keeps_its_order(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    keyring = load_or_create_key(path).with_new_key()
    save_key(path, keyring)
    assert load_or_create_key(path).as_text() == keyring.as_text()
    assert Keyring.parse(f"# made today\n\n{keyring.as_text()}").as_text() == keyring.as_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("keys", [[], [b"short"]])
def test_a_keyring_without_a_whole_key_is_refused(keys: list[bytes]) -> None:
    with pytest.raises(ConfigurationError):
        Keyring(keys)
