"""Frames while one of three hundred nodes is dragged over the canvas."""

from __future__ import annotations

import asyncio
import statistics

from benchmarks.timing import line
from benchmarks.ui_pages import browser, site, workflow

NODES = 300
MOVES = 180
MEDIAN, HIGH = 17.0, 50.0
MEASURE = """() => {
  window.frames_ = []; let last = performance.now(); window.measuring = true;
  const next = (now) => {
    window.frames_.push(now - last); last = now;
    if (window.measuring) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""


def main() -> None:
    asyncio.run(measure())


async def measure() -> None:
    async with site() as (ringline, url, link), browser() as chromium:
        await ringline.workflows.register(workflow(NODES))
        page = await chromium.new_page(viewport={"width": 1280, "height": 720})
        await page.goto(link)
        await page.goto(f"{url}/workflows/large")
        nodes = page.locator(".react-flow__node")
        await nodes.first.wait_for(timeout=60_000)
        await page.wait_for_timeout(3_000)
        for box in [await node.bounding_box() for node in await nodes.all()]:
            if box and 250 < box["x"] < 800 and 120 < box["y"] < 500:
                break
        else:
            box = await nodes.first.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + min(14, box["height"] / 4)
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x + 4, y + 4)
        await page.evaluate(MEASURE)
        for n in range(MOVES):
            await page.mouse.move(x + 4 + (n % 60) * 3, y + 4 + (n % 40) * 3)
        frames = (await page.evaluate("() => { window.measuring = false; return window.frames_ }"))[1:]
        await page.mouse.up()
        median = statistics.median(frames)
        high = statistics.quantiles(frames, n=20)[-1]
        verdict = "within" if median <= MEDIAN and high <= HIGH else "ABOVE"
        line(
            f"a frame while one of {NODES} nodes is dragged ({len(frames)} of them)",
            f"{median:.1f} ms",
            f"p95 {high:.1f} ms, worst {max(frames):.0f} ms; {verdict} {MEDIAN:.0f} and {HIGH:.0f} ms",
        )


if __name__ == "__main__":
    main()
