from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ringline.cli.application import run
from ringline.settings import Settings

Say = Callable[..., Any]


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to work in, with a home of its own and nothing set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"RINGLINE_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / ".ringline"


@pytest.fixture
def json_of(capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command with ``--json`` and gives what it printed; the command must end with *code*."""

    def ask(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        ended = run([*arguments, "--json"])
        captured = capsys.readouterr()
        assert ended == code, captured
        return json.loads(captured.out)

    return ask


class Process:
    """A command that runs until it is told to stop."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "ringline.cli", *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines: list[str] = []

    def wait_for(self, text: str) -> str:
        """The next line that holds *text*; fails if the command ends before."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line)
            if text in line:
                return line
        raise AssertionError(f"it ended without {text!r}: {''.join(self.lines)}")

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """End it with a signal; gives the exit code and all it has said."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        rest, _ = self._process.communicate(timeout=30)
        return self._process.returncode, "".join(self.lines) + rest


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """Starts commands that are ended with the test."""
    started: list[Process] = []

    def starter(*arguments: str) -> Process:
        process = Process(*arguments)
        started.append(process)
        return process

    yield starter
    for process in started:
        process.stop(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
