import { type KeyboardEvent, type PointerEvent, useState } from "react";
import type { Chart, Line } from "../chart";
import type { Frame } from "./Plot";
import classes from "./Plot.module.css";

/** Tells what one bar says, whichever is pointed at, touched, or come to with the arrow keys. */
export function Reading({ chart, lines, frame }: { chart: Chart; lines: Line[]; frame: Frame }) {
  const [at, setAt] = useState<number | null>(null);
  const last = chart.bars.length - 1;
  const bar = at === null ? null : Math.min(at, last);
  const rows = bar === null ? [] : rowsOf(chart, lines, bar);
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    setAt(Math.max(0, Math.min(last, Math.floor((event.clientX - left) / frame.band))));
  };
  const move = (event: KeyboardEvent) => {
    const here = bar ?? last;
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last }[event.key];
    if (event.key === "Escape") setAt(null);
    if (to === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(last, to)));
  };
  return (
    <>
      <div
        className={classes.reading}
        style={{ left: frame.left, width: frame.right - frame.left }}
        role="slider"
        tabIndex={0}
        aria-label={`${chart.title}, one bar after the other`}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={bar ?? last}
        aria-valuetext={spoken(chart, lines, bar ?? last)}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setAt(null)}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && setAt(bar ?? last)}
        onBlur={() => setAt(null)}
        onKeyDown={move}
      >
        {bar !== null && <span className={classes.here} style={{ left: bar * frame.band, width: frame.band }} />}
      </div>
      {bar !== null && (
        <div className={classes.tip} style={placeOf(frame, bar)} aria-hidden>
          <strong>{chart.bars[bar]}</strong>
          {rows.map(({ name, meaning, value }) => (
            <span key={name} className={classes.row}>
              <span className={classes.swatch} data-meaning={meaning} />
              {name}
              <b>{value}</b>
            </span>
          ))}
          {rows.length === 0 && <span>Nothing</span>}
        </div>
      )}
    </>
  );
}

function rowsOf(chart: Chart, lines: Line[], bar: number) {
  return lines.flatMap(({ name, meaning, values }) => {
    const value = values[bar] ?? null;
    return value === null || (value === 0 && chart.form === "bars") ? [] : [{ name, meaning, value: chart.show(value) }];
  });
}

function spoken(chart: Chart, lines: Line[], bar: number): string {
  const said = rowsOf(chart, lines, bar).map(({ name, value }) => `${name} ${value}`);
  return `${chart.bars[bar] ?? ""}: ${said.join(", ") || "nothing"}`;
}

/** Beside the bar, on the side where there is room. */
function placeOf(frame: Frame, bar: number): React.CSSProperties {
  const middle = (frame.left + frame.right) / 2;
  const x = frame.x(bar);
  const gap = Math.min(frame.band / 2, 17) + 8;
  return x < middle ? { left: x + gap } : { right: `calc(100% - ${x - gap}px)` };
}
