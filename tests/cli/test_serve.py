from __future__ import annotations

import json
import signal
import stat
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Process, Say


def ask(url: str, token: str | None = None) -> tuple[int, str]:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_serve_says_where_its_token_is_and_drains_when_it_is_asked_to_stop(
    start: Callable[..., Process], own_home: Path, json_of: Say
) -> None:
    server = start("serve", "--port", "0")
    url = server.wait_for("Ringline ").split()[1]
    # What is no terminal may be a log that others read.
    assert server.wait_for("API token").split(maxsplit=2)[2].strip() == f"in {own_home / 'token'}"
    server.wait_for("Stop with Ctrl-C")
    token = (own_home / "token").read_text().strip()

    assert ask(f"{url}/health") == (200, '{"status":"ok"}')
    assert ask(f"{url}/api/v1/messages")[0] == 401
    assert json.loads(ask(f"{url}/api/v1/messages", token)[1]) == {"items": [], "next": None}
    assert stat.S_IMODE((own_home / "token").stat().st_mode) == 0o600
    # A command in the same home goes through the server: the file belongs to one process.
    assert json_of("messages", "list") == []

    code, said = server.stop(signal.SIGTERM)
    assert code == 0
    assert "what is being sent is finished first" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_simulator_alone_says_how_to_use_it(start: Callable[..., Process], number: signal.Signals) -> None:
    simulator = start("simulator", "--port", "0")
    url = simulator.wait_for("RINGLINE_TWILIO_BASE_URL=").strip().rpartition("=")[2]
    simulator.wait_for("Stop with Ctrl-C")

    assert ask(f"{url}/_simulator/health")[0] == 200
    assert simulator.stop(number)[0] == 0
