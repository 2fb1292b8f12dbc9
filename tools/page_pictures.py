"""Write docs/images/*.png: the pages as they are, photographed in Chromium while a workflow runs.

python tools/page_pictures.py
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
FLOW = "visit"
REPLY = "Sure, I'll be there"


def main() -> None:
    """Start a server of its own, let a patient answer, and photograph what there is to see."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        server = subprocess.Popen(
            [sys.executable, "-m", "ringline.cli", "dev", "--port", "0", "--workflows", str(ROOT / "examples")],
            env={**os.environ, "RINGLINE_HOME": str(home), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            photograph(server, home)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


def photograph(server: subprocess.Popen[str], home: Path) -> None:
    """Every picture, in the order in which things happen."""
    assert server.stdout is not None
    lines = iter(server.stdout)
    url = next(line for line in lines if line.startswith("Ringline ")).split()[1]
    link = next(line for line in lines if line.startswith("Sign in")).split()[-1]
    token = (home / "token").read_text().strip()
    inputs = json.loads((ROOT / "examples" / f"{FLOW}.inputs.json").read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1440, "height": 860}, device_scale_factor=1)
        page = context.new_page()
        page.goto(link)
        page.goto(f"{url}/workflows/appointment-call")
        page.locator(".react-flow__node").first.click()
        keep(page, "builder")
        run = ask(f"{url}/api/v1/workflows/{FLOW}/runs", token, {"inputs": inputs})
        phone = context.new_page()
        phone.goto(f"{url}/phone")
        phone.get_by_role("button", name="Add a phone").wait_for()
        phone.get_by_text("Reply").first.click()
        box = phone.get_by_role("textbox").first
        box.fill(REPLY)
        box.press("Enter")
        keep(phone, "phone")
        page.goto(f"{url}/runs/{run['id']}")
        page.get_by_text(REPLY).first.wait_for()
        keep(page, "run")
        page.emulate_media(color_scheme="dark")
        page.goto(f"{url}/workflows/appointment")
        page.locator(".react-flow__node").first.wait_for()
        keep(page, "builder-dark")
        browser.close()


def keep(page: Page, name: str) -> None:
    """Photograph a page once nothing moves on it any more."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(1_500)
    page.screenshot(path=PICTURES / f"{name}.png")


def ask(url: str, token: str, body: Any) -> Any:
    """Ask the API."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


if __name__ == "__main__":
    main()
