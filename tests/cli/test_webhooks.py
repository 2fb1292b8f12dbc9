"""`ringline webhooks`: what was told to other systems, and trying it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.conftest import Say
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
FLOW = {
    "version": "1.0",
    "name": "order",
    "inputs": [],
    "steps": [
        {
            "type": "data/webhook_event@v1",
            "name": "tell",
            "url": "http://10.0.0.1/hook",
            "event": "order.paid",
            "payload": {"id": 7},
            "secret_name": "HOOK_SECRET",
        }
    ],
    "outputs": [],
}


def test_what_was_given_up_is_listed_shown_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], json_of: Say
) -> None:
    assert run(["webhooks", "list"]) == ExitCode.OK
    assert "No workflow has told" in capsys.readouterr().out
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    file = tmp_path / "order.json"
    file.write_text(json.dumps(FLOW))
    run(["run", str(file), "--live", "--yes"])
    capsys.readouterr()

    [listed] = json_of("webhooks", "list", "--status", "failed")
    assert (listed["type"], listed["url"], listed["tries"], listed["step"]) == (
        "order.paid",
        "http://10.0.0.1/hook",
        1,
        "tell",
    )
    assert run(["webhooks", "show", listed["id"]]) == ExitCode.FAILED
    shown = capsys.readouterr().out
    assert '"id": 7' in shown
    assert "10.0.0.1" in shown
    assert SECRET not in shown
    assert run(["webhooks", "retry", listed["id"], "--json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["status"] == "pending"
    assert run(["webhooks", "show", "whd_nobody"]) == ExitCode.USAGE
