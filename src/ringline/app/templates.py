"""The examples that come with Ringline, to begin a workflow from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Template:
    """An example: its name, what it does in a sentence or two, and its text."""

    name: str
    about: str
    text: str


def templates() -> list[Template]:
    """Every example, by name. None where they were not installed."""
    found = []
    for path in sorted(_folder().glob("*.yaml")):
        if not path.name.endswith(".scenarios.yaml"):
            text = path.read_text(encoding="utf-8")
            found.append(Template(path.stem, about(text), text))
    return found


def about(text: str) -> str:
    """What the first comment of a definition says, up to its first empty line or command."""
    words: list[str] = []
    for line in text.splitlines():
        said = line.removeprefix("#").strip()
        if not line.startswith("#") or not said or "ringline " in said:
            break
        words.append(said)
    sentence = " ".join(words)
    return sentence[: sentence.rfind(". Send it") + 1] if ". Send it" in sentence else sentence


def _folder() -> Path:
    installed = _PACKAGE / "examples"
    # In a clone they stand beside the sources.
    return installed if installed.is_dir() else _PACKAGE.parent.parent / "examples"
