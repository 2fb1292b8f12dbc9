"""Callers who ask side by side are answered by one work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from ringline.database.together import Together


class Doubling:
    """Doubles numbers, and remembers which came together; it does not take odd ones."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        await self.may_go_on.wait()
        for number in numbers:
            if number % 2:
                raise ValueError(f"{number} is odd")
        return [2 * number for number in numbers]


async def test_whoever_asks_at_once_or_meanwhile_shares_a_work() -> None:
    work = Doubling()
    together = Together(work, most=3)
    work.may_go_on.clear()
    first = [asyncio.create_task(together.ask(number)) for number in (2, 4)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert work.batches == [[2, 4]]
    later = [asyncio.create_task(together.ask(number)) for number in (6, 8, 10, 12)]
    await asyncio.sleep(0)
    work.may_go_on.set()
    assert await asyncio.gather(*first, *later) == [4, 8, 12, 16, 20, 24]
    assert work.batches == [[2, 4], [6, 8, 10], [12]]


async def test_whoever_asks_as_the_last_work_ends_is_answered() -> None:
    together = Together(Doubling())
    async with asyncio.timeout(5):
        for number in range(0, 200, 2):
            # Asked in the very turn in which the answer before came.
            assert await together.ask(number) == 2 * number


async def test_an_error_is_nobodys_but_its_own() -> None:
    work = Doubling()
    together = Together(work)
    asked = [asyncio.create_task(together.ask(number)) for number in (2, 3, 4)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [answers[0], answers[2]] == [4, 8]
    assert str(answers[1]) == "3 is odd"
    assert work.batches == [[2, 3, 4], [2], [3], [4]]
    with pytest.raises(ValueError, match="5 is odd"):
        await together.ask(5)


async def test_who_went_away_is_not_worked_for() -> None:
    work = Doubling()
    together = Together(work)
    work.may_go_on.clear()
    first = asyncio.create_task(together.ask(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gone, stays = (asyncio.create_task(together.ask(number)) for number in (4, 6))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    work.may_go_on.set()
    assert await asyncio.gather(first, stays) == [4, 12]
    assert work.batches == [[2], [6]]


async def test_as_many_works_as_there_are_lanes_go_on_side_by_side() -> None:
    work = Doubling()
    together = Together(work, lanes=2)
    work.may_go_on.clear()
    asked = []
    for number in (2, 4, 6):
        asked.append(asyncio.create_task(together.ask(number)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert work.batches == [[2], [4]]
    work.may_go_on.set()
    assert await asyncio.gather(*asked) == [4, 8, 12]
