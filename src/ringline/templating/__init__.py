"""Texts with gaps: Roboflow's ``{{ $parameters.x }}`` placeholders, and our ``{{ }}`` templates."""

from __future__ import annotations

from ringline.templating.expression import EXPLICIT_ROOTS
from ringline.templating.filters import FILTERS
from ringline.templating.formatting import STANDARD_HELPERS, standard_helpers
from ringline.templating.notification import cut, notification_text, render_notification
from ringline.templating.template import CompiledTemplate, compile_template

__all__ = [
    "EXPLICIT_ROOTS",
    "FILTERS",
    "STANDARD_HELPERS",
    "CompiledTemplate",
    "compile_template",
    "cut",
    "notification_text",
    "render_notification",
    "standard_helpers",
]
