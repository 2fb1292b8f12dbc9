"""The optional extra ``vision`` (numpy, supervision, Pillow, shapely): loaded when a value needs it, never before.

A value can only be a Detections object when someone has loaded `supervision`, so asking whether it is one never
loads anything.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeGuard

from ringline.errors import OperationError

if TYPE_CHECKING:
    from supervision import Detections

_INSTALL = "pip install 'ringline[vision]'"


def load(module: str, *, purpose: str) -> ModuleType:
    """The module of that name; raises `OperationError` naming the extra when it is not installed.

    *purpose* is how the sentence begins: "Reading detections needs `numpy` …".
    """
    loaded = sys.modules.get(module)
    if loaded is not None:
        return loaded
    try:
        with warnings.catch_warnings():
            # supervision says on import that OpenCV is missing; nothing here asks it for what OpenCV does.
            warnings.filterwarnings("ignore", message="OpenCV", category=UserWarning)
            return import_module(module)
    except ImportError as error:
        raise OperationError(
            f"{purpose} needs `{module}`, which is not installed. Install the extra `vision`: {_INSTALL}",
            inner_error=error,
        ) from error


def is_detections(value: Any) -> TypeGuard[Detections]:
    """Whether *value* is a `supervision.Detections`."""
    module = sys.modules.get("supervision")
    # While another thread is still importing supervision the class is not there yet, and so is no value of it.
    known = getattr(module, "Detections", None)
    return known is not None and isinstance(value, known)
