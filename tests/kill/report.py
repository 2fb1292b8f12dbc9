"""The table at the end: points and databases, what failed where, and how to see it again."""

from __future__ import annotations

import json
import resource
import sys
from collections import Counter, defaultdict
from typing import Any

from kill.plans import KILL_POINTS

ENOUGH_FOR_ALL = 1000
"""So many cases must have come by every point of the send path."""


class Report:
    """Gathers results as they come."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.results: list[dict[str, Any]] = []
        self._took: dict[str, list[float]] = defaultdict(list)
        self._ended_badly: list[int] = []

    def add(self, result: dict[str, Any], at: float) -> None:
        """One telling has ended."""
        self.results.append(result)
        self._took[result["database"]].append(at)
        if result["failures"] or not result["reached"]:
            print(_failure(result, self.seed), flush=True)
        elif sys.stderr.isatty():
            print(f"\r{len(self.results)}", end="", file=sys.stderr)

    def lane_ended(self, status: int) -> None:
        """A lane is done; anything but 0 is a fault of the harness."""
        if status:
            self._ended_badly.append(status)

    @property
    def struck(self) -> list[dict[str, Any]]:
        """Those in which a process was killed or frozen."""
        return [result for result in self.results if result["point"] is not None]

    @property
    def has_failed(self) -> bool:
        """Whether anything did not hold, or was not reached; or nothing was tried."""
        if not self.struck or self._never_struck(sorted(self._took)):
            return True
        return bool(self._ended_badly) or any(one["failures"] or not one["reached"] for one in self.results)

    def rates(self) -> dict[str, float]:
        """Kills a second, by database."""
        found, began = {}, 0.0
        for database, moments in self._took.items():
            count = sum(1 for one in self.struck if one["database"] == database)
            found[database] = count / max(1e-9, max(moments) - began)
            began = max(moments)
        return found

    def text(self) -> str:
        """The whole table."""
        databases = sorted(self._took)
        lines = ["", f"{'point':<62}" + "".join(f"{name:>22}" for name in databases), ""]
        cells: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for one in self.struck:
            cells[one["point"], one["database"]]["cases"] += 1
            cells[one["point"], one["database"]]["failures"] += bool(one["failures"])
            cells[one["point"], one["database"]]["unreached"] += not one["reached"]
        for point in sorted({point for point, _ in cells}):
            lines.append(f"{point:<62}" + "".join(_cell(cells[point, database]) for database in databases))
        lines += ["", "Points of the send path:", ""]
        for name, fragments in KILL_POINTS.items():
            row = []
            for database in databases:
                total: Counter[str] = Counter()
                for (point, where), cell in cells.items():
                    if where == database and any(point.startswith(fragment) for fragment in fragments):
                        total += cell
                row.append(_cell(total))
            lines.append(f"{name:<62}" + "".join(row))
        lines += ["", "Troubles:", ""]
        for trouble in sorted({one["trouble"] for one in self.struck}):
            lines.append(
                f"{trouble:<62}" + "".join(self._count("trouble", trouble, database) for database in databases)
            )
        lines += ["", "Stories:", ""]
        for story in sorted({one["story"] for one in self.struck}):
            lines.append(f"{story:<62}" + "".join(self._count("story", story, database) for database in databases))
        rates = self.rates()
        lines += ["", *self._never_struck(databases)]
        for database in databases:
            count = sum(1 for one in self.struck if one["database"] == database)
            lines.append(f"{database}: {count} killed or frozen, {rates[database]:.1f} a second")
        failed = [one for one in self.results if one["failures"] or not one["reached"]]
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        each = (spent.ru_utime + spent.ru_stime) / max(1, len(self.struck))
        lines.append(f"{each:.2f} s of a processor for each, without the database's server")
        lines.append(f"seed {self.seed}: {len(self.struck)} cases, {len(failed)} failed")
        if not self.struck:
            lines.append("No process was killed: no telling comes by a point of that name.")
        lines += [_failure(one, self.seed) for one in failed]
        if self._ended_badly:
            lines.append(f"lanes ended with {self._ended_badly}: see above")
        return "\n".join(lines)

    def _never_struck(self, databases: list[str]) -> list[str]:
        if len(self.struck) < ENOUGH_FOR_ALL:
            return []
        return [
            f"MISSING {name} on {database}: no case struck there"
            for name, fragments in KILL_POINTS.items()
            for database in databases
            if not any(one["point"].startswith(fragments) for one in self.struck if one["database"] == database)
        ]

    def _count(self, field: str, value: str, database: str) -> str:
        of = [one for one in self.struck if one[field] == value and one["database"] == database]
        return _cell(Counter(cases=len(of), failures=sum(bool(one["failures"]) for one in of)))

    def json(self) -> str:
        """For programs."""
        return json.dumps({"seed": self.seed, "results": self.results, "rates": self.rates()})


def _cell(cell: Counter[str]) -> str:
    if not cell["cases"]:
        return f"{'-':>22}"
    told = f"{cell['cases']}"
    if cell["failures"]:
        told += f", {cell['failures']} failed"
    if cell["unreached"]:
        told += f", {cell['unreached']} unreached"
    return f"{told:>22}"


def _failure(one: dict[str, Any], seed: int) -> str:
    where = f"{one['database']}|{one['telling']}|{one['point']}|{one['passage']}|{one['signal']}"
    what = "; ".join(one["failures"]) if one["failures"] else "its point was not reached"
    again = f"python -m kill --seed {seed} " + (
        f"--only '{where}'" if one["point"] else f"--databases {one['database']} --tellings {one['telling']} --lanes 1"
    )
    return f"FAILED {one['story']}, {one['trouble']}: {what}\n    again: {again}"
