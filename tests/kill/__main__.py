"""``python -m kill --cases 2000 --seed 1``: kill workers everywhere, and print where something went wrong."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import selectors
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kill.lane import Case, Lane, copied, fresh_folder, named
from kill.plans import STRIKES_PER_TELLING, Aim, Telling, telling
from kill.points import Strike
from kill.postgres import Server
from kill.report import Report
from kill.troubles import TROUBLES
from kill.verdict import Ending
from kill.warm import warm_up
from ringline.database import open_database

TRIES = 12
"""How often a strike is aimed anew where its point was not reached, or not so often: several workers race for it."""


def main() -> int:
    """Run the cases; 1 if any of them failed."""
    asked = _arguments()
    folder = fresh_folder()
    server = Server(folder) if "postgresql" in asked.databases else None
    try:
        template = folder / "template.db"
        asyncio.run(_make_tables(f"sqlite:///{template}"))
        urls = [copied(template, folder)] + ([] if server is None else [server.clone("warm")])
        warm_up(urls, folder / "home")
        report = Report(asked.seed)
        lanes: list[int] = []
        for number in range(asked.lanes):
            lanes.append(_start_lane(number, lanes, asked, folder, template, server))
        _collect(lanes, report)
        print(report.text())
        if asked.json:
            Path(asked.json).write_text(report.json())
        return 1 if report.has_failed else 0
    finally:
        if server is not None:
            server.close()
        shutil.rmtree(folder, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m kill", description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=2000, help="how many processes are killed, on both databases together"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--lanes", type=int, default=max(2, (os.cpu_count() or 2) + 1))
    parser.add_argument("--only", help="one case as a failure names it: database|telling|point|passage|signal")
    parser.add_argument("--mutation", help="break the product on purpose")
    parser.add_argument("--tellings", help="only these tellings, such as 0,3,17")
    parser.add_argument("--trouble", help="with this trouble in every telling")
    parser.add_argument("--points", default="", help="only points whose names begin so")
    parser.add_argument("--strikes", type=int, default=STRIKES_PER_TELLING, help="how often each telling is struck")
    parser.add_argument("--json", help="a file to write the results to")
    asked = parser.parse_args()
    asked.databases = asked.databases.split(",")
    if asked.only:
        asked.databases, asked.lanes = [asked.only.split("|")[0]], 1
    return asked


async def _make_tables(url: str) -> None:
    opened = await open_database(url)
    await opened.close()


def _start_lane(
    number: int, others: list[int], asked: argparse.Namespace, folder: Path, template: Path, server: Any
) -> int:
    """Fork it; gives the end from which its results can be read."""
    results, theirs = os.pipe()
    if os.fork():
        os.close(theirs)
        return results
    status = 1
    for earlier in others:
        os.close(earlier)
    try:
        with os.fdopen(theirs, "w", buffering=1) as told:
            _work(number, asked, folder / f"lane{number}", template, server, lambda line: told.write(line + "\n"))
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _work(
    number: int, asked: argparse.Namespace, folder: Path, template: Path, server: Any, say: Callable[[str], Any]
) -> None:
    folder.mkdir()
    for database in asked.databases:
        if database == "sqlite":
            lane = Lane(lambda: copied(template, folder), 1, folder / "home")
        else:
            lane = Lane(server.lane(f"lane{number}"), 2, folder / "home")
        share = asked.cases // len(asked.databases) // asked.lanes
        _tell_all(lane, database, number, asked, share, say)
        lane.close()


def _tell_all(
    lane: Lane, database: str, lane_number: int, asked: argparse.Namespace, share: int, say: Callable[[str], Any]
) -> None:
    aim, done = Aim(), 0
    only = asked.only.split("|") if asked.only else None
    chosen = [int(one) for one in asked.tellings.split(",")] if asked.tellings else None
    rounds = 0
    while done < share:
        place = lane_number + rounds * asked.lanes
        rounds += 1
        if chosen is not None:
            if place >= len(chosen):
                return
            place = chosen[place]
        if only is not None:
            place = int(only[1])
        one = telling(database, asked.seed, place)
        if asked.trouble:
            one = dataclasses.replace(one, trouble=named({each.name: each for each in TROUBLES}, asked.trouble))
        unkilled, counts = _tell(lane, one, None, None, asked.mutation, say)
        if unkilled is None:
            done += 1
            continue
        counts = Counter({point: times for point, times in counts.items() if point.startswith(asked.points)})
        strikes = aim.at(one, counts, min(asked.strikes, share - done))
        if only is not None:
            strikes = [Strike(only[2], int(only[3]), int(only[4]))]
        for strike in strikes:
            _strike(lane, one, strike, unkilled, asked.mutation, say)
            done += 1
        if only is not None:
            return


def _strike(
    lane: Lane, one: Telling, strike: Strike, unkilled: Ending, mutation: str | None, say: Callable[[str], Any]
) -> None:
    for left in range(TRIES, 0, -1):
        if _tell(lane, one, strike, unkilled, mutation, say, is_last=left == 1)[0] is not None:
            return
        strike = dataclasses.replace(strike, passage=max(1, strike.passage // 2))


def _tell(
    lane: Lane,
    one: Telling,
    strike: Strike | None,
    unkilled: Ending | None,
    mutation: str | None,
    say: Callable[[str], Any],
    *,
    is_last: bool = True,
) -> tuple[Ending | None, Counter[str]]:
    story = one.story()
    case = Case(one.database, story.name, one.trouble.name, one.seed, strike, mutation)
    outcome, ending = lane.tell(case, story, one.trouble, unkilled)
    if not outcome.is_reached and not outcome.failures and not is_last and strike is not None:
        return None, outcome.counts
    say(
        json.dumps(
            {
                "database": one.database,
                "story": story.name,
                "trouble": one.trouble.name,
                "telling": one.number,
                "point": strike.point if strike else None,
                "passage": strike.passage if strike else None,
                "signal": int(strike.signal) if strike else None,
                "reached": outcome.is_reached,
                "failures": outcome.failures,
                "seconds": outcome.seconds,
                "passed": outcome.passed,
            }
        )
    )
    return ending or Ending({}, [], []), outcome.counts if ending is not None else Counter()


def _collect(lanes: list[int], report: Report) -> None:
    chosen = selectors.DefaultSelector()
    rest: dict[int, bytes] = {}
    for lane in lanes:
        chosen.register(lane, selectors.EVENT_READ)
        rest[lane] = b""
    began, is_stopped = time.monotonic(), []
    # Stopped from outside, it says what it has seen so far; lanes end when nobody reads what they say.
    signal.signal(signal.SIGTERM, lambda *_: is_stopped.append(True))
    while chosen.get_map() and not is_stopped:
        for key, _ in chosen.select(1.0):
            lane = key.fd
            read = os.read(lane, 1 << 16)
            if not read:
                chosen.unregister(lane)
                continue
            *lines, rest[lane] = (rest[lane] + read).split(b"\n")
            for line in lines:
                report.add(json.loads(line), time.monotonic() - began)
    for lane in lanes:
        os.close(lane)
    for _ in lanes:
        _, status = os.wait()
        if not is_stopped:
            report.lane_ended(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    sys.exit(main())
