"""Definitions edited: small edits done on their text, the flow they draw, and what differs between two of them.

All pure functions of texts. Which file holds what: ``edits`` what may be asked for, ``applying`` edits on a text,
``editor`` what each edit means for the data (with ``fields``, ``connections``, ``renaming``), ``tree``, ``rewriting``,
``blocks`` and ``writing`` the data back into the text, ``graph`` and ``nodes`` the drawing, ``diffs`` differences.
"""

from __future__ import annotations

from ringline.workflow.editing.applying import Edited, apply
from ringline.workflow.editing.edits import EDITS, Edit

__all__ = ["EDITS", "Edit", "Edited", "apply"]
