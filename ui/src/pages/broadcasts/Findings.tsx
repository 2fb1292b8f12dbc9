import classes from "../../talk/Page.module.css";
import { phone, plain } from "../../talk/words";
import type { Check } from "./broadcast";

/** What the check of a list found: who is left out and why, what to know before it starts, and how texts look. */
export function Findings({ check }: { check: Check }) {
  const skipped = Object.entries(check.skipped);
  return (
    <div className={classes.column}>
      <p className={classes.words}>
        {check.rows.toLocaleString()} rows: {check.new.toLocaleString()} get it
        {check.already > 0 && `, ${check.already.toLocaleString()} have it already`}
        {skipped.map(([why, count]) => `, ${count.toLocaleString()} left out (${plain(why).toLowerCase()})`).join("")}.
        Altogether {check.segments.toLocaleString()} {check.segments === 1 ? "segment" : "segments"}.
      </p>
      {check.warnings.length > 0 && (
        <ul className={classes.list}>
          {check.warnings.map((one) => (
            <li key={one.code} style={{ color: "var(--rl-wait)" }}>
              <strong>
                {one.count > 1 ? `${one.count.toLocaleString()} ` : ""}
                {one.count > 1 ? one.message : plain(one.message)}.
              </strong>{" "}
              {plain(one.fix)}.
            </li>
          ))}
        </ul>
      )}
      {check.problems.length > 0 && (
        <details className={classes.details}>
          <summary>Rows that are left out</summary>
          <ul>
            {check.problems.map((one) => (
              <li key={`${one.line}/${one.message}`}>
                Line {one.line}: {one.message} <span className={classes.quiet}>{one.fix}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {check.samples.length > 0 && (
        <ul className={classes.list}>
          {check.samples.map((one) => (
            <li key={one.line}>
              <span className={classes.quiet}>To {phone(one.to)}:</span>
              <p className={classes.words}>{one.text}</p>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
