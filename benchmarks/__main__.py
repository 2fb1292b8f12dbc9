"""`python -m benchmarks [name …]`: run all benchmarks, or those named."""

from __future__ import annotations

import argparse
import importlib
import os
import platform

NAMES = ["segments", "query", "block", "workflow", "outbox", "messages", "engine"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(NAMES)}; all without")
    names = parser.parse_args().names or NAMES
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    print(f"Python {platform.python_version()} on {os.cpu_count()} cores of {platform.machine()}")
    for name in names:
        print(f"\n== {name}")
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
