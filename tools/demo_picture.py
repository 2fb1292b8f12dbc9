"""Draws `docs/images/demo.svg`: what `ringline demo` prints, from a run made for the picture.

python tools/demo_picture.py
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

WIDTH = 108
TARGET = Path(__file__).parents[1] / "docs" / "images" / "demo.svg"


def main() -> None:
    command = Path(sys.executable).parent / "ringline"
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "FORCE_COLOR": "1",
            "COLUMNS": str(WIDTH),
            "RINGLINE_HOME": home,
        }
        done = subprocess.run(
            [command, "demo", "--no-stay"], capture_output=True, text=True, env=environment, check=True
        )
        # The picture should not show where on this machine it was made.
        shown = done.stdout.replace(f"{home}/", ".ringline/").replace(home, ".ringline")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi("$ make demo\n" + shown.rstrip()))
    # Rich's drawing loads its font from a server; the reader's own monospace does as well.
    drawing = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(
        console.export_svg(title="ringline demo", code_format=drawing).replace("Fira Code, monospace", "monospace")
    )
    sys.stdout.write(f"wrote {TARGET.name}\n")


if __name__ == "__main__":
    main()
