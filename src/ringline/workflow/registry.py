"""The blocks a definition may use. The engine itself knows none: whoever runs workflows fills a registry."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from ringline.errors import BlockInterfaceError, PluginInterfaceError
from ringline.workflow.block import Block, Manifest
from ringline.workflow.block_fields import FieldSpec, fields_of

ROBOFLOW_FAMILY = "roboflow_core/"


@dataclass(frozen=True)
class BlockSpec:
    """A block's class, read once: its names, fields, what ``run`` takes and which services it is built with."""

    block: type[Block]
    types: tuple[str, ...]
    fields: tuple[FieldSpec, ...]
    run_parameters: frozenset[str]
    takes_step: bool
    required_services: tuple[str, ...]
    optional_services: tuple[str, ...]

    @property
    def type(self) -> str:
        """The block's identifier; further names of it are aliases."""
        return self.types[0]

    @property
    def is_roboflow(self) -> bool:
        """Whether Roboflow's rules hold for its steps: unknown keys are ignored, there are no outcomes."""
        return self.type.startswith(ROBOFLOW_FAMILY)

    @property
    def family(self) -> str:
        """What stands before the slash of the identifier."""
        return self.type.partition("/")[0]

    @property
    def title(self) -> str:
        """What people call it: its own title, else its identifier read as words."""
        words = self.type.partition("@")[0].rpartition("/")[2].replace("_", " ")
        return self.block.title or words[:1].upper() + words[1:]

    @property
    def has_own_outcomes(self) -> bool:
        """Whether a step's own fields say how it can end, such as the keys of a menu or the cases of a switch."""
        overridden = self.block.outcomes_of.__func__ is not Block.outcomes_of.__func__  # type: ignore[attr-defined]
        return overridden or any(field.is_target and field.key == "cases" for field in self.fields)

    @cached_property
    def by_key(self) -> dict[str, FieldSpec]:
        """Fields by every name a document may use for them."""
        return {name: field for field in self.fields for name in (field.name, field.key)}

    @property
    def description(self) -> str:
        """The first line of the manifest's docstring."""
        return (inspect.getdoc(self.block.manifest) or "").partition("\n")[0]


class BlockRegistry:
    """Blocks by their identifiers and aliases."""

    def __init__(self, blocks: Iterable[type[Block]] = ()) -> None:
        self._specs: dict[str, BlockSpec] = {}
        self._blocks: list[BlockSpec] = []
        for block in blocks:
            self.add(block)

    def __iter__(self) -> Iterator[BlockSpec]:
        return iter(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)

    def add(self, block: type[Block]) -> None:
        """Offer a block to definitions.

        Raises:
            BlockInterfaceError: The class is not what a block must be; the sentence says which part.
            PluginInterfaceError: Another block has the same identifier.
        """
        spec = read_block(block)
        for name in spec.types:
            other = self._specs.get(name)
            if other is not None and other.block is not block:
                raise PluginInterfaceError(
                    f"Two blocks are called `{name}`: {_place(other.block)} and {_place(block)}. "
                    "Give one of them another identifier.",
                    "workflow_compilation | blocks_loading",
                )
        if spec.type in self._specs:
            return
        self._blocks.append(spec)
        self._specs.update(dict.fromkeys(spec.types, spec))

    def find(self, type: str) -> type[Block] | None:
        """The block of that identifier or alias."""
        spec = self._specs.get(type)
        return spec.block if spec is not None else None

    def spec(self, type: str) -> BlockSpec | None:
        """What is known of the block of that identifier or alias."""
        return self._specs.get(type)

    def suggestion(self, type: str) -> str | None:
        """The identifier an author who wrote *type* probably meant."""
        names = list(self._specs)
        close = difflib.get_close_matches(type, names, n=1, cutoff=0.6)
        if close:
            return close[0]
        tail = type.partition("@")[0].rpartition("/")[2]
        return next((name for name in names if tail and name.partition("@")[0].rpartition("/")[2] == tail), None)


def read_block(block: type[Block]) -> BlockSpec:
    """What a block's class says of itself; raises `BlockInterfaceError` where it is not a block."""
    manifest = getattr(block, "manifest", None)
    if not (isinstance(manifest, type) and issubclass(manifest, Manifest)):
        raise _wrong(block, "its `manifest` must be a subclass of Manifest")
    types = tuple(name for name in get_args(manifest.model_fields["type"].annotation) if isinstance(name, str))
    if not types:
        raise _wrong(block, 'its manifest must set `type: Literal["family/name@v1"]`')
    run = getattr(block, "run", None)
    if not callable(run):
        raise _wrong(block, "it has no method `run`")
    fields = fields_of(manifest)
    names = {field.name for field in fields}
    parameters = list(inspect.signature(run).parameters.values())[1:]
    takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    named = {
        parameter.name
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
    for parameter in parameters:
        if parameter.name in named - names - {"step"} and parameter.default is parameter.empty:
            raise _wrong(block, f"`run` asks for `{parameter.name}`, which is no field of its manifest")
    required, optional = _services(block)
    return BlockSpec(
        block=block,
        types=types,
        fields=fields,
        run_parameters=frozenset(names if takes_all else named & names),
        takes_step="step" in named,
        required_services=required,
        optional_services=optional,
    )


def _services(block: type[Block]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if block.__init__ is object.__init__:
        return (), ()
    required: list[str] = []
    optional: list[str] = []
    for parameter in list(inspect.signature(block.__init__).parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise _wrong(block, f"`__init__` must take `{parameter.name}` by name")
        (required if parameter.default is parameter.empty else optional).append(parameter.name)
    return tuple(required), tuple(optional)


def _wrong(block: Any, sentence: str) -> BlockInterfaceError:
    return BlockInterfaceError(f"{_place(block)} is not a block: {sentence}.", "workflow_compilation | blocks_loading")


def _place(block: Any) -> str:
    return f"`{getattr(block, '__module__', '?')}.{getattr(block, '__qualname__', block)}`"
