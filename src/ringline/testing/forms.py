"""What the parts of a scenario file have in common."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Form(BaseModel):
    """A part of a scenario file; what it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Step(Form):
    """What all steps share."""

    word: ClassVar[str]
    people: ClassVar[tuple[str, ...]] = ()
    """Fields that name somebody under `people`."""
