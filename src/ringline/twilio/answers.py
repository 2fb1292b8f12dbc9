"""What Twilio's answers say: its two forms of error, and the headers that matter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from ringline.errors import TwilioError, TwilioRejectedError, TwilioUnavailableError

REQUEST_ID_HEADER = "Twilio-Request-Id"


@dataclass(frozen=True, slots=True)
class TwilioProblem:
    """An error as Twilio worded it, in its own form or as RFC 9457.

    ``code`` is ``None`` when the body is not Twilio's; then something in between has answered.
    """

    http_status: int
    code: int | None
    message: str
    title: str | None = None
    detail: str | None = None
    errors: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def is_twilios(self) -> bool:
        """Whether Twilio itself answered, rather than a proxy or another server."""
        return self.code is not None

    def sdk_text(self, prefix: str) -> str:
        """What ``str()`` of the official SDK's exception gives; *prefix* as in ``Unable to create record``."""
        if self.title is not None:
            text = f"HTTP {self.http_status} error: {self.title}"
            if self.detail:
                text += f" - {self.detail}"
            if self.errors:
                places = (f"{error.get('pointer', '?')} ({error.get('detail', '?')})" for error in self.errors)
                text += f" | Validation errors: {', '.join(places)}"
            return text
        if self.is_twilios and self.message:
            return f"HTTP {self.http_status} error: {prefix}: {self.message}"
        return f"HTTP {self.http_status} error: {prefix}"


def read_json(text: str) -> dict[str, Any] | None:
    """The JSON object in *text*, or ``None`` when there is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def read_problem(http_status: int, text: str) -> TwilioProblem:
    """The error in the body of an answer with an error status."""
    payload = read_json(text)
    code = _code(payload.get("code")) if payload is not None else None
    if payload is None or code is None:
        shown = " ".join(text.split())[:200]
        return TwilioProblem(http_status, None, shown)
    if isinstance(payload.get("title"), str) and "type" in payload:
        details = payload.get("errors")
        return TwilioProblem(
            http_status,
            code,
            str(payload.get("detail") or payload["title"]),
            title=payload["title"],
            detail=str(payload["detail"]) if payload.get("detail") else None,
            errors=tuple(entry for entry in details if isinstance(entry, dict)) if isinstance(details, list) else (),
        )
    return TwilioProblem(http_status, code, str(payload.get("message") or ""))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the ``Retry-After`` header asks to wait, in either of its forms; ``None`` without a readable one."""
    value = headers.get("Retry-After")
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        # Against the server's own clock, so that ours need not be right.
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())


def error_of(http_status: int, headers: Mapping[str, str], text: str, *, doing: str) -> TwilioError:
    """The exception for an answer that is not a success; *doing* completes "Twilio refused to …"."""
    from ringline.twilio.error_catalogue import find

    problem = read_problem(http_status, text)
    request_id = headers.get(REQUEST_ID_HEADER)
    if problem.code is None:
        sentence = f"Something other than Twilio answered the request to {doing} (HTTP {http_status})."
        fix = "Check the Twilio base URL, and any proxy between this machine and Twilio."
    else:
        entry = find(problem.code)
        sentence = f"Twilio refused to {doing}: {problem.message or entry.title} (error {problem.code})."
        fix = entry.fix
    unavailable = http_status in (408, 429) or http_status >= 500 or http_status < 400
    kind = TwilioUnavailableError if unavailable else TwilioRejectedError
    return kind(
        sentence,
        code=problem.code,
        status=http_status,
        request_id=request_id,
        fix=fix,
        retry_after=retry_after(headers),
    )


def _code(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None
