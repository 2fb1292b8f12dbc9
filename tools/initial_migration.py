"""Writes the first migration anew from the tables that all rooms declare. Only until the first release: after it, a
change of a table is a new revision.

    python tools/initial_migration.py
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext

import ringline
from ringline.database.migrations import HEAD
from ringline.database.schema import made_beside, metadata

PACKAGE = Path(ringline.__file__).parent
TARGET = PACKAGE / "database" / "migrations" / "versions" / f"{HEAD}_initial.py"

HEADER = f'''"""Every table Ringline starts with. Written by `tools/initial_migration.py`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "{HEAD}"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their indexes."""
'''


def import_every_store() -> None:
    """Import each room's ``store.py``, or what its ``store/`` consists of, so that the metadata knows all tables."""
    for path in sorted([*PACKAGE.glob("**/store.py"), *PACKAGE.glob("**/store/*.py")]):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        importlib.import_module(".".join(("ringline", *(part for part in parts if part != "__init__"))))


def as_text() -> str:
    """The migration's source: what would have to be done to an empty database."""
    import_every_store()
    with sa.create_engine("sqlite://").connect() as connection:
        empty = MigrationContext.configure(connection)
        code = render_python_code(produce_migrations(empty, metadata).upgrade_ops, migration_context=empty)
    tables = "\n".join(line for line in code.splitlines() if not line.lstrip().startswith("#"))
    others = "".join(
        f"    if op.get_bind().dialect.name == {dialect!r}:\n        op.execute({statement!r})\n"
        for dialect, statement in made_beside()
    )
    return f"{HEADER}{tables}\n{others}"


if __name__ == "__main__":
    TARGET.write_text(as_text())
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(TARGET)], check=True)
    sys.stdout.write(f"wrote {len(metadata.tables)} tables to {TARGET}\n")
