"""An image as workflows carry it: pixels, JPEG text and what is known of the video it comes from."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ringline.query.failures import refused_input
from ringline.query.vision import load

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

DEFAULT_JPEG_QUALITY = 95
DEFAULT_FRAMES_PER_SECOND = 30.0
# A picture of 12,000 by 12,000 pixels; more is a decompression bomb rather than a camera.
MAX_PIXELS = 144_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoMetadata:
    """Which frame of which video an image is; a still image is frame 0 of a video of its own."""

    video_identifier: str
    frame_number: int = 0
    frame_timestamp: datetime | None = None
    fps: float | None = DEFAULT_FRAMES_PER_SECOND
    measured_fps: float | None = None
    comes_from_video_file: bool | None = None

    @classmethod
    def from_dictionary(cls, values: Mapping[str, Any], *, video_identifier: str) -> VideoMetadata:
        """The metadata written in a runtime input; *video_identifier* stands in where it names none."""
        stamp = values.get("frame_timestamp")
        if isinstance(stamp, str):
            try:
                stamp = datetime.fromisoformat(stamp)
            except ValueError as error:
                raise refused_input(f"`frame_timestamp` is {stamp!r}, which is no ISO 8601 time", error) from error
        if stamp is not None and not isinstance(stamp, datetime):
            raise refused_input(f"`frame_timestamp` must be an ISO 8601 time, not {type(stamp).__name__}")
        return cls(
            video_identifier=str(values.get("video_identifier") or video_identifier),
            frame_number=_number(values.get("frame_number", 0), "frame_number", int),
            frame_timestamp=stamp,
            fps=_optional_number(values.get("fps", DEFAULT_FRAMES_PER_SECOND), "fps"),
            measured_fps=_optional_number(values.get("measured_fps"), "measured_fps"),
            comes_from_video_file=values.get("comes_from_video_file"),
        )

    def as_dictionary(self) -> dict[str, Any]:
        """The metadata in the JSON form that `from_dictionary` reads."""
        return {
            "video_identifier": self.video_identifier,
            "frame_number": self.frame_number,
            "frame_timestamp": self.frame_timestamp.isoformat() if self.frame_timestamp else None,
            "fps": self.fps,
            "measured_fps": self.measured_fps,
            "comes_from_video_file": self.comes_from_video_file,
        }


class WorkflowImage:
    """One image; whichever of pixels and JPEG text was not given is made when it is asked for.

    ``numpy_image`` is height × width × 3 in the order blue, green, red (height × width for grey), uint8.
    """

    def __init__(
        self,
        *,
        numpy_image: NDArray[numpy.uint8] | None = None,
        base64_image: str | None = None,
        video_metadata: VideoMetadata | None = None,
        parent_id: str = "image",
        received_at: datetime | None = None,
    ) -> None:
        if numpy_image is None and base64_image is None:
            raise ValueError("an image needs numpy_image or base64_image")
        self._pixels = numpy_image
        self._base64 = base64_image
        self.parent_id = parent_id
        self.video_metadata = video_metadata or VideoMetadata(video_identifier=parent_id, frame_timestamp=received_at)

    def __repr__(self) -> str:
        return f"WorkflowImage(parent_id={self.parent_id!r}, frame={self.video_metadata.frame_number})"

    @property
    def numpy_image(self) -> NDArray[numpy.uint8]:
        """The pixels."""
        if self._pixels is None:
            assert self._base64 is not None
            self._pixels = _decode(self._base64)
        return self._pixels

    @property
    def base64_image(self) -> str:
        """The picture as base64 text: the text it came with, else a JPEG of quality 95."""
        if self._base64 is None:
            self._base64 = base64.b64encode(self.as_jpeg(DEFAULT_JPEG_QUALITY)).decode("ascii")
        return self._base64

    def as_jpeg(self, quality: int) -> bytes:
        """The picture as a JPEG file; *quality* 1 to 100."""
        pictures = load("PIL.Image", purpose="Writing a JPEG")
        pixels = self.numpy_image
        if pixels.ndim == 3 and pixels.shape[2] == 1:
            pixels = pixels[:, :, 0]
        colour_order = pixels if pixels.ndim == 2 else pixels[:, :, 2::-1]
        target = io.BytesIO()
        pictures.fromarray(colour_order).save(target, format="JPEG", quality=quality)
        return target.getvalue()

    def as_dictionary(self) -> dict[str, Any]:
        """The image in the JSON form that `image_from_value` reads."""
        return {"type": "base64", "value": self.base64_image, "video_metadata": self.video_metadata.as_dictionary()}


def is_image(value: Any) -> bool:
    """Whether *value* is an image: ours, or anything else whose class has pixels and video metadata."""
    if isinstance(value, WorkflowImage):
        return True
    return hasattr(type(value), "numpy_image") and hasattr(value, "video_metadata")


def image_from_value(value: Any, *, name: str = "image", received_at: datetime | None = None) -> WorkflowImage:
    """The image a runtime input describes; raises `RuntimeInputError` saying why it cannot be read.

    *value* is an image, a numpy array, or ``{"type": "base64" | "numpy_object", "value": …, "video_metadata": …}``.
    *name* is the input's, which becomes the image's parent id; *received_at* the time of a still image.
    """
    if isinstance(value, WorkflowImage):
        return value
    if not isinstance(value, Mapping):
        return WorkflowImage(numpy_image=_checked_pixels(value, name), parent_id=name, received_at=received_at)
    form, content = value.get("type"), value.get("value")
    described = value.get("video_metadata")
    if described is not None and not isinstance(described, Mapping | VideoMetadata):
        raise refused_input(f"`video_metadata` of `{name}` must be an object, not {type(described).__name__}")
    if isinstance(described, Mapping):
        described = VideoMetadata.from_dictionary(described, video_identifier=name)
    if form == "base64":
        if isinstance(content, bytes):
            content = content.decode("ascii", errors="replace")
        if not isinstance(content, str):
            raise refused_input(f"`value` of the image `{name}` must be base64 text, not {type(content).__name__}")
        text = content.partition("base64,")[2] if content.startswith("data:") else content
        return WorkflowImage(
            numpy_image=_decode(text, name=name),
            base64_image=text,
            video_metadata=described,
            parent_id=name,
            received_at=received_at,
        )
    if form in ("numpy_object", "numpy"):
        return WorkflowImage(
            numpy_image=_checked_pixels(content, name),
            video_metadata=described,
            parent_id=name,
            received_at=received_at,
        )
    if form == "url":
        raise refused_input(
            f"the image `{name}` is given by its URL, and a run fetches nothing from the network for its inputs. "
            'Fetch it first and hand in {"type": "base64", "value": …}'
        )
    raise refused_input(f'the image `{name}` has the type {form!r}; what can be read is "base64" and "numpy_object"')


def _checked_pixels(value: Any, name: str) -> NDArray[numpy.uint8]:
    numpy_module = load("numpy", purpose="Reading an image")
    if not isinstance(value, numpy_module.ndarray):
        raise refused_input(
            f"the image `{name}` is {type(value).__name__}; an image is a numpy array (height × width × 3, or "
            'height × width for grey) or {"type": "base64", "value": …}'
        )
    if value.ndim not in (2, 3) or (value.ndim == 3 and value.shape[2] not in (1, 3)) or 0 in value.shape:
        raise refused_input(
            f"the image `{name}` is an array of shape {value.shape}; expected height × width × 3, or height × width"
        )
    if value.dtype != numpy_module.uint8:
        raise refused_input(f"the image `{name}` holds {value.dtype} values; expected uint8, 0 to 255")
    pixels: NDArray[numpy.uint8] = value
    return pixels


def _decode(text: str, *, name: str = "image") -> NDArray[numpy.uint8]:
    numpy_module = load("numpy", purpose="Reading an image")
    pictures = load("PIL.Image", purpose="Reading an image")
    try:
        content = base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError) as error:
        raise refused_input(f"the image `{name}` is not base64 text", error) from error
    try:
        with pictures.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise refused_input(f"the image `{name}` has more than {MAX_PIXELS:,} pixels")
            if picture.mode == "L":
                pixels: NDArray[numpy.uint8] = numpy_module.asarray(picture)
                return pixels
            colours = numpy_module.asarray(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError, pictures.DecompressionBombError) as error:
        raise refused_input(f"the image `{name}` is not a picture that can be read (JPEG, PNG, …)", error) from error
    blue_first: NDArray[numpy.uint8] = numpy_module.ascontiguousarray(colours[:, :, ::-1])
    return blue_first


def _number(value: Any, field: str, kind: type) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refused_input(f"`{field}` must be a number, not {value!r}")
    return kind(value)


def _optional_number(value: Any, field: str) -> float | None:
    return None if value is None else _number(value, field, float)
