"""The pages against their targets: what they load, how they move, how fast their lists are.

python -m benchmarks ui                 all three, the lists with a million messages and a million runs
ROWS=100000 python -m benchmarks ui     with fewer
PARTS=size,frames python -m benchmarks ui
"""

from __future__ import annotations

import os

from benchmarks import ui_frames, ui_lists, ui_size

PARTS = {"size": ui_size.main, "frames": ui_frames.main, "lists": ui_lists.main}


def main() -> None:
    for name in os.environ.get("PARTS", ",".join(PARTS)).split(","):
        PARTS[name]()


if __name__ == "__main__":
    main()
