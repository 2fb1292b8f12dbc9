"""Write what the pages know of the API: `ui/openapi.json` from the routes, and `ui/src/api/schema.d.ts` from that.

With `--check` nothing is written; the command fails if either would change.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ringline.app import Ringline
from ringline.settings import load_settings
from ringline.web import create_app

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "ui" / "openapi.json"
TYPES = ROOT / "ui" / "src" / "api" / "schema.d.ts"
GENERATOR = ROOT / "ui" / "node_modules" / ".bin" / "openapi-typescript"


def document() -> str:
    """The API's document as it is now, in an order that does not depend on that of the routes' files."""
    described = asyncio.run(_described())
    return json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


async def _described() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), database_url=f"sqlite:///{home}/ringline.db")
        async with Ringline(settings=settings, worker=False, environment={}) as ringline:
            described: dict[str, Any] = create_app(ringline).openapi()
            return described


def types_of(text: str) -> str:
    """The document in TypeScript."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "openapi.json", Path(folder) / "schema.d.ts"
        source.write_text(text, encoding="utf-8")
        subprocess.run([GENERATOR, source, "--output", made], check=True, capture_output=True)
        return made.read_text(encoding="utf-8")


def main() -> None:
    """Write, or compare."""
    text = document()
    if "--check" in sys.argv[1:]:
        if not DOCUMENT.is_file() or DOCUMENT.read_text(encoding="utf-8") != text:
            raise SystemExit("ui/openapi.json is not what the routes say. Run `make api-types` and commit both files.")
        if GENERATOR.is_file() and TYPES.read_text(encoding="utf-8") != types_of(text):
            raise SystemExit("ui/src/api/schema.d.ts is not what the API says. Run `make api-types` and commit it.")
        return
    if not GENERATOR.is_file():
        raise SystemExit("The pages' packages are not installed: run `npm ci` in ui/ first.")
    DOCUMENT.write_text(text, encoding="utf-8")
    TYPES.write_text(types_of(text), encoding="utf-8")


if __name__ == "__main__":
    main()
