"""Operations on images and video frames."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from ringline.errors import OperationError, WorkflowError
from ringline.query.failures import UNEXPECTED, wrong_type
from ringline.query.image_data import WorkflowImage, is_image
from ringline.query.operation import Operation, Variables

# What reading the pixels of a picture may raise: ours for pictures that cannot be decoded.
_UNREADABLE: tuple[type[Exception], ...] = (WorkflowError, *UNEXPECTED)


class ExtractImageProperty(Operation):
    """The size of an image: pixels in all, height, width, or width divided by height (0 for no height)."""

    takes: ClassVar = ("image",)
    gives: ClassVar = ("integer", "float")

    type: Literal["ExtractImageProperty"] = "ExtractImageProperty"
    property_name: Literal["size", "height", "width", "aspect_ratio"]

    def apply(self, value: Any, variables: Variables) -> int | float:
        if not is_image(value):
            raise wrong_type("ExtractImageProperty", "an image", value)
        try:
            height, width = (int(side) for side in value.numpy_image.shape[:2])
        except _UNREADABLE as error:
            raise OperationError(f"ExtractImageProperty: {error}", inner_error=error) from error
        if self.property_name == "aspect_ratio":
            return width / height if height else 0
        return {"size": height * width, "height": height, "width": width}[self.property_name]


class ExtractFrameMetadata(Operation):
    """Where in its video a frame stands: its number, its time, or the seconds since frame 1."""

    takes: ClassVar = ("image",)
    gives: ClassVar = ("integer", "float", "timestamp")

    type: Literal["ExtractFrameMetadata"] = "ExtractFrameMetadata"
    property_name: Literal["frame_number", "frame_timestamp", "seconds_since_start"]

    def apply(self, value: Any, variables: Variables) -> Any:
        if not is_image(value):
            raise wrong_type("ExtractFrameMetadata", "an image", value)
        metadata = value.video_metadata
        if self.property_name == "frame_number":
            return metadata.frame_number
        if self.property_name == "frame_timestamp":
            if metadata.frame_timestamp is None:
                raise OperationError("ExtractFrameMetadata: nobody noted when this image was taken")
            return metadata.frame_timestamp
        if not metadata.fps:
            raise OperationError("ExtractFrameMetadata: the video's frames per second are not known (`fps`)")
        return (metadata.frame_number - 1) / metadata.fps


class ConvertImageToJPEG(Operation):
    """The image as the bytes of a JPEG file.

    *compression_level* is the quality, 1 to 100: higher is better and larger, whatever the name says.
    """

    takes: ClassVar = ("image",)
    gives: ClassVar = ("bytes",)

    type: Literal["ConvertImageToJPEG"] = "ConvertImageToJPEG"
    compression_level: int = Field(default=95, ge=1, le=100)

    def apply(self, value: Any, variables: Variables) -> bytes:
        if not is_image(value):
            raise wrong_type("ConvertImageToJPEG", "an image", value)
        image = value if isinstance(value, WorkflowImage) else WorkflowImage(numpy_image=value.numpy_image)
        return image.as_jpeg(self.compression_level)


class ConvertImageToBase64(Operation):
    """The image as base64 text: as it came, or as a JPEG of quality 95."""

    takes: ClassVar = ("image",)
    gives: ClassVar = ("string",)

    type: Literal["ConvertImageToBase64"] = "ConvertImageToBase64"

    def apply(self, value: Any, variables: Variables) -> str:
        if not is_image(value):
            raise wrong_type("ConvertImageToBase64", "an image", value)
        return str(value.base64_image)
