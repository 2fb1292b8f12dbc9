"""A folder of definitions: which files are meant, and putting all of them in force when a server starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringline.cli.terminal import say_error

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient

_PATTERNS = ("*.yaml", "*.yml", "*.json")


def definitions_in(folder: Path) -> list[Path]:
    """The definitions in a folder, by name; inputs and the like may lie beside them."""
    found = (path for pattern in _PATTERNS for path in folder.glob(pattern))
    return sorted(path for path in found if _is_definition(path))


async def publish_all(api: ApiClient, paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Put every definition in force; of one with faults all of them are told, and the others are published."""
    from ringline.cli.check import refuse_faulty
    from ringline.cli.workflows import publish_file
    from ringline.errors import DefinitionError, RequestError
    from ringline.workflow import load_document

    done = []
    for path in paths:
        try:
            refuse_faulty(load_document(path))
            published = await publish_file(api, path)
        except DefinitionError as error:
            for fault in error.faults:
                say_error(f"{path}: {fault.as_text()}")
            if not error.faults:
                say_error(f"{path}: {error}")
        except RequestError as error:
            say_error(f"{path}: {error}", error.fix)
        else:
            for warning in published["warnings"]:
                say_error(f"{path}: {warning}")
            done.append({**published, "path": path})
    return done


def _is_definition(path: Path) -> bool:
    if ".scenarios." in path.name:
        return False
    return path.suffix != ".json" or '"steps"' in path.read_text(encoding="utf-8", errors="replace")
