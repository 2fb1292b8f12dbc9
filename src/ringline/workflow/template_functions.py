"""What templates may call: the functions that whoever runs workflows hands in, or the standard ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ringline.clock import Clock


def functions_for(services: Mapping[str, Any], defaults: Mapping[str, Any], clock: Clock) -> Mapping[str, Any]:
    """The functions by the names templates call them; *defaults* are the definition's."""
    given: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = services.get("template_helpers")
    if given is not None:
        return given(defaults)
    from ringline.templating import standard_helpers  # Jinja comes with it, and only templates need that

    links = services.get("links")
    return standard_helpers(
        country=defaults.get("country"),
        language=defaults.get("language") or "en",
        timezone=defaults.get("timezone") or "UTC",
        shorten=links.shorten if links is not None else None,
        now=clock.now,
    )


def names_for(services: Mapping[str, Any], defaults: Mapping[str, Any], clock: Clock) -> set[str]:
    """Every name a template may call, filters included."""
    from ringline.templating.filters import FILTERS

    return {*functions_for(services, defaults, clock), *FILTERS}
