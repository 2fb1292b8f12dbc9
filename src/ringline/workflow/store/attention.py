"""How many runs somebody should look at."""

from __future__ import annotations

from sqlalchemy import bindparam, text

from ringline.database.schema import ROW_NUMBER, Seconds
from ringline.workflow.store.tables import is_of_rare_status

# Of those that began not too long ago, since that is what their index is in the order of.
FAILED = text(
    "SELECT count(*) AS count FROM (SELECT id FROM runs"  # noqa: S608 - a constant
    f" WHERE status = 'failed' AND {is_of_rare_status} AND id >= :began AND finished_at >= :since LIMIT :most) AS found"
).bindparams(bindparam("began", type_=ROW_NUMBER), bindparam("since", type_=Seconds()))
