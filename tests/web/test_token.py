from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ringline.clock import VirtualClock
from ringline.errors import ConfigurationError
from ringline.settings import load_settings
from ringline.web.sessions import LINK_SECONDS, Sessions
from ringline.web.token import api_token, load_or_create_token


def test_token_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "home" / "token"

    token = load_or_create_token(path)

    assert load_or_create_token(path) == token
    assert len(token) > 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["token"]


def test_processes_that_start_together_share_one_token(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        tokens = set(pool.map(lambda _: load_or_create_token(tmp_path / "token"), range(64)))

    assert len(tokens) == 1


def test_token_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    token = load_or_create_token(path)
    path.chmod(0o644)

    with pytest.raises(ConfigurationError, match=r"can be read by others. Run: chmod 600") as caught:
        load_or_create_token(path)

    assert token not in str(caught.value)


def test_empty_token_file_is_refused_rather_than_opening_the_api_to_everybody(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.touch(0o600)

    with pytest.raises(ConfigurationError, match="is empty"):
        load_or_create_token(path)


def test_setting_wins_over_the_file(tmp_path: Path) -> None:
    assert api_token(load_settings(home=tmp_path, api_token="from-the-environment")) == "from-the-environment"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def sessions(clock: VirtualClock) -> Sessions:
    return Sessions(clock)


def test_link_signs_in_once_and_as_whom_it_was_made_for(sessions: Sessions) -> None:
    anybody, ann = sessions.new_code(), sessions.new_code("ann")

    assert sessions.redeem(anybody) == (True, None)
    assert sessions.redeem(ann) == (True, "ann")
    assert not sessions.redeem(anybody)[0]
    assert not sessions.redeem("made-up")[0]


def test_link_is_too_old_after_an_hour(sessions: Sessions, clock: VirtualClock) -> None:
    code = sessions.new_code()
    clock.step(LINK_SECONDS + 1)

    assert not sessions.redeem(code)[0]
