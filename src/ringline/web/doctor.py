"""What is misconfigured, each finding with what to do about it; the public URL first, since most depends on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from ringline.errors import CredentialError, NotFoundError, TwilioError
from ringline.web import store
from ringline.web.access import is_loopback
from ringline.web.numbers import ConnectedNumber, list_numbers

if TYPE_CHECKING:
    from ringline.app import Ringline

Level = Literal["ok", "warning", "error"]

_ANSWER_SECONDS = 5.0
_CLOCK_SLACK = timedelta(seconds=5)
_OVERDUE = timedelta(minutes=5)
_RECENT = timedelta(days=1)
_SHOWN = 200
_NUMBERS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    level: Level
    detail: str
    fix: str = ""


async def examine(ringline: Ringline) -> list[Finding]:
    """Everything worth knowing about this deployment, in the order in which it should be mended."""
    findings: list[Finding] = []
    for part in (_public_url, _credentials, _webhooks, _database, _workers, _clock, _messages):
        findings += [finding async for finding in part(ringline)]
    return findings


async def _public_url(ringline: Ringline) -> AsyncIterator[Finding]:
    url = ringline.settings.public_url
    topic = "public URL"
    if not url:
        yield Finding(
            topic,
            "warning",
            "No public URL is set: no status callbacks, no replies, no short links; statuses are asked for instead.",
            "Set RINGLINE_PUBLIC_URL to the address Twilio reaches this server at (a tunnel will do for trying).",
        )
        return
    parts = urlsplit(url)
    if ringline.settings.twilio_base_url is None and is_loopback(parts.hostname or ""):
        yield Finding(topic, "error", f"{url} is this machine, which Twilio cannot reach.", "Use a public name.")
        return
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        yield Finding(topic, "warning", f"{url} is not encrypted; anybody on the way can read it.", "Use https.")
    status = await _get_status(f"{url}/health")
    if status == 200:
        yield Finding(topic, "ok", f"{url} answers.")
    else:
        said = "does not answer" if status is None else f"answers {status} to /health"
        yield Finding(
            topic, "warning", f"{url} {said}, asked from here.", "See that the tunnel or proxy leads to this server."
        )


async def _credentials(ringline: Ringline) -> AsyncIterator[Finding]:
    found = await ringline.credentials.list()
    if not found:
        yield Finding("credentials", "error", "No Twilio account is stored.", "ringline credentials add")
    for credential in found:
        topic = f"credential {credential.name}"
        result = await ringline.credentials.test(credential.name)
        yield Finding(topic, "ok" if result.ok else "error", result.detail, result.fix)
        if not result.ok or not ringline.settings.public_url:
            continue
        try:
            numbers = await list_numbers(ringline, credential.name)
        except (TwilioError, CredentialError, NotFoundError) as error:
            yield Finding(topic, "warning", f"Its numbers cannot be listed: {error}", getattr(error, "fix", ""))
            continue
        for finding in (*_numbers(credential.name, numbers), *_called(credential.name, numbers)):
            yield finding


def _numbers(credential: str, numbers: Sequence[ConnectedNumber]) -> Iterator[Finding]:
    """One finding for all numbers whose messages come here, and one for each other place they go to."""
    topic = f"numbers of {credential}"
    by_place: dict[str, list[str]] = {}
    for number in numbers:
        by_place.setdefault("" if number.is_connected else number.sms_url or "nowhere", []).append(number.phone_number)
    if not numbers:
        yield Finding(topic, "warning", "The account has no number.", "Buy one in the Twilio console, Phone Numbers.")
    for place, found in sorted(by_place.items()):
        if not place:
            yield Finding(topic, "ok", f"What arrives at {_some(found)} comes to this server.")
            continue
        goes = "goes nowhere" if place == "nowhere" else f"goes to {place}"
        fix = f"ringline numbers connect {found[0] if len(found) == 1 else ''}".rstrip() + f" --credential {credential}"
        yield Finding(topic, "warning", f"What arrives at {_some(found)} {goes}.", fix)


def _called(credential: str, numbers: Sequence[ConnectedNumber]) -> Iterator[Finding]:
    """Where calls to the numbers go, if that is not here for all of them; who wants none says nothing by it."""
    here = [number.phone_number for number in numbers if number.takes_calls]
    elsewhere = [number.phone_number for number in numbers if not number.takes_calls]
    if not here:
        return
    topic = f"calls to {credential}"
    yield Finding(topic, "ok", f"Calls to {_some(here)} come to this server.")
    if elsewhere:
        yield Finding(
            topic,
            "ok",
            f"Calls to {_some(elsewhere)} are answered elsewhere, or by nobody.",
            "If they are to come here: ringline numbers connect",
        )


def _some(numbers: Sequence[str]) -> str:
    """The first few of *numbers*, and how many more."""
    more = len(numbers) - _NUMBERS_SHOWN
    return ", ".join(numbers[:_NUMBERS_SHOWN]) + (f" and {more} more" if more > 0 else "")


async def _webhooks(ringline: Ringline) -> AsyncIterator[Finding]:
    rows = await ringline.database.read(store.list_refusals)
    oldest = (ringline.clock.now() - _RECENT).timestamp()
    recent = [row for row in rows if row["last_at"] >= oldest]
    for row in recent:
        times = "once" if row["times"] == 1 else f"{row['times']} times"
        yield Finding(f"webhook {row['path']}", "warning", f"Refused {times}: {row['detail']}", row["fix"])
    if not recent:
        yield Finding("webhooks", "ok", "No webhook was refused in the last 24 hours.")


async def _database(ringline: Ringline) -> AsyncIterator[Finding]:
    await ringline.database.read(store.list_refusals)
    if ringline.database.dialect == "sqlite":
        yield Finding("database", "ok", "SQLite, for one process. Several need Postgres (RINGLINE_DATABASE_URL).")
    else:
        yield Finding("database", "ok", "Postgres.")


async def _workers(ringline: Ringline) -> AsyncIterator[Finding]:
    found = await ringline.workers.list()
    working = [worker for worker in found if worker.state == "working"]
    for worker in found:
        if worker.state == "lost":
            yield Finding(
                "workers",
                "warning",
                f"{worker.id} (process {worker.pid} on {worker.host}) fell silent at {worker.seen_at:%Y-%m-%d %H:%M:%S}"
                " UTC; what it had in hand was taken over.",
                "Look into its log, and for what ended it (memory?). It is forgotten after a day.",
            )
    versions = sorted({worker.version for worker in working})
    if len(versions) > 1:
        yield Finding(
            "workers", "warning", f"Several versions work at once: {', '.join(versions)}.", "Finish the upgrade."
        )
    if working:
        names = ", ".join(f"{worker.kind} {worker.pid} on {worker.host}" for worker in working[:_NUMBERS_SHOWN])
        more = f" and {len(working) - _NUMBERS_SHOWN} more" if len(working) > _NUMBERS_SHOWN else ""
        yield Finding("workers", "ok", f"At work: {names}{more}.")
    else:
        yield Finding(
            "workers",
            "warning",
            "No process works on this database, so nothing is sent.",
            "ringline serve, or on Postgres ringline worker",
        )


async def _clock(ringline: Ringline) -> AsyncIterator[Finding]:
    base = ringline.settings.twilio_url
    header = await _get_date(base)
    if header is None:
        yield Finding("clock", "warning", f"{base} did not answer, so it was not compared.", "Check the network.")
        return
    if not header:
        yield Finding("clock", "ok", f"{base} gives no date to compare it with.")
        return
    try:
        theirs = parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        yield Finding("clock", "warning", f"{base} gives the date as {header!r}, which cannot be read.")
        return
    off = ringline.clock.now() - theirs
    if abs(off) <= _CLOCK_SLACK:
        yield Finding("clock", "ok", "It agrees with Twilio's.")
    else:
        seconds = round(abs(off.total_seconds()))
        way = "ahead of" if off > timedelta() else "behind"
        yield Finding("clock", "error", f"It is {seconds} s {way} Twilio's.", "Let the machine follow an NTP server.")


async def _messages(ringline: Ringline) -> AsyncIterator[Finding]:
    unresolved = await ringline.outbox.settlements.waiting(limit=_SHOWN)
    if unresolved:
        yield Finding(
            "messages",
            "error",
            f"{_count(len(unresolved))} cannot be settled: nobody knows whether they went out. "
            f"First: {unresolved[-1].id}",
            "ringline messages unresolved shows them; look in Twilio's log, then ringline messages settle",
        )
    overdue_before = ringline.clock.now() - _OVERDUE
    ready = await ringline.messages.list(stage="ready", limit=_SHOWN)
    stuck = [message for message in ready if (message.send_at or message.created_at or overdue_before) < overdue_before]
    if stuck:
        yield Finding(
            "messages",
            "warning",
            f"{_count(len(stuck))} should have been sent more than 5 minutes ago. First: {stuck[-1].id}",
            "See that a worker runs (`ringline serve` or `ringline worker`), and its log.",
        )
    if not unresolved and not stuck:
        yield Finding("messages", "ok", "None is stuck.")


def _count(number: int) -> str:
    return "1 message" if number == 1 else f"{number}{'+' if number >= _SHOWN else ''} messages"


async def _get_status(url: str) -> int | None:
    from aiohttp import ClientError, ClientSession, ClientTimeout

    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=_ANSWER_SECONDS)) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return answer.status
    except (ClientError, TimeoutError, OSError):
        return None


async def _get_date(url: str) -> str | None:
    """The date a server gives with its answer, empty if it gives none; ``None`` if it does not answer."""
    from aiohttp import ClientError, ClientSession, ClientTimeout

    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=_ANSWER_SECONDS)) as session,
            session.get(f"{url}/2010-04-01/Accounts.json", allow_redirects=False) as answer,
        ):
            return answer.headers.get("Date", "")
    except (ClientError, TimeoutError, OSError):
        return None
