"""Write every block's schema, and every trigger's, to where the tests of the pages' forms read them.

With `--check` nothing is written; the command fails if the file would change.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ringline.app.registry import block_registry
from ringline.web.vocabulary import vocabulary

FIXTURE = Path(__file__).resolve().parent.parent / "ui" / "src" / "builder" / "panel" / "schemas.fixture.json"


def schemas() -> str:
    """The schemas as they are now."""
    blocks = {spec.type: spec.block.manifest.model_json_schema(by_alias=True) for spec in block_registry()}
    triggers = {one.type: one.schema_ for one in vocabulary().triggers}
    return f'{{"blocks": {_by_line(blocks)},\n"triggers": {_by_line(triggers)}}}\n'


def _by_line(schemas: Mapping[str, Any]) -> str:
    """One line for each, so that a change shows whose it is."""
    lines = (
        f"{json.dumps(name)}: {json.dumps(schema, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}"
        for name, schema in sorted(schemas.items())
    )
    return "{\n" + ",\n".join(lines) + "}"


def main() -> None:
    """Write, or compare."""
    text = schemas()
    if "--check" not in sys.argv[1:]:
        FIXTURE.write_text(text, encoding="utf-8")
    elif not FIXTURE.is_file() or FIXTURE.read_text(encoding="utf-8") != text:
        raise SystemExit(f"{FIXTURE.name} is not what the blocks say. Run `python tools/block_schemas.py`.")


if __name__ == "__main__":
    main()
