"""Which statuses of messages, runs and findings are good news and which are bad; after any other, more is to come."""

from __future__ import annotations

GOOD = frozenset({"delivered", "read", "received", "completed", "ok"})
BAD = frozenset({"failed", "undelivered", "refused", "unresolved", "canceled", "error"})
FINAL = GOOD | BAD
