"""`flow/set_variables@v1`: give names to values, for templates further on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.workflow.block import Block, Done, Manifest, Output, SelectorOf, Template

_NAME = re.compile(r"[^\W\d]\w*(?: \w+)*")
_TAKEN = ("steps", "trigger", "run")


class SetVariablesManifest(Manifest):
    """Sets variables of the run, which templates read as {{name}}."""

    type: Literal["flow/set_variables@v1"]
    set: dict[str, Annotated[Any, Template(nested=True), SelectorOf("*")]] = Field(
        min_length=1,
        description="Names with their values: literals, selectors or templates; a value that is exactly one {{…}} "
        "keeps its type.",
    )


class SetVariables(Block):
    """Its values are also the output `values`."""

    manifest: ClassVar[type[Manifest]] = SetVariablesManifest
    title = "Set variables"
    icon = "variable"
    outputs = (Output("values", ("dictionary",)),)
    outcomes = ("done",)
    accepts_none = True

    def run(self, *, set: Mapping[str, Any]) -> Done:
        return Done({"values": dict(set)}, variables=dict(set))

    @classmethod
    def variables_of(cls, manifest: Manifest) -> Sequence[str]:
        assert isinstance(manifest, SetVariablesManifest)
        return list(manifest.set)

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, SetVariablesManifest)
        return list(_faults(manifest))


def _faults(manifest: SetVariablesManifest) -> Iterator[tuple[str, str, str, str]]:
    for name in manifest.set:
        if not _NAME.fullmatch(name):
            yield (
                "error",
                f"set.{name}",
                f"`{name}` cannot be the name of a variable.",
                "Use letters, digits, `_` and single blanks, beginning with a letter.",
            )
        elif name in _TAKEN:
            yield (
                "error",
                f"set.{name}",
                f"`{name}` always means something else in templates, so no variable can be called so.",
                "Give the variable another name.",
            )
