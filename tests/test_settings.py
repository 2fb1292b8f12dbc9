from __future__ import annotations

from pathlib import Path

import pytest

from ringline.errors import ConfigurationError
from ringline.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"RINGLINE_{name.upper()}", raising=False)


def test_everything_has_a_default_and_nothing_reaches_beyond_this_machine() -> None:
    settings = load_settings()

    assert settings.host == "127.0.0.1"
    assert settings.database.startswith("sqlite:////")
    assert settings.database.endswith("/.ringline/ringline.db")
    assert settings.public_url is None


def test_environment_wins_over_defaults_and_arguments_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGLINE_PORT", "8001")
    monkeypatch.setenv("RINGLINE_HOST", "0.0.0.0")

    settings = load_settings(port=8002, host=None)

    assert (settings.port, settings.host) == (8002, "0.0.0.0")
    origins = {row.name: row.origin for row in settings.rows()}
    assert origins["port"] == "command line"
    assert origins["host"] == "RINGLINE_HOST"
    assert origins["home"] == "default"


def test_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGLINE_PUBLIC_URL", "")

    assert load_settings().public_url is None


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("RINGLINE_PORT", "eighty", "RINGLINE_PORT is `eighty`: it must be a whole number."),
        ("RINGLINE_PORT", "65536", "RINGLINE_PORT is `65536`: it must be 65535 or less."),
        ("RINGLINE_RATE_LIMIT", "0", "RINGLINE_RATE_LIMIT is `0`: it must be 1 or more."),
        (
            "RINGLINE_PUBLIC_URL",
            "example.com",
            "RINGLINE_PUBLIC_URL is `example.com`: it must be a whole address such as `https://example.com`.",
        ),
        (
            "RINGLINE_PUBLIC_URL",
            "https://my_host.example.com",
            (
                "RINGLINE_PUBLIC_URL is `https://my_host.example.com`: "
                "Twilio takes no host name with an underscore (its error 21609)."
            ),
        ),
        (
            "RINGLINE_TWILIO_BASE_URL",
            "http://127.0.0.1:9/?x",
            "RINGLINE_TWILIO_BASE_URL is `http://127.0.0.1:9/?x`: it must end before any `?` or `#`.",
        ),
        (
            "RINGLINE_LOG_LEVEL",
            "loud",
            "RINGLINE_LOG_LEVEL is `loud`: it must be 'debug', 'info', 'warning' or 'error'.",
        ),
        (
            "RINGLINE_DATABASE_URL",
            "mysql://root:hunter2@db/x",
            "RINGLINE_DATABASE_URL: it must begin with `sqlite://` or `postgresql://`.",
        ),
        ("RINGLINE_PROT", "80", "There is no setting RINGLINE_PROT; did you mean RINGLINE_PORT?"),
        ("RINGLINE_ZZZ", "1", "There is no setting RINGLINE_ZZZ; `ringline settings` lists those there are."),
    ],
)
def test_wrong_setting_stops_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigurationError) as caught:
        load_settings()

    assert str(caught.value) == sentence


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGLINE_PORT", "x")
    monkeypatch.setenv("RINGLINE_MAX_BODY_BYTES", "y")

    with pytest.raises(ConfigurationError) as caught:
        load_settings()

    assert len(str(caught.value).splitlines()) == 2


def test_secrets_show_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGLINE_MASTER_KEY", "hunter2")
    monkeypatch.setenv("RINGLINE_API_TOKEN", "hunter3")
    monkeypatch.setenv("RINGLINE_DATABASE_URL", "postgresql://ringline:hunter4@db/ringline")

    settings = load_settings()

    shown = "".join(row.value for row in settings.rows())
    assert "hunter" not in shown
    assert "hunter" not in repr(settings)


def test_settings_cannot_be_changed_but_copied_with_changes(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)

    changed = settings.with_changes("ringline dev", public_url="http://127.0.0.1:7464/")

    assert changed.public_url == "http://127.0.0.1:7464"
    assert changed.home == tmp_path
    assert {row.name: row.origin for row in changed.rows()}["public_url"] == "ringline dev"
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_every_setting_is_explained() -> None:
    assert [row.variable for row in load_settings().rows() if not row.description] == []
