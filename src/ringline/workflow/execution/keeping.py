"""Values of a run as JSON and back: what JSON has no form for is tagged, secrets are sealed."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from ringline.errors import ExecutionEngineRuntimeError
from ringline.workflow.block import Batch

CONTEXT = "workflow_execution | run_state"
TAG = "$kept"
HIDDEN = "********"
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

    def sealing(self, secrets: Collection[str]) -> Keeper:
        """One that also seals every text in which one of these stands, wherever a run has taken it."""
        if not secrets or self._seal is None:
            return self
        return _SealingKeeper(self, self._seal, secrets)

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


@dataclass(frozen=True, slots=True)
class _Sealed:
    text: str


class _SealingKeeper(Keeper):
    def __init__(self, plain: Keeper, seal: Seal, secrets: Collection[str]) -> None:
        super().__init__(seal)
        self._plain = plain
        self._seal_text = seal
        self._secrets = secrets

    def write(self, value: Any, *, secret: bool = False) -> Any:
        return self._plain.write(value if secret else self._sealed(value), secret=secret)

    def read(self, kept: Any) -> Any:
        return self._plain.read(kept)

    def _sealed(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:
            if any(secret in value for secret in self._secrets):
                return _Sealed(self._seal_text(json.dumps(value)))
            return value
        if kind is list or kind is tuple:
            return kind(self._sealed(element) for element in value)
        if kind is dict:
            return {key: self._sealed(element) for key, element in value.items()}
        return value


def without_sealed(kept: Any) -> Any:
    """What was written, for people to look at: asterisks where a secret is sealed."""
    if isinstance(kept, list):
        return [without_sealed(element) for element in kept]
    if not isinstance(kept, dict):
        return kept
    return HIDDEN if kept.get(TAG) == "sealed" else {key: without_sealed(value) for key, value in kept.items()}


def hidden(value: Any, secrets: Collection[str]) -> Any:
    """A value in JSON's types, with asterisks wherever one of these stands in a text."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, list):
        return [hidden(element, secrets) for element in value]
    return {key: hidden(one, secrets) for key, one in value.items()} if isinstance(value, dict) else value


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
    ("sealed", lambda value: isinstance(value, _Sealed), lambda value: value.text),
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
