"""What the pages ask of their lists: every filter, search and further page, and the figures of the overview."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from benchmarks import ui_rows

_STAGES = ("unresolved", "held", "ready", "posting", "unknown", "accepted", "failed", "refused", "canceled")
_MESSAGE_STATUSES = ("delivered", "sent", "undelivered", "failed", "read", "scheduled", "queued")
_RUN_STATUSES = ("running", "waiting", "paused", "completed", "failed", "canceled")
_CALL_STATUSES = ("completed", "no-answer", "in-progress", "canceled")


def questions(kept: dict[str, str]) -> list[tuple[str, str]]:
    """Each with its name and path; *kept* are ids and numbers that there are."""
    day = datetime.now(UTC) - timedelta(days=45)
    span = {"since": day.isoformat(), "until": (day + timedelta(days=1)).isoformat()}
    week = {"since": (datetime.now(UTC) - timedelta(days=7)).isoformat()}
    words = {
        "searched by a word of every second": {"search": "parcel"},
        "searched by a word of every second, in the middle": {"search": "parcel", "cursor": kept["id"]},
        "searched by a word of all": {"search": "number"},
        "searched by one letter": {"search": "t"},
        "searched by two words": {"search": "parcel tomorrow"},
        "searched by a word of one in forty": {"search": ui_rows.OFTEN[0]},
        "searched by a word of one in a hundred": {"search": ui_rows.SOMETIMES[0]},
        "searched by a word of one in a thousand": {"search": ui_rows.SELDOM[0]},
        "searched by a word of long ago": {"search": ui_rows.LONG_AGO},
        "searched by a word of all and one of long ago": {"search": f"number {ui_rows.LONG_AGO}"},
        "searched by words that never meet": {"search": f"{ui_rows.SOMETIMES[0]} {ui_rows.SELDOM[0]}"},
        "searched by a rare word": {"search": ui_rows.RARE},
        "searched by nothing there is": {"search": "quagga"},
    }
    people = {
        "searched by number": {"search": kept["to"]},
        "searched by a number's beginning": {"search": kept["to"][:9]},
        "searched by last digits": {"search": kept["to"][-4:]},
        "searched by a name": {"search": kept["contact"]},
        "searched by a name of many": {"search": ui_rows.NAMES[0]},
    }
    messages = {
        "all": {},
        "a page in the middle": {"cursor": kept["id"]},
        **{f"stage {stage}": {"stage": stage} for stage in _STAGES},
        **{f"status {status}": {"status": status} for status in _MESSAGE_STATUSES},
        "undelivered, in the middle": {"status": "undelivered", "cursor": kept["id"]},
        "to a number": {"to": kept["to"]},
        "of a run": {"run": kept["run"]},
        "on WhatsApp": {"channel": "whatsapp"},
        "of a workflow": {"workflow": "flow_3"},
        "of a workflow and stage": {"workflow": "flow_3", "stage": "failed"},
        "of a week": week,
        "of a day": span,
        "refused on WhatsApp": {"channel": "whatsapp", "stage": "refused"},
        "canceled on WhatsApp of a week": {"channel": "whatsapp", "stage": "canceled", **week},
        "undelivered of a day": {"status": "undelivered", **span},
        "searched by id": {"search": kept["id"]},
        "searched by run": {"search": kept["run"]},
        **people,
        **words,
        "read, searched by a word of every second": {"search": "parcel", "status": "read"},
    }
    runs = {
        "all": {},
        "a page in the middle": {"cursor": kept["run"]},
        "of a workflow": {"workflow": "flow_3"},
        "of a workflow, in the middle": {"workflow": "flow_3", "cursor": kept["run"]},
        **{f"status {status}": {"status": status} for status in _RUN_STATUSES},
        "failed of a workflow": {"workflow": "flow_3", "status": "failed"},
        "waiting of a workflow": {"workflow": "flow_3", "status": "waiting"},
        "with failures": {"has_failures": "true"},
        "without failures": {"has_failures": "false"},
        "by a schedule": {"trigger": "schedule"},
        "by hand": {"trigger": "manual"},
        "by a webhook (none)": {"trigger": "webhook"},
        "by a webhook of a workflow (none)": {"trigger": "webhook", "workflow": "flow_3"},
        "of a week": week,
        "of a day": span,
        "failed of a day": {"status": "failed", **span},
        "searched by id": {"search": kept["run"]},
        "searched by workflow": {"search": "flow_3"},
        "searched by a part of all workflows": {"search": "flow"},
        **people,
        **words,
    }
    calls = {
        "all": {},
        "a page in the middle": {"cursor": kept["call"]},
        **{f"status {status}": {"status": status} for status in _CALL_STATUSES},
        "that they placed": {"direction": "inbound"},
        "of a workflow": {"workflow": "flow_3"},
        "of a day": span,
        "searched by id": {"search": kept["call"]},
        "searched by number": {"search": kept["called"]},
        "searched by last digits": {"search": kept["called"][-4:]},
        "searched by a name": {"search": kept["contact"]},
        "searched by a word of every second": {"search": "parcel"},
        "searched by a rare word": {"search": ui_rows.RARE},
        "searched by a word of every message, not of calls": {"search": "number"},
    }
    conversations = {
        "all": {},
        "unread": {"show": "unread"},
        "in which they wrote": {"show": "wrote"},
        **people,
        **words,
    }
    contacts = {"all": {}, **{name: given for name, given in people.items() if "last digits" not in name}}
    lists = {
        "messages": messages,
        "runs": runs,
        "calls": calls,
        "conversations": {
            name: given for name, given in conversations.items() if "cursor" not in given
        },
        "contacts": contacts,
    }  # fmt: skip
    found = [
        (f"{of}, {what}", _path(f"/api/v1/{of}", {"limit": "50", **given}))
        for of, asked in lists.items()
        for what, given in asked.items()
        # An id of a message is no cursor among runs.
        if not (of == "runs" and given.get("cursor", "run_")[:4] != "run_")
    ]
    found.append(("messages that nobody knows about", "/api/v1/messages/unresolved?limit=20"))
    found.append(("a conversation", f"/api/v1/conversations/{quote(kept['to'])}?limit=50"))
    found.append(("what needs somebody", "/api/v1/figures/attention"))
    for span_ in ("today", "7d", "30d"):
        found.append((f"figures, {span_}", _path("/api/v1/figures", {"range": span_, "zone": "Europe/Berlin"})))
        found.append((f"figures by workflow, {span_}", _path("/api/v1/figures/flows", {"range": span_, "zone": "UTC"})))
    return found


def _path(path: str, given: dict[str, str]) -> str:
    return f"{path}?{urlencode(given, quote_via=quote)}"
