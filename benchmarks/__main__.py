"""`python -m benchmarks [name …]`: run all benchmarks, or those named."""

from __future__ import annotations

import argparse
import importlib
import os
import platform

NAMES = ["segments", "query", "block", "workflow", "outbox", "messages", "pacing", "engine", "broadcast", "voice", "ui"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(NAMES)}; all without")
    parser.add_argument("--recipients", type=int, help="how many people a broadcast has")
    parser.add_argument("--seconds", type=float, help="how long pacing sends on each database")
    arguments = parser.parse_args()
    names = arguments.names or NAMES
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    print(f"Python {platform.python_version()} on {os.cpu_count()} cores of {platform.machine()}")
    for name in names:
        print(f"\n== {name}")
        benchmark = importlib.import_module(f"benchmarks.{name}")
        if name == "broadcast" and arguments.recipients:
            benchmark.main(arguments.recipients)
        elif name == "pacing" and arguments.seconds:
            benchmark.main(arguments.seconds)
        else:
            benchmark.main()


if __name__ == "__main__":
    main()
