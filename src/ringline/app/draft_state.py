"""A draft as it is kept: its row, or the newest version where nothing was edited since; and what may be kept as one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.app.registry import block_registry
from ringline.errors import DefinitionError, NotFoundError, RequestError
from ringline.workflow import read_document
from ringline.workflow.editing import apply
from ringline.workflow.editing.edits import SetValue
from ringline.workflow.store import definitions
from ringline.workflow.store import drafts as store

if TYPE_CHECKING:
    from ringline.database import Row, Transaction
    from ringline.workflow.editing.editor import Positions

MOST_CHARACTERS = 1_000_000
NEW = """\
version: "1.0"
name: {name}
inputs: []
steps: []
outputs: []
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft's row, or what stands for it where there is none."""

    row: Row | None
    text: str
    readable: str | None
    positions: Positions
    base: int | None
    etag: str
    saved_at: float


def no_such_workflow(name: str) -> NotFoundError:
    """There is neither a version nor a draft."""
    return NotFoundError(f"there is no workflow {name!r}", fix="begin it on the page of workflows")


def kept_in(tx: Transaction, name: str) -> Kept:
    """The draft of a workflow, else its newest version. Raises `NotFoundError`."""
    row = store.get_draft(tx, name)
    if row is not None:
        etag = f"{int(row['begun_at'] * 1000):x}.{row['revision']}"
        positions = json.loads(row["positions"])
        base = row["base_version"]
        return Kept(row, row["definition"], row["readable"], positions, base, etag, row["saved_at"])
    version = definitions.get_version(tx, name)
    if version is None or version["removed_at"] is not None:
        raise no_such_workflow(name)
    positions = store.layout_of(tx, name, version["version"])
    number = version["version"]
    return Kept(None, version["definition"], None, positions, number, f"v{number}", version["created_at"])


def text_at(tx: Transaction, name: str, etag: str) -> str | None:
    """What a browser saw that has this etag; None where that is no longer known."""
    if etag.startswith("v") and etag[1:].isdigit():
        version = definitions.get_version(tx, name, int(etag[1:]))
        return version["definition"] if version is not None else None
    revision = etag.rpartition(".")[2]
    row = store.get_draft(tx, name)
    if row is None or not revision.isdigit() or not etag.startswith(f"{int(row['begun_at'] * 1000):x}."):
        return None
    return store.earlier_text(tx, name, int(revision))


def readable_of(text: str, last: str | None) -> str | None:
    """The last text that could be read, where this one cannot."""
    try:
        read_document(text)
    except DefinitionError:
        return last
    return None


def is_json(text: str) -> bool:
    """Whether a definition is written as JSON."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def called(text: str, name: str) -> str:
    """The text with its own name, if it says one, put to *name*."""
    try:
        if "name" not in read_document(text).data:
            return text
        return apply(text, [SetValue(op="set", path=["name"], value=name)], block_registry()).text
    except (DefinitionError, RequestError):
        return text


def checked_name(name: str) -> str:
    """A name that a workflow may have, since it stands in addresses and in `name@version`."""
    stripped = name.strip()
    if not stripped or len(stripped) > 100 or any(sign in stripped for sign in "/@\\\n\r\t?#%") or stripped == ".":
        raise RequestError(
            f"`{name}` cannot be a workflow's name",
            field="name",
            fix="use up to 100 letters, digits, blanks, `_` and `-`",
        )
    return stripped


def check_size(text: str) -> None:
    """Raise `RequestError` for a text no editor should be asked to show."""
    if len(text) > MOST_CHARACTERS:
        raise RequestError(
            f"the definition has {len(text):,} characters; the limit is {MOST_CHARACTERS:,}",
            field="text",
            fix="split the workflow, or pass large data in as inputs",
        )
