"""Edits done on a definition's data, one after another; what they mean for its text is `rewriting`'s matter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ringline.errors import RequestError
from ringline.workflow.definition import OPTION_KEYS
from ringline.workflow.editing import edits as e
from ringline.workflow.editing.connections import connect, disconnect, forget, keep_only, no_way, writes_lists
from ringline.workflow.editing.fields import put, put_field, put_top, take_out
from ringline.workflow.editing.renaming import rename_input_in, rename_step_in
from ringline.workflow.editing.tree import copied
from ringline.workflow.registry import BlockRegistry, BlockSpec

Positions = dict[str, dict[str, float]]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ROW = 170
"""How far apart pasted steps stand that had no place before."""


class Editor:
    """A definition's data and the places of its nodes, while edits are done on them."""

    def __init__(self, data: dict[str, Any], positions: Positions, registry: BlockRegistry) -> None:
        self.data = data
        self.positions = positions
        self.registry = registry

    def do(self, edit: Any) -> None:
        """Do one edit. Raises `RequestError` where it cannot be done."""
        match edit:
            case e.SetValue():
                self._set(edit.path, edit.value)
            case e.RemoveValue():
                self._remove(edit.path)
            case e.AddStep():
                self._add(edit)
            case e.RemoveSteps():
                self._remove_steps(edit.names)
            case e.RenameStep():
                self.rename(edit.from_, edit.to)
            case e.MoveStep():
                self._move(edit.name, edit.before)
            case e.SetType():
                self._set_type(edit.name, edit.type)
            case e.Connect():
                self._step(edit.target, field="target")
                step = self._source(edit.source)
                connect(step, self._spec(step), edit.outcome, edit.target, in_lists=writes_lists(self.data))
            case e.Disconnect():
                step = self._source(edit.source)
                if not disconnect(step, self._spec(step), edit.outcome, edit.target):
                    raise no_way(edit.source, edit.target)
            case e.Paste():
                self._paste(edit.steps, edit.at)

    def rename(self, old: str, new: str) -> None:
        """Call a step otherwise wherever it is named."""
        if old == new:
            return
        step = self._step(old)
        self._check_name(new)
        step["name"] = new
        for part in self.data.values():
            rename_step_in(part, old, new)
        if old in self.positions:
            self.positions[new] = self.positions.pop(old)

    @property
    def steps(self) -> list[Any]:
        """The list of steps, made where there is none."""
        if not isinstance(self.data.get("steps"), list):
            put_top(self.data, "steps", [])
        steps: list[Any] = self.data["steps"]
        return steps

    @property
    def names(self) -> set[str]:
        """The names that are taken."""
        return {step["name"] for step in self.steps if isinstance(step, dict) and isinstance(step.get("name"), str)}

    # Values

    def _set(self, path: e.Path, value: Any) -> None:
        match path:
            case ["steps", name, "name"]:
                self.rename(self._named(name), str(value))
            case ["steps", name, "type"] if isinstance(value, str):
                self._set_type(self._named(name), value)
            case ["steps", name, key]:
                step = self._step(self._named(name))
                spec = self._spec(step)
                put_field(step, self._key(step, spec, str(key)), value, _keys(spec))
            case ["steps", name, key, *rest]:
                step = self._step(self._named(name))
                spec = self._spec(step)
                key = self._key(step, spec, str(key))
                if key not in step:
                    put_field(step, key, [] if isinstance(rest[0], int) else {}, _keys(spec))
                put(step, [key, *rest], value)
            case ["inputs", which, "name"] if isinstance(value, str):
                self._rename_input(which, value)
            case [str(key)]:
                put_top(self.data, key, value)
            case [str(key), *rest]:
                if not isinstance(self.data.get(key), dict | list):
                    put_top(self.data, key, [] if isinstance(rest[0], int) else {})
                put(self.data, path, value)

    def _remove(self, path: e.Path) -> None:
        match path:
            case ["steps", name]:
                self._remove_steps([self._named(name)])
            case ["steps", name, *rest]:
                step = self._step(self._named(name))
                key = self._key(step, self._spec(step), str(rest[0]))
                take_out(step, [key, *rest[1:]])
                if len(rest) > 1 and step.get(key) in ({}, []) and key in OPTION_KEYS:
                    del step[key]
            case [str(key), *rest]:
                if key not in self.data:
                    return
                take_out(self.data, path)
                if rest and self.data.get(key) in ({}, []) and key in ("defaults", "triggers", "variables"):
                    del self.data[key]

    def _rename_input(self, which: str | int, new: str) -> None:
        inputs = self.data.get("inputs")
        for index, one in enumerate(inputs if isinstance(inputs, list) else []):
            if isinstance(one, dict) and which in (index, one.get("name")):
                old = one.get("name")
                one["name"] = new
                taken = [other for other in inputs or [] if other is not one and other.get("name") == old]
                if isinstance(old, str) and old and not taken:
                    self._renamed_input(old, new)
                return
        put(self.data, ["inputs", which, "name"], new)

    def _renamed_input(self, old: str, new: str) -> None:
        for key in ("steps", "outputs"):
            rename_input_in(self.data.get(key), old, new)
        triggers = self.data.get("triggers")
        for trigger in triggers if isinstance(triggers, list) else []:
            filled = trigger.get("inputs") if isinstance(trigger, dict) else None
            if isinstance(filled, dict) and old in filled and new not in filled:
                pairs = [(new if key == old else key, value) for key, value in filled.items()]
                filled.clear()
                filled.update(pairs)

    # Steps

    def _add(self, edit: e.AddStep) -> None:
        step = copied(edit.step)
        kind = step.get("type")
        if not isinstance(kind, str) or not kind:
            raise RequestError("a step needs a `type`", field="step", fix="name one of the blocks", code="edit")
        name = self._free_name(str(step.get("name") or name_for(kind)))
        step = {"type": kind, "name": name, **{key: step[key] for key in step if key not in ("type", "name")}}
        if edit.after is None:
            self.steps.append(step)
            return
        before = self._source(edit.after)
        self.steps.insert(self._index(before) + 1, step)
        connect(before, self._spec(before), edit.outcome, name, in_lists=writes_lists(self.data))

    def _remove_steps(self, names: Sequence[str]) -> None:
        gone = {name for name in names if name in self.names}
        self.steps[:] = [step for step in self.steps if not (isinstance(step, dict) and step.get("name") in gone)]
        for step in self.steps:
            if isinstance(step, dict):
                forget(step, self._spec(step), gone)
        for name in gone:
            self.positions.pop(name, None)

    def _move(self, name: str, before: str | None) -> None:
        step = self._step(name)
        if before == name:
            return
        follower = self._step(before, field="before") if before is not None else None
        del self.steps[self._index(step)]
        self.steps.insert(len(self.steps) if follower is None else self._index(follower), step)

    def _set_type(self, name: str, kind: str) -> None:
        step = self._step(name)
        old, new = self._spec(step), self.registry.spec(kind)
        if new is None:
            raise RequestError(f"there is no block `{kind}`", field="type", fix="name one of the blocks", code="edit")
        if old is None or old is new:
            step["type"] = kind
            return
        for key in list(step):
            if key in ("type", "name") or key in new.by_key or (key in OPTION_KEYS and key != "outcomes"):
                continue
            if key != "outcomes" or not new.block.outcomes:
                del step[key]
        outcomes = step.get("outcomes")
        if isinstance(outcomes, dict):
            _turn_outcomes(outcomes, old, new)
            if not outcomes:
                del step["outcomes"]
        step["type"] = kind

    def _paste(self, pasted: Sequence[Mapping[str, Any]], at: e.Position | None) -> None:
        steps: list[dict[str, Any]] = [copied(dict(step)) for step in pasted]
        names: dict[str, str] = {}
        for step in steps:
            if not isinstance(step.get("type"), str):
                raise RequestError("what was pasted is no step", field="steps", fix="copy steps of a flow", code="edit")
            old = str(step.get("name") or name_for(step["type"]))
            names[old] = self._free_name(old, also=set(names.values()))
            step["name"] = old
        for step in steps:
            keep_only(step, self._spec(step), set(names))
        # By way of names nobody has, since one copy's new name may be another's old one.
        for number, old in enumerate(names):
            for step in steps:
                self._renamed_copy(step, old, f"copy-{number}-of-{len(names)}")
        for number, new in enumerate(names.values()):
            for step in steps:
                self._renamed_copy(step, f"copy-{number}-of-{len(names)}", new)
        self.steps.extend(steps)
        if at is not None:
            self._place_copies(names, at)

    def _renamed_copy(self, step: dict[str, Any], old: str, new: str) -> None:
        rename_step_in(step, old, new)
        if step["name"] == old:
            step["name"] = new

    def _place_copies(self, names: Mapping[str, str], at: e.Position) -> None:
        known = [self.positions[old] for old in names if old in self.positions]
        left, top = (min(p["x"] for p in known), min(p["y"] for p in known)) if known else (0.0, 0.0)
        for number, (old, new) in enumerate(names.items()):
            place = self.positions.get(old)
            if place is None:
                self.positions[new] = {"x": at.x, "y": at.y + number * _ROW}
            else:
                self.positions[new] = {"x": at.x + place["x"] - left, "y": at.y + place["y"] - top}

    # Looking up

    def _named(self, name: str | int) -> str:
        if isinstance(name, int):
            step = self.steps[name] if 0 <= name < len(self.steps) else None
            found = step.get("name") if isinstance(step, dict) else None
            return str(found)
        return name

    def _step(self, name: str, *, field: str = "name") -> dict[str, Any]:
        for step in self.steps:
            if isinstance(step, dict) and step.get("name") == name:
                return step
        raise RequestError(
            f"there is no step `{name}`",
            field=field,
            fix="load the draft again; somebody may have renamed or removed it",
            code="edit",
        )

    def _source(self, name: str) -> dict[str, Any]:
        if name.startswith("trigger:"):
            raise RequestError(
                "a trigger starts every step that nothing else leads to, so it is not connected by hand",
                field="source",
                fix="lead to the other steps from the one that comes first",
                code="edit",
            )
        return self._step(name, field="source")

    def _index(self, step: dict[str, Any]) -> int:
        return next(index for index, one in enumerate(self.steps) if one is step)

    def _spec(self, step: Mapping[str, Any]) -> BlockSpec | None:
        kind = step.get("type")
        return self.registry.spec(kind) if isinstance(kind, str) else None

    def _key(self, step: Mapping[str, Any], spec: BlockSpec | None, key: str) -> str:
        """The name under which a field is written already, of the two it may have."""
        field = spec.by_key.get(key) if spec is not None else None
        if field is None or key in step:
            return key
        return field.name if field.name in step else field.key

    def _check_name(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise RequestError(
                f"`{name}` cannot be the name of a step",
                field="name",
                fix="use letters, digits, `_` and `-`, without blanks",
                code="edit",
            )
        if name in self.names:
            raise RequestError(
                f"there is a step called `{name}` already", field="name", fix="choose another name", code="edit"
            )

    def _free_name(self, wanted: str, *, also: set[str] = frozenset()) -> str:  # type: ignore[assignment]
        base = re.sub(r"[^A-Za-z0-9_-]+", "_", wanted).strip("_") or "step"
        taken = self.names | also
        if base not in taken:
            return base
        stem = re.sub(r"_\d+$", "", base) or base
        number = 2
        while f"{stem}_{number}" in taken:
            number += 1
        return f"{stem}_{number}"


def name_for(kind: str) -> str:
    """A step's name made of its block's: `twilio/wait_for_reply@v1` is `wait_for_reply`."""
    return kind.partition("@")[0].rpartition("/")[2] or "step"


def _keys(spec: BlockSpec | None) -> list[str]:
    return [field.key for field in spec.fields] if spec is not None else []


def _turn_outcomes(outcomes: dict[str, Any], old: BlockSpec, new: BlockSpec) -> None:
    """Keep the branches both kinds have; the good end of one is the good end of the other."""
    good, better = old.block.outcomes[:1], new.block.outcomes[:1]
    pairs = []
    for key, value in outcomes.items():
        if key in new.block.outcomes:
            pairs.append((key, value))
        elif good == (key,) and better and better[0] not in outcomes:
            pairs.append((better[0], value))
    if pairs != list(outcomes.items()):
        outcomes.clear()
        outcomes.update(pairs)
