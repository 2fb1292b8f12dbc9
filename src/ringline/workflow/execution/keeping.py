"""Values of a run as JSON and back: what JSON has no form for is tagged, secrets are sealed."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from ringline.errors import ExecutionEngineRuntimeError
from ringline.workflow.block import Batch

CONTEXT = "workflow_execution | run_state"
TAG = "$kept"
Seal = Callable[[str], str]


_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_compact_ascii = json.JSONEncoder(separators=(",", ":")).encode


def as_json(value: Any) -> str:
    """JSON as short as it goes; what came as half a character is escaped, since no database takes it."""
    text = _compact(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return _compact_ascii(value)
    return text


class Keeper:
    """Writes values down and reads them again. Without *seal* secrets cannot be kept."""

    def __init__(self, seal: Seal | None = None, unseal: Seal | None = None) -> None:
        self._seal = seal
        self._unseal = unseal

    def write(self, value: Any, *, secret: bool = False) -> Any:
        """The value in JSON's types; raises `TypeError` with what it is where it cannot be kept."""
        if secret and value is not None:
            if self._seal is None:
                raise TypeError("a secret, and there is no key to seal it with")
            return {TAG: "sealed", "v": self._seal(json.dumps(self.write(value)))}
        return _write(value)

    def read(self, kept: Any) -> Any:
        """What `write` was given."""
        if isinstance(kept, list):
            return [self.read(element) for element in kept]
        if not isinstance(kept, dict):
            return kept
        tag = kept.get(TAG)
        if tag is None:
            return {key: self.read(value) for key, value in kept.items()}
        if tag == "sealed":
            if self._unseal is None:
                raise ExecutionEngineRuntimeError(
                    "A secret of this run is sealed, and there is no key to open it with.", CONTEXT
                )
            return self.read(json.loads(self._unseal(kept["v"])))
        if tag in _CONTAINERS:
            return _CONTAINERS[tag]([self.read(element) for element in kept["v"]])
        return _READERS[tag](kept["v"])


def _write(value: Any) -> Any:
    kind = type(value)
    if value is None or kind is str or kind is bool or kind is int:
        return value
    if kind is float:
        # JSON knows neither infinity nor what is no number.
        return value if value - value == 0 else {TAG: "float", "v": repr(value)}
    if kind is list:
        return [_write(element) for element in value]
    if kind is dict:
        if all(type(key) is str for key in value):
            written = {key: _write(element) for key, element in value.items()}
            return {TAG: "dict", "v": [[key, one] for key, one in written.items()]} if TAG in written else written
        return {TAG: "dict", "v": [[_write(key), _write(element)] for key, element in value.items()]}
    for name, accepts, write in _WRITERS:
        if accepts(value):
            return {TAG: name, "v": write(value)}
    raise TypeError(f"{kind.__name__}, which cannot be kept")


def _list(values: Any) -> list[Any]:
    return [_write(element) for element in values]


def _is_image(value: Any) -> bool:
    from ringline.query.image_data import WorkflowImage

    return isinstance(value, WorkflowImage)


def _is_detections(value: Any) -> bool:
    return type(value).__module__.startswith("supervision.") and type(value).__name__ == "Detections"


def _is_array(value: Any) -> bool:
    return type(value).__module__ == "numpy" and hasattr(value, "tolist")


def _write_image(image: Any) -> Any:
    # The text that it came with is the picture; only what never was a text is kept by its pixels.
    text = image._base64  # noqa: SLF001 - asking for it would make a JPEG, which is not the same picture
    kept = {"b": text} if text is not None else {"p": _write_array(image.numpy_image)}
    return {**kept, "n": image.parent_id, "m": _write(image.video_metadata.as_dictionary())}


def _read_image(kept: Any) -> Any:
    from ringline.query.image_data import image_from_value

    described: dict[str, Any] = {"type": "base64", "value": kept.get("b")}
    if "p" in kept:
        described = {"type": "numpy_object", "value": _read_array(kept["p"])}
    return image_from_value({**described, "video_metadata": Keeper().read(kept["m"])}, name=kept["n"])


def _write_array(array: Any) -> Any:
    if array.dtype == object:
        return {"o": _list(array.ravel().tolist()), "s": list(array.shape)}
    packed = base64.b64encode(zlib.compress(array.tobytes())).decode()
    return {"d": array.dtype.str, "s": list(array.shape), "b": packed}


def _read_array(kept: Any) -> Any:
    import numpy

    if "o" in kept:
        flat = numpy.empty(len(kept["o"]), dtype=object)
        flat[:] = Keeper().read(kept["o"])
        return flat.reshape(kept["s"])
    content = zlib.decompress(base64.b64decode(kept["b"]))
    array = numpy.frombuffer(content, dtype=numpy.dtype(kept["d"])).reshape(kept["s"]).copy()
    return array if kept["s"] else array[()]


_DETECTION_PARTS = ("xyxy", "mask", "confidence", "class_id", "tracker_id")


def _write_detections(detections: Any) -> Any:
    parts = {name: _write(getattr(detections, name)) for name in _DETECTION_PARTS}
    return {**parts, "data": _write(dict(detections.data)), "metadata": _write(dict(detections.metadata or {}))}


def _read_detections(kept: Any) -> Any:
    import supervision

    return supervision.Detections(**Keeper().read(kept))


_WRITERS: tuple[tuple[str, Callable[[Any], bool], Callable[[Any], Any]], ...] = (
    ("batch", lambda value: isinstance(value, Batch), _list),
    ("datetime", lambda value: isinstance(value, datetime), datetime.isoformat),
    ("date", lambda value: isinstance(value, date), date.isoformat),
    ("time", lambda value: isinstance(value, time), time.isoformat),
    ("decimal", lambda value: isinstance(value, Decimal), str),
    ("bytes", lambda value: isinstance(value, bytes | bytearray), lambda value: base64.b64encode(value).decode()),
    ("tuple", lambda value: isinstance(value, tuple), _list),
    ("set", lambda value: isinstance(value, set | frozenset), _list),
    ("image", _is_image, _write_image),
    ("detections", _is_detections, _write_detections),
    ("array", _is_array, _write_array),
    # Subclasses of what JSON has, such as an IntEnum or an OrderedDict, go on as what they are underneath.
    ("dict", lambda value: isinstance(value, Mapping), lambda value: [_list(pair) for pair in value.items()]),
    ("list", lambda value: isinstance(value, list), _list),
    ("str", lambda value: isinstance(value, str), str.__str__),
    ("int", lambda value: isinstance(value, int), int),
)

_CONTAINERS: Mapping[str, Callable[[list[Any]], Any]] = {
    "batch": Batch,
    "tuple": tuple,
    "set": set,
    "list": list,
    "dict": dict,
}
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "float": float,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "decimal": Decimal,
    "bytes": base64.b64decode,
    "image": _read_image,
    "detections": _read_detections,
    "array": _read_array,
    "str": str,
    "int": int,
}
