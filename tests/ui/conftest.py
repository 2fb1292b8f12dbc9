"""A real server with its simulated Twilio, and Debian's Chromium to look at its pages."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from ringline.web.ui import is_built

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PATIENCE = 20_000
"""Milliseconds until what a page is to show counts as missing; machines that test are busy."""


@dataclass
class Site:
    """A server that runs as `ringline dev` starts it, in a process of its own."""

    home: Path
    process: subprocess.Popen[str]
    url: str
    link: str
    token: str
    cookies: dict[str, Any] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the API as its first administrator."""
        request = urllib.request.Request(  # the scheme is ours
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def sign_in(self, page: Page, role: str = "admin") -> None:
        """Have a browser be signed in as somebody with that role."""
        name = f"{role}@example.com"
        if name not in self.cookies:
            password = self.add_user(name, role)
            answer = page.request.post(f"{self.url}/api/v1/sign-in", data={"name": name, "password": password})
            assert answer.ok, answer.text()
            self._keep(page, password)
            self.cookies[name] = page.context.cookies()
        page.context.add_cookies(self.cookies[name])  # type: ignore[arg-type]  # as they were given

    def _keep(self, page: Page, password: str) -> None:
        """Change the password, as everybody must whose first one somebody else has seen."""
        me = page.request.get(f"{self.url}/api/v1/me").json()
        answer = page.request.post(
            f"{self.url}/api/v1/me/password",
            data={"current": password, "password": secrets.token_urlsafe(12)},
            headers={"X-CSRF-Token": me["csrf"]},
        )
        assert answer.ok, answer.text()

    def add_user(self, name: str, role: str) -> str:
        """Let somebody in; gives the password."""
        password = secrets.token_urlsafe(12)
        self.ask("POST", "/api/v1/users", {"name": name, "role": role, "password": password})
        return password

    def restart(self) -> None:
        """End the process as Ctrl-C does, and start it again on the same port, with the same data."""
        port = int(self.url.rpartition(":")[2])
        stop(self.process)
        begun = start(self.home, port)
        self.process, self.link = begun.process, begun.link


def start(home: Path, port: int = 0) -> Site:
    """A server in *home*, once it has said where it listens and which workflows it has."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RINGLINE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "ringline.cli", "dev", "--port", str(port), "--workflows", str(ROOT / "examples")],
        cwd=home.parent,
        env={**environment, "RINGLINE_HOME": str(home), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    url, link = _introduced(process.stdout)
    return Site(home, process, url, link, (home / "token").read_text().strip())


def _introduced(output: IO[str]) -> tuple[str, str]:
    said, url, link = [], "", ""
    for line in output:
        said.append(line)
        if line.startswith("Ringline "):
            url = line.split()[1]
        if line.startswith("Sign in"):
            link = line.split()[-1]
        if line.startswith("Workflows"):
            return url, link
    raise AssertionError(f"the server ended and said:\n{''.join(said)}")


def stop(process: subprocess.Popen[str]) -> None:
    """Ctrl-C, and wait for the end."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for the tests of a file."""
    if not is_built():
        pytest.skip("the pages are not built: make ui")
    running = start(tmp_path_factory.mktemp("site") / "home")
    yield running
    stop(running.process)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that knows nobody yet."""
    opened = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page whose complaints fail the test: errors of scripts, refused by the content security policy or not."""
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    opened.on(
        "console",
        lambda message: (
            complaints.append(f"console: {message.text} ({message.location.get('url')})")
            if message.type in ("error", "warning") and not _is_expected(message.text)
            else None
        ),
    )
    yield opened
    assert complaints == []


def _is_expected(text: str) -> bool:
    # The browser itself reports every refused request, which the pages put into words.
    return text.startswith("Failed to load resource")
