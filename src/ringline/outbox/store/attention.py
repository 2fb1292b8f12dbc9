"""How many messages somebody should look at, counted up to a bound: none of these reads the whole table."""

from __future__ import annotations

from sqlalchemy import text

# Those of calls too: they are settled in the same place.
UNRESOLVED = text(
    "SELECT count(*) AS count FROM"
    " (SELECT id FROM messages WHERE stage = 'unresolved' AND closed_at IS NULL LIMIT :most) AS found"
)
# SQLite uses an index of some rows only where the statement says word by word which rows these are.
UNKNOWN = text(
    "SELECT count(*) AS count FROM (SELECT id FROM attempts"
    " WHERE outcome IN ('open', 'unknown') AND outcome = 'unknown' LIMIT :most) AS found"
)
HELD = text(
    "SELECT count(*) AS count FROM"
    " (SELECT id FROM messages WHERE stage = 'held' AND hold_reason = :reason LIMIT :most) AS found"
)
