"""All calls and conversations by id, for who counts them anew."""

from __future__ import annotations

from sqlalchemy import select

from ringline.voice.sessions.store.sessions import sessions
from ringline.voice.store import calls

CALLS = select(calls.c.id)
SESSIONS = select(sessions.c.id).where(sessions.c.ended_at.is_not(None))
