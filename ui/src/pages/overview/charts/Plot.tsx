import { useLayoutEffect, useRef, useState } from "react";
import type { Chart, Line } from "../chart";
import classes from "./Plot.module.css";
import { Reading } from "./Reading";
import { namesEvery, rounded, through, ticks } from "./scale";

const HEIGHT = 200;
const TOP = 10;
const BOTTOM = 22;
const RIGHT = 8;
/** Of a character of the axes, in pixels; a little more than it takes. */
const CHARACTER = 7;

/** Where things stand: bars from left to right, numbers from below. */
export interface Frame {
  left: number;
  right: number;
  band: number;
  /** Of the middle of a bar. */
  x: (bar: number) => number;
  y: (value: number) => number;
}

/** A chart, drawn in the colours of the theme; which of its lines are shown is chosen below it. */
export function Plot({ chart }: { chart: Chart }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [hidden, setHidden] = useState<string[]>([]);
  const shown = chart.series.filter(({ name }) => !hidden.includes(name));
  const marks = marksOf(chart, shown);
  const frame = frameOf(chart, marks, width);
  const toggle = (name: string) =>
    setHidden(hidden.includes(name) ? hidden.filter((one) => one !== name) : [...hidden, name]);
  return (
    <div>
      <div ref={box} className={classes.plot}>
        {width > 0 && (
          <>
            <svg width={width} height={HEIGHT} role="img" aria-label={chart.spoken}>
              <Axes chart={chart} marks={marks} frame={frame} />
              {chart.form === "line" ? (
                shown.map((line) => <Course key={line.name} line={line} frame={frame} />)
              ) : (
                <Bars lines={shown} bars={chart.bars.length} frame={frame} />
              )}
            </svg>
            <Reading chart={chart} lines={shown} frame={frame} />
          </>
        )}
      </div>
      {chart.series.length > 1 && (
        <ul className={classes.legend} aria-label={`What ${chart.title.toLowerCase()} are shown`}>
          {chart.series.map(({ name, meaning }) => (
            <li key={name}>
              <button type="button" aria-pressed={!hidden.includes(name)} onClick={() => toggle(name)}>
                <span className={classes.swatch} data-meaning={meaning} aria-hidden />
                {name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** How wide the chart may be; known before anything is painted, so that nobody sees an empty one. */
function useWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [box]);
  return width;
}

function marksOf(chart: Chart, shown: Line[]): number[] {
  const at = (bar: number) => shown.map(({ values }) => values[bar] ?? 0);
  const heights = chart.bars.map((_, bar) =>
    chart.form === "line" ? Math.max(...at(bar), 0) : at(bar).reduce((sum, value) => sum + value, 0),
  );
  return ticks(chart.most ?? Math.max(...heights, 0), chart.whole);
}

function frameOf(chart: Chart, marks: number[], width: number): Frame {
  const left = Math.max(...marks.map((mark) => chart.show(mark).length)) * CHARACTER + 12;
  const right = Math.max(width - RIGHT, left + 1);
  const band = (right - left) / Math.max(chart.bars.length, 1);
  const most = marks[marks.length - 1] ?? 1;
  const low = HEIGHT - BOTTOM;
  return { left, right, band, x: (bar) => left + (bar + 0.5) * band, y: (value) => low - (value / most) * (low - TOP) };
}

function Axes({ chart, marks, frame }: { chart: Chart; marks: number[]; frame: Frame }) {
  const every = namesEvery(frame.band, Math.max(...chart.bars.map(({ length }) => length)) * CHARACTER + 12);
  return (
    <g className={classes.axes}>
      {marks.map((mark) => (
        <g key={mark}>
          <line x1={frame.left} x2={frame.right} y1={Math.round(frame.y(mark)) + 0.5} y2={Math.round(frame.y(mark)) + 0.5} />
          <text x={frame.left - 8} y={frame.y(mark)} dy="0.35em" textAnchor="end">
            {chart.show(mark)}
          </text>
        </g>
      ))}
      {chart.bars.map(
        (bar, place) =>
          place % every === 0 && (
            <text key={`${bar}-${place}`} x={frame.x(place)} y={HEIGHT - 5} textAnchor="middle">
              {bar}
            </text>
          ),
      )}
    </g>
  );
}

function Bars({ lines, bars, frame }: { lines: Line[]; bars: number; frame: Frame }) {
  const width = Math.max(1, Math.min(34, frame.band * 0.72));
  return Array.from({ length: bars }, (_, bar) => {
    const pieces = lines.filter(({ values }) => (values[bar] ?? 0) > 0);
    let below = 0;
    return pieces.map(({ name, meaning, values }, place) => {
      const low = frame.y(below);
      below += values[bar] ?? 0;
      // Between pieces a line of the ground shows, so that neighbours of one colour stay two.
      const gap = place > 0 ? 1 : 0;
      const height = Math.max(1, low - frame.y(below) - gap);
      const x = frame.x(bar) - width / 2;
      const y = low - gap - height;
      return place === pieces.length - 1 ? (
        <path key={name} className={classes.mark} data-meaning={meaning} d={rounded(x, y, width, height)} />
      ) : (
        <rect key={name} className={classes.mark} data-meaning={meaning} x={x} y={y} width={width} height={height} />
      );
    });
  });
}

function Course({ line, frame }: { line: Line; frame: Frame }) {
  const points = line.values.map((value, bar): [number, number] | null =>
    value === null ? null : [frame.x(bar), frame.y(value)],
  );
  const there = points.filter((point) => point !== null);
  const [first, last] = [there[0], there[there.length - 1]];
  if (!first || !last) return null;
  return (
    <g className={classes.mark} data-meaning={line.meaning}>
      <path className={classes.under} d={`${through(points)}V${frame.y(0)}H${first[0]}z`} />
      <path className={classes.course} d={through(points)} />
      {(there.length < 40 ? there : []).map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r={3} />
      ))}
    </g>
  );
}
