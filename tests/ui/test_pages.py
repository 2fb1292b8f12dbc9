"""Every page, in both themes and on a phone: it loads, says what it is, breaks no rule of WCAG 2.2 AA, and fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ui.accessibility import violations
from ui.conftest import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from ui.conftest import Site

PAGES = {
    "/": "Overview",
    "/workflows": "Workflows",
    "/runs": "Runs",
    "/inbox": "Inbox",
    "/messages": "Messages",
    "/calls": "Calls",
    "/contacts": "Contacts",
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


def opened(site: Site, page: Page, path: str, *, scheme: str = "light") -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    site.sign_in(page)
    page.goto(f"{site.url}{path}")
    page.locator("h1").first.wait_for()
    page.wait_for_load_state("load")


@pytest.mark.parametrize("path", [*PAGES, BUILDER])
def test_no_rule_of_wcag_is_broken_in_either_theme(site: Site, page: Page, path: str) -> None:
    opened(site, page, path)
    expect(page.locator("main [role=status][aria-label^=Loading]")).to_have_count(0, timeout=PATIENCE)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.locator(":root[data-mantine-color-scheme=dark]").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("path", [*PAGES, BUILDER])
def test_nothing_is_wider_than_a_phone(site: Site, page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(site, page, path)
    expect(page.locator("main [role=status][aria-label^=Loading]")).to_have_count(0, timeout=PATIENCE)
    width = page.evaluate("Math.max(document.documentElement.scrollWidth, document.querySelector('main').scrollWidth)")
    assert width <= 390
    assert violations(page) == []


@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_a_page_says_what_it_is(site: Site, page: Page, path: str, title: str) -> None:
    opened(site, page, path)
    assert title in (page.locator("h1").first.text_content() or "")


def test_an_address_that_leads_nowhere_says_so(site: Site, page: Page) -> None:
    opened(site, page, "/nowhere")
    assert "There is no such page" in (page.locator("h1").first.text_content() or "")


def test_signing_in_is_asked_for_and_leads_back(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/runs")
    page.wait_for_url("**/sign-in?then=%2Fruns")
    assert violations(page) == []
