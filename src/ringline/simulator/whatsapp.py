"""WhatsApp's rules: the window after a person's last message, and templates that may be sent outside it."""

from __future__ import annotations

import json
import re

from ringline.simulator.records import Content
from ringline.simulator.refusals import Refusal

WINDOW_SECONDS = 24 * 3600

# What WhatsApp has decided about a template, and the error of sending it all the same.
_TEMPLATE_FAULTS = {"rejected": 63040, "paused": 63041, "disabled": 63042}

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


def window_is_open(last_inbound: float | None, now: float) -> bool:
    """Whether a free-form message may still be sent to somebody who last wrote at that moment."""
    return last_inbound is not None and now - last_inbound < WINDOW_SECONDS


def fault_of(content: Content | None, last_inbound: float | None, now: float) -> int | None:
    """Why a message would not get through, as an error code; outside the window only approved templates do."""
    if window_is_open(last_inbound, now):
        return None
    if content is None:
        return 63016
    return None if content.approval == "approved" else _TEMPLATE_FAULTS.get(content.approval, 63016)


def parse_variables(text: str | None) -> dict[str, str]:
    """The values of ``ContentVariables``, a JSON object of texts. Raises `Refusal` 21656."""
    if not text:
        return {}
    try:
        variables = json.loads(text)
    except ValueError:
        raise Refusal(21656) from None
    if not isinstance(variables, dict):
        raise Refusal(21656)
    if not all(isinstance(value, str | int | float) for value in variables.values()):
        raise Refusal(21656)
    return {str(name): str(value) for name, value in variables.items()}


def render(content: Content, variables: dict[str, str]) -> tuple[str, list[str]]:
    """The text and media URLs of a template with these values; its own examples stand in for values left out."""
    values = {**content.variables, **variables}

    def fill(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)

    for shape in content.types.values():
        lines = [fill(shape[key]) for key in ("title", "body", "subtitle", "footer") if isinstance(shape.get(key), str)]
        media = shape.get("media") or []
        urls = [fill(url) for url in ([media] if isinstance(media, str) else media)]
        return "\n".join(lines), urls
    return "", []
