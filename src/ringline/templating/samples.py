"""Made-up values for the names that a template reads, so that it can be shown before anybody's data are there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ringline.templating.template import CompiledTemplate

_LISTS = re.compile(r"\{\{#each\s+([^}|]+?)\s*\}\}")
_FIELDS = re.compile(r"\bthis\.(\w+)")
_HELPED = re.compile(r"\b(format\w+|pluralize|shortenUrl)\(\s*([A-Za-z_][\w.]*)")
_BY_HELPER: Mapping[str, Any] = {
    "formatDate": "2026-05-18",
    "formatTime": "2026-05-18T15:30:00",
    "formatCurrency": 49.9,
    "formatNumber": 1250,
    "pluralize": 3,
    "formatPhoneNumber": "+14155550123",
    "shortenUrl": "https://example.com/orders/10482",
}
# The first word that stands in a name decides, so what is particular comes first.
_BY_WORD: tuple[tuple[str, Any], ...] = (
    ("phone", "+14155550123"), ("mobile", "+14155550123"), ("email", "maria@example.com"),
    ("url", "https://example.com/t/10482"), ("link", "https://example.com/t/10482"), ("time", "15:30"),
    ("date", "2026-05-18"), ("day", "Monday"), ("doctor", "Chen"), ("first", "Maria"), ("last", "Lopez"),
    ("code", "482913"), ("number", "10482"), ("total", "49.90"), ("price", "49.90"), ("amount", "49.90"),
    ("count", 3), ("quantity", 3), ("minutes", 10), ("city", "Springfield"), ("address", "12 Main Street"),
    ("location", "Main Street"), ("company", "Acme"), ("status", "shipped"), ("language", "en"), ("reply", "Yes"),
    ("body", "Yes"), ("value", "Yes"), ("text", "Yes"), ("name", "Maria"), ("id", "10482"),
)  # fmt: skip


def sample_of(name: str, text: str = "") -> Any:
    """A likely value of *name*, as it is read in *text*."""
    for helper, read in _HELPED.findall(text):
        if read == name:
            return _BY_HELPER.get(helper, "Maria")
    last = name.rpartition(".")[2]
    spoken = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", last).lower()
    return next((value for word, value in _BY_WORD if word in spoken), last.replace("_", " "))


def samples_of(template: CompiledTemplate) -> dict[str, Any]:
    """A value for every name that the template reads, in the order of the alphabet."""
    lists = {name.strip() for name in _LISTS.findall(template.text)}
    values: dict[str, Any] = {}
    for name in sorted(template.names):
        if name in lists:
            parts = {*_FIELDS.findall(template.text), *(part for part in template.loop_names if "." not in part)}
            item = {part: sample_of(part) for part in sorted(parts)}
            values[name] = [item, item] if item else ["one", "two"]
        elif not any(name.startswith(f"{one}.") for one in lists):
            values[name] = sample_of(name, template.text)
    return values


def scope_of(samples: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted names as a template finds them: ``order.id`` under ``order``."""
    scope: dict[str, Any] = {}
    for name, value in samples.items():
        *around, last = name.split(".")
        here = scope
        for part in around:
            inner = here.get(part)
            if not isinstance(inner, dict):
                inner = here[part] = {}
            here = inner
        if not isinstance(here.get(last), dict) or isinstance(value, dict):
            here[last] = value
    return scope
