import { type RefObject, useEffect, useRef } from "react";

/** Pixels that a place may be off by rounding without anything being hidden. */
const ROUNDING = 2;

/**
 * For a row (or column) of entries that may be longer than its box: the current one is brought into sight whenever
 * *current* changes, and `data-hidden` names the sides where more is hidden, which `rl-overflowing` lets fade out.
 */
export function useOverflowing<Box extends HTMLElement>(current: string): RefObject<Box | null> {
  const box = useRef<Box>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const sides = hiddenSides(element);
      if (sides) element.dataset.hidden = sides;
      else delete element.dataset.hidden;
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    for (const child of element.children) sizes.observe(child);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  useEffect(() => {
    const entry = box.current?.querySelector("[aria-current='page']");
    entry?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  return box;
}

function hiddenSides({ scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight }: HTMLElement): string {
  const sides = {
    left: scrollLeft,
    right: scrollWidth - clientWidth - scrollLeft,
    up: scrollTop,
    down: scrollHeight - clientHeight - scrollTop,
  };
  return Object.entries(sides)
    .flatMap(([side, hidden]) => (hidden > ROUNDING ? [side] : []))
    .join(" ");
}
