"""Operations that give changed copies of detections: grown, moved, renamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, ClassVar, Literal

from ringline.errors import InvalidInputTypeError, OperationError, UndeclaredSymbolError
from ringline.query.failures import kind_of, wrong_type
from ringline.query.operation import Operation, Variables
from ringline.query.reading_detections import DETECTIONS
from ringline.query.vision import is_detections, load


class DetectionsOffset(Operation):
    """Boxes wider by *offset_x* and higher by *offset_y* pixels in all; negative shrinks. Nothing is clipped."""

    takes: ClassVar = DETECTIONS
    gives: ClassVar = DETECTIONS

    type: Literal["DetectionsOffset"] = "DetectionsOffset"
    offset_x: int
    offset_y: int

    def apply(self, value: Any, variables: Variables) -> Any:
        if not is_detections(value):
            raise wrong_type("DetectionsOffset", "detections", value)
        x, y = self.offset_x / 2, self.offset_y / 2
        return _with_moved_corners(value, (-x, -y, x, y))


class DetectionsShift(Operation):
    """Boxes moved by *shift_x* and *shift_y* pixels. Nothing is clipped."""

    takes: ClassVar = DETECTIONS
    gives: ClassVar = DETECTIONS

    type: Literal["DetectionsShift"] = "DetectionsShift"
    shift_x: int
    shift_y: int

    def apply(self, value: Any, variables: Variables) -> Any:
        if not is_detections(value):
            raise wrong_type("DetectionsShift", "detections", value)
        return _with_moved_corners(value, (self.shift_x, self.shift_y, self.shift_x, self.shift_y))


def _with_moved_corners(detections: Any, by: Sequence[float]) -> Any:
    numpy = load("numpy", purpose="Changing detections")
    copied = deepcopy(detections)
    boxes = detections.xyxy
    # Whole-number boxes become float64, so that half pixels are not lost.
    precision = boxes.dtype if boxes.dtype.kind == "f" else numpy.float64
    copied.xyxy = boxes + numpy.array(by, dtype=precision)
    return copied


class DetectionsRename(Operation):
    """Classes renamed by *class_map*, their ids following the new names.

    *class_map* and *strict* may name a global parameter. Strict: every class must be in the map, and ids count the
    new names in alphabetical order. Otherwise classes outside the map stay, new names that exist already keep that
    class's id, and the rest get ids from *new_classes_id_offset* on, in alphabetical order.
    """

    takes: ClassVar = DETECTIONS
    gives: ClassVar = DETECTIONS

    type: Literal["DetectionsRename"] = "DetectionsRename"
    class_map: dict[str, str] | str
    strict: bool | str = True
    new_classes_id_offset: int = 1024

    def apply(self, value: Any, variables: Variables) -> Any:
        if not is_detections(value):
            raise wrong_type("DetectionsRename", "detections", value)
        class_map = (
            _parameter(self.class_map, variables, "class_map") if isinstance(self.class_map, str) else self.class_map
        )
        if not isinstance(class_map, Mapping):
            raise InvalidInputTypeError(f"DetectionsRename: `class_map` must be a dictionary, not {kind_of(class_map)}")
        strict = _parameter(self.strict, variables, "strict") if isinstance(self.strict, str) else self.strict
        if not isinstance(strict, bool):
            raise InvalidInputTypeError(f"DetectionsRename: `strict` must be true or false, not {kind_of(strict)}")
        return self._renamed(value, class_map, strict=strict)

    def _renamed(self, detections: Any, class_map: Mapping[str, str], *, strict: bool) -> Any:
        numpy = load("numpy", purpose="Changing detections")
        copied = deepcopy(detections)
        column = detections.data.get("class_name")
        if column is None or len(detections) == 0:
            if strict and len(detections) > 0:
                raise OperationError("DetectionsRename: these detections have no class names to rename")
            return copied
        names = [str(name) for name in column]
        if strict:
            uncovered = sorted(set(names) - set(class_map))
            if uncovered:
                raise OperationError(
                    f"DetectionsRename: `class_map` has no entry for {', '.join(map(repr, uncovered[:5]))}; "
                    "add them, or set `strict` to false to leave them as they are"
                )
            ids = {name: number for number, name in enumerate(sorted(set(class_map.values())))}
        else:
            ids = self._ids_beside_the_old(names, detections.class_id, class_map)
        renamed = [class_map.get(name, name) for name in names]
        copied.data["class_name"] = numpy.array(renamed, dtype=object)
        copied.class_id = numpy.array([ids[name] for name in renamed], dtype=int)
        return copied

    def _ids_beside_the_old(self, names: list[str], class_ids: Any, class_map: Mapping[str, str]) -> dict[str, int]:
        if class_ids is None:
            raise OperationError("DetectionsRename: these detections have no class ids to keep")
        ids = dict(zip(names, class_ids.tolist(), strict=True))
        new = sorted(set(class_map.values()) - set(ids))
        return ids | {name: self.new_classes_id_offset + number for number, name in enumerate(new)}


def _parameter(name: str, variables: Variables, field: str) -> Any:
    if name not in variables:
        known = ", ".join(f"`{other}`" for other in variables) or "none"
        raise UndeclaredSymbolError(
            f"DetectionsRename: `{field}` names the parameter `{name}`, which was not handed in; there are: {known}"
        )
    return variables[name]
