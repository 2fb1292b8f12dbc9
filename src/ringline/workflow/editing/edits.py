"""What an editor may ask for: each edit is small, and says what is meant rather than how the text is written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Path = list[str | int]


class Position(BaseModel):
    """Where a node stands on the canvas."""

    model_config = ConfigDict(extra="forbid")

    x: Annotated[float, Field(ge=-1_000_000, le=1_000_000)]
    y: Annotated[float, Field(ge=-1_000_000, le=1_000_000)]


class _Edit(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, hide_input_in_errors=True)


class SetValue(_Edit):
    """Put a value at a path such as `["steps", "remind", "message"]`, `["defaults", "from"]`, `["triggers", 0]`."""

    op: Literal["set"]
    path: Path = Field(min_length=1, max_length=40)
    value: Any


class RemoveValue(_Edit):
    """Take out what stands at a path."""

    op: Literal["remove"]
    path: Path = Field(min_length=1, max_length=40)


class AddStep(_Edit):
    """Add a step, behind another one and connected with it where *after* is given."""

    op: Literal["add_step"]
    step: dict[str, Any]
    after: str | None = None
    outcome: str | None = None


class RemoveSteps(_Edit):
    """Take steps out, and out of every branch that leads to them."""

    op: Literal["remove_steps"]
    names: list[str] = Field(min_length=1)


class RenameStep(_Edit):
    """Call a step otherwise, in everything that names it."""

    op: Literal["rename_step"]
    from_: str = Field(alias="from")
    to: str


class MoveStep(_Edit):
    """Put a step before another one in the list, or at its end."""

    op: Literal["move_step"]
    name: str
    before: str | None = None


class SetType(_Edit):
    """Make another kind of step of it; fields both have stay."""

    op: Literal["set_type"]
    name: str
    type: str


class Connect(_Edit):
    """Lead from a step to another one, after its end or after one of its outcomes."""

    op: Literal["connect"]
    source: str
    outcome: str | None
    target: str


class Disconnect(_Edit):
    """Take that way out."""

    op: Literal["disconnect"]
    source: str
    outcome: str | None
    target: str


class SetPositions(_Edit):
    """Place nodes on the canvas; null leaves the place to the layout again."""

    op: Literal["positions"]
    positions: dict[str, Position | None]


class Paste(_Edit):
    """Add copies of steps, under names of their own, with the connections among them."""

    op: Literal["paste"]
    steps: list[dict[str, Any]] = Field(min_length=1, max_length=500)
    at: Position | None = None


class SetText(_Edit):
    """Put another text in place of the whole; with the *base* it was made of, what others changed since is kept."""

    op: Literal["set_text"]
    text: str
    base: str | None = None


Edit = Annotated[
    SetValue
    | RemoveValue
    | AddStep
    | RemoveSteps
    | RenameStep
    | MoveStep
    | SetType
    | Connect
    | Disconnect
    | SetPositions
    | Paste
    | SetText,
    Field(discriminator="op"),
]

EDITS: TypeAdapter[list[Edit]] = TypeAdapter(list[Edit])
"""Reads edits from JSON data."""
