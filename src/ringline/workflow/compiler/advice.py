"""What `check` remarks on although it runs: warnings that need the whole definition, and those of the blocks."""

from __future__ import annotations

from ringline.workflow.compiler.draft import Draft


def give_advice(draft: Draft) -> None:
    """Look for what the author hardly meant."""
