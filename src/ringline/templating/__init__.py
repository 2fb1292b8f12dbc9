"""Texts with gaps: Roboflow's ``{{ $parameters.x }}`` placeholders, and ``{{ }}`` templates."""

from __future__ import annotations

from ringline.templating.notification import cut, notification_text, render_notification

__all__ = ["cut", "notification_text", "render_notification"]
