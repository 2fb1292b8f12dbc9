"""Every page, in both themes and on a phone: it loads, says what it is, breaks no rule of WCAG 2.2 AA, and fits."""

from __future__ import annotations

import re
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ui.accessibility import violations
from ui.conftest import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from ui.conftest import Site

ROUTER = Path(__file__).parents[2] / "ui" / "src" / "app" / "router.tsx"
ROUTES = re.findall(r'\bpage\("([^"]+)"', ROUTER.read_text(encoding="utf-8"))
TITLES = {
    "/": "Overview",
    "/workflows": "Workflows",
    "/workflows/$name": "appointment-call",
    "/runs": "Runs",
    "/runs/$id": "visit",
    "/inbox": "Inbox",
    "/inbox/$person": "Inbox",
    "/messages": "Messages",
    "/messages/$id": "Message",
    "/calls": "Calls",
    "/calls/$id": "Call",
    "/contacts": "Contacts",
    "/contacts/opt-outs": "Opt-outs",
    "/contacts/$id": "Ana Ruiz",
    "/broadcasts": "Broadcasts",
    "/broadcasts/$id": "Closing early",
    "/links": "Short links",
    "/senders": "Senders",
    "/phone": "Phone",
    "/settings/account": "Your account",
    "/settings/credentials": "Credentials",
    "/settings/users": "Users",
    "/settings/keys": "API keys",
    "/settings/budgets": "Budgets",
    "/settings/audit": "Audit log",
}
BUILDER = "/workflows/appointment-call"
ANA, BEN = "+14155550123", "+14155550124"
VISIT = {"patientPhone": BEN, "patientName": "Ben", "doctorName": "Lee", "appointmentAt": "2026-12-14T15:30:00Z"}


@pytest.fixture(scope="module")
def paths(site: Site) -> dict[str, str]:
    """The address of each page, of a server that has something to show on it."""
    made = {
        "/contacts/$id": site.ask("POST", "/api/v1/contacts", {"phone": ANA, "name": "Ana Ruiz", "lists": ["all"]}),
        "/runs/$id": site.ask("POST", "/api/v1/workflows/visit/runs", {"inputs": VISIT}),
        "/messages/$id": site.ask("POST", "/api/v1/messages", {"to": ANA, "message": "Your parcel is on its way."}),
        "/calls/$id": site.ask("POST", "/api/v1/calls", {"to": ANA, "message": "Your parcel comes today."}),
        "/broadcasts/$id": site.ask(
            "POST", "/api/v1/broadcasts", {"name": "Closing early", "message": "We close at three.", "list": "all"}
        ),
    }
    site.ask("PUT", "/api/v1/budgets", {"limit": "5"})
    return {route: route.replace("$id", str(one["id"])) for route, one in made.items()} | {
        "/workflows/$name": BUILDER,
        "/inbox/$person": f"/inbox/{urllib.parse.quote(ANA)}",
    }


def opened(site: Site, page: Page, path: str, *, scheme: str = "light") -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    site.sign_in(page)
    page.goto(f"{site.url}{path}")
    page.locator("h1").first.wait_for()
    page.wait_for_load_state("load")


def test_operators_start_what_is_published_and_viewers_are_told_who_may(site: Site, page: Page) -> None:
    site.sign_in(page, "operator")
    page.goto(f"{site.url}/workflows/shipping-notice")
    page.get_by_role("tab", name="Test").click()
    expect(page.get_by_text("Version 1 runs, the one published last.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Use my phone")).click()
    page.get_by_role("textbox", name="orderNumber").fill("10482")
    page.get_by_role("tabpanel").get_by_role("button", name="Run").click()
    expect(page.get_by_role("link", name="Open the run").first).to_be_visible()
    page.context.clear_cookies()
    site.sign_in(page, "viewer")
    page.goto(f"{site.url}/workflows/shipping-notice")
    page.get_by_role("tab", name="Test").click()
    expect(page.get_by_text("Starting a workflow is for operators.")).to_be_visible()
    assert page.get_by_role("button", name="Run").count() == 0


def test_a_chart_is_read_by_keyboard_and_only_the_page_scrolls(site: Site, page: Page) -> None:
    opened(site, page, "/")
    site.ask("POST", "/api/v1/messages", {"to": "+14155550123", "message": "Hello"})
    # The figures come by themselves, a moment after what they count.
    reading = page.get_by_role("slider", name="Messages, one bar after the other")
    reading.focus()
    page.keyboard.press("End")
    expect(reading).to_have_attribute("aria-valuetext", re.compile("Delivered 1"))
    page.keyboard.press("Home")
    expect(reading).to_have_attribute("aria-valuetext", re.compile("nothing"))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_no_page_is_left_out() -> None:
    assert set(ROUTES) == set(TITLES)


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_says_what_it_is_fits_and_breaks_no_rule_in_either_theme(
    site: Site, page: Page, paths: dict[str, str], route: str
) -> None:
    opened(site, page, paths.get(route, route))
    expect(page.get_by_role("heading", level=1, name=TITLES[route])).to_be_visible()
    expect(page.locator("main [role=status][aria-label^=Loading]")).to_have_count(0, timeout=PATIENCE)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.locator(":root[data-mantine-color-scheme=dark]").wait_for()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    widths = "[document.documentElement.scrollWidth, document.querySelector('main').scrollWidth]"
    page.wait_for_function(f"Math.max(...{widths}) <= 390")
    assert violations(page) == []
    page.emulate_media(color_scheme="light")
    page.locator(":root[data-mantine-color-scheme=light]").wait_for()
    assert violations(page) == []


def test_an_address_that_leads_nowhere_says_so(site: Site, page: Page) -> None:
    opened(site, page, "/nowhere")
    assert "There is no such page" in (page.locator("h1").first.text_content() or "")


def test_signing_in_is_asked_for_and_leads_back(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/runs")
    page.wait_for_url("**/sign-in?then=%2Fruns")
    assert violations(page) == []


def test_a_page_that_is_not_for_a_role_says_for_whom_it_is_and_asks_nothing(site: Site, page: Page) -> None:
    site.sign_in(page, "viewer")
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status == 403 else None)
    for path in ("/settings/users", "/settings/keys", "/settings/credentials", "/senders", "/settings/budgets"):
        page.goto(f"{site.url}{path}")
        page.locator("h1").first.wait_for()
        expect(page.locator("main [role=status][aria-label^=Loading]")).to_have_count(0, timeout=PATIENCE)
    page.goto(f"{site.url}/settings/users")
    expect(page.get_by_text("This page is for admins")).to_be_visible()
    assert page.get_by_role("button", name="Add a user").count() == 0
    assert refused == []
