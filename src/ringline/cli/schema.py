"""`ringline schema`: the JSON Schema of definitions, for editors."""

from __future__ import annotations

import typer

from ringline.cli.terminal import print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema")(schema)


def schema() -> None:
    """Print the JSON Schema of workflow definitions, for completion and checks in an editor."""
    from ringline.app import block_registry
    from ringline.workflow import definition_schema

    print_json(definition_schema(block_registry()))
