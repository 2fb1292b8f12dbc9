"""What people come for, done as they do it: with the mouse, with the keyboard, with a phone in the other hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ui.accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from ui.conftest import Site

ANA = "+14155550123"


def new_workflow(site: Site, page: Page, name: str) -> None:
    page.goto(f"{site.url}/workflows")
    page.get_by_role("button", name="New workflow").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill(name)
    dialog.get_by_role("button", name="Create").click()
    page.wait_for_url(f"**/workflows/{name}")


def saved(page: Page) -> None:
    page.get_by_text("All changes saved").wait_for()


def run_on_my_phone(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    panel = page.get_by_role("tabpanel", name="Test")
    panel.get_by_role("button", name=re.compile("^Use my phone")).click()
    panel.get_by_role("button", name="Run", exact=True).click()


def answer(context: BrowserContext, site: Site, asked: str, reply: str) -> None:
    phone = context.new_page()
    phone.goto(f"{site.url}/phone")
    phone.get_by_text(asked).first.click()
    phone.get_by_role("textbox", name=re.compile("^Message to")).fill(reply)
    phone.keyboard.press("Enter")
    phone.get_by_text(reply, exact=True).last.wait_for()
    phone.close()


def test_a_first_workflow_is_built_with_the_mouse_run_and_answered(
    site: Site, page: Page, context: BrowserContext
) -> None:
    site.sign_in(page)
    new_workflow(site, page, "hello")
    page.get_by_role("button", name=re.compile("^Twilio action")).first.click()
    page.get_by_text("1 to fill in").first.wait_for()
    assert page.get_by_role("button", name="Publish").is_disabled()
    page.get_by_label("Message", exact=True).fill("Hello, are you there? Reply YES")
    page.get_by_role("button", name=re.compile("^Wait for reply")).click()
    saved(page)
    run_on_my_phone(page)
    page.get_by_text("Waits for a reply").first.wait_for()

    answer(context, site, "Hello, are you there?", "yes I am")

    page.get_by_text("“yes I am”").first.wait_for()
    page.get_by_role("link", name=re.compile("Open the run")).click()
    page.wait_for_url("**/runs/run_*")
    page.get_by_text("The run is complete.").wait_for()
    page.get_by_text("Delivered").first.wait_for()
    assert violations(page) == []


def test_a_fault_is_shown_where_it_is_and_goes_when_it_is_mended(site: Site, page: Page) -> None:
    site.sign_in(page)
    new_workflow(site, page, "faulty")
    page.get_by_role("button", name=re.compile("^Twilio action")).first.click()
    page.get_by_label("Message", exact=True).fill("Hello {{nobody}}")
    page.get_by_text("and nothing in the workflow sets").first.wait_for()
    assert violations(page) == []
    page.get_by_label("Message", exact=True).fill("Hello {{phone}}")
    page.get_by_text(re.compile(r"\d fault")).first.wait_for(state="detached")
    saved(page)
    page.get_by_role("button", name="Publish").click()
    page.get_by_text(re.compile("Version 1 is in force|in force")).first.wait_for()


def test_the_same_is_built_with_the_keyboard_alone(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/workflows")
    page.get_by_role("button", name="New workflow").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("textbox", name="Name").wait_for()
    page.keyboard.type("by-keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/workflows/by-keyboard")
    page.get_by_role("button", name=re.compile("^Twilio action")).first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Message", exact=True).focus()
    page.keyboard.type("Typed, not clicked")
    page.get_by_role("button", name=re.compile("^Wait for reply")).focus()
    page.keyboard.press("Enter")
    saved(page)
    text = str(site.ask("GET", "/api/v1/drafts/by-keyboard")["text"])
    assert "Typed, not clicked" in text
    assert "twilio/wait_for_reply@v1" in text
    page.locator(".react-flow__pane").focus()
    page.keyboard.press("Control+z")
    page.get_by_role("button", name=re.compile("^Redo")).wait_for()
    saved(page)
    assert "wait_for_reply" not in str(site.ask("GET", "/api/v1/drafts/by-keyboard")["text"])


def test_what_is_open_in_eight_tabs_hears_of_a_change_in_each(site: Site, page: Page, context: BrowserContext) -> None:
    site.sign_in(page)
    tabs = [page, *(context.new_page() for _ in range(7))]
    for tab in tabs:
        tab.goto(f"{site.url}/messages")
        tab.locator("h1").first.wait_for()
    site.ask("POST", "/api/v1/messages", {"to": ANA, "message": "Heard in every tab"})
    for tab in tabs:
        tab.get_by_text("Heard in every tab").first.wait_for()


def test_a_restart_of_the_server_in_the_middle_is_survived(site: Site, page: Page) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/messages")
    page.locator("h1").first.wait_for()
    site.restart()
    site.ask("POST", "/api/v1/messages", {"to": ANA, "message": "After the restart"})
    page.get_by_text("After the restart").first.wait_for()


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("viewer", "/runs", "New workflow"),
        ("editor", "/workflows", None),
    ],
)
def test_a_role_sees_what_it_may_do(site: Site, page: Page, role: str, may: str, may_not: str | None) -> None:
    site.sign_in(page, role)
    page.goto(f"{site.url}{may}")
    page.locator("h1").first.wait_for()
    page.goto(f"{site.url}/workflows")
    page.locator("h1").first.wait_for()
    page.get_by_text(re.compile(r"\d+ workflows")).first.wait_for()
    assert (page.get_by_role("button", name="New workflow").count() == 0) == (may_not is not None)


def test_viewers_see_the_last_four_digits_of_a_number_and_no_more(site: Site, page: Page) -> None:
    site.ask("POST", "/api/v1/messages", {"to": ANA, "message": "Call me on +14155550177"})
    site.sign_in(page, "viewer")
    page.goto(f"{site.url}/messages")
    page.get_by_text(re.compile("Call me on")).first.wait_for()
    shown = page.locator("main").inner_text()
    assert "0123" in shown
    assert "4155550123" not in re.sub(r"\D", "", shown)
    assert "4155550177" not in re.sub(r"\D", "", shown)


def test_a_change_without_the_pages_own_token_is_refused(site: Site, page: Page) -> None:
    site.sign_in(page)
    refused = page.request.post(f"{site.url}/api/v1/messages", data={"to": ANA, "message": "From another site"})
    assert refused.status == 403
    assert "csrf" in refused.json()["code"]


def test_a_wrong_password_says_no_more_than_that(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/sign-in")
    page.get_by_role("textbox", name="Name").fill("admin@example.com")
    page.get_by_label("Password", exact=True).fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    assert "password" in page.get_by_role("alert").inner_text().lower()
    assert violations(page) == []


def test_an_api_key_that_is_none_of_ours_opens_nothing(site: Site, page: Page) -> None:
    given = page.request.get(f"{site.url}/api/v1/messages", headers={"Authorization": "Bearer rlk_nonsense"})
    assert given.status == 401
