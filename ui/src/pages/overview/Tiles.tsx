import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { Chosen, Figures, Totals } from "./asking";
import classes from "./Overview.module.css";
import { callsOf, completedShare, count, deliveredShare, duration, interviewsOf, messagesOf, money, percent } from "./words";

interface Tile {
  label: string;
  value: ReactNode;
  note?: string;
  change: string;
  /** Where what is summed up is listed. */
  to?: string;
}

/** What the list of opt-outs calls the range. */
const TIMES: Record<string, string> = { today: "day", "7d": "week", "30d": "month" };

/** The sums of the range, each beside that of the range before. */
export function Tiles({ found, chosen }: { found: Figures; chosen: Chosen }) {
  const { totals, before } = found;
  const days = found.range.starts.length;
  const than = found.range.by === "hour" ? "the day before" : `the ${days} days before`;
  const during = found.range.by === "hour" ? than : `in ${than}`;
  return (
    <dl className={classes.tiles} aria-label={`Sums, compared with ${than}`}>
      {tilesOf(totals, before, chosen).map(({ label, value, note, change, to }) => (
        <div key={label} className={classes.tile}>
          <dt>
            {to ? (
              <Link to={to} className={classes.lead}>
                {label} <ChevronRight size={14} aria-hidden />
              </Link>
            ) : (
              label
            )}
          </dt>
          <dd className={classes.value}>{value}</dd>
          {note && <dd className={classes.note}>{note}</dd>}
          <dd className={classes.note}>{sentence(change, than, during)}</dd>
        </div>
      ))}
    </dl>
  );
}

function sentence(change: string, than: string, during: string): string {
  if (change === "") return `none ${during} either`;
  return change === "none" ? `none ${during}` : `${change} ${than}`;
}

/** The list of those who opted out, of the same time and channel; of all where nobody did. */
function optedOut(many: number, { range = "7d", channel }: Chosen): string {
  const asked = new URLSearchParams();
  const time = TIMES[range];
  if (many && time) asked.set("time", time);
  if (many && channel) asked.set("channel", channel);
  return asked.size ? `/contacts/opt-outs?${asked.toString()}` : "/contacts/opt-outs";
}

function tilesOf(now: Totals, before: Totals, chosen: Chosen): Tile[] {
  const of = (totals: Totals, measure: string) => totals.counts[measure] ?? 0;
  const tiles: Tile[] = [
    {
      label: "Messages",
      value: count(messagesOf(now)),
      note: now.counts.segments ? `${count(now.counts.segments)} ${now.counts.segments === 1 ? "segment" : "segments"}` : undefined,
      change: compared(messagesOf(now), messagesOf(before)),
    },
    {
      label: "Delivered",
      value: percent(deliveredShare(now)),
      note: now.delivery_seconds === null ? undefined : `after ${duration(now.delivery_seconds)} on average`,
      change: points(deliveredShare(now), deliveredShare(before)),
    },
    {
      label: "Replies",
      value: count(of(now, "inbound.replies")),
      note: `${count(of(now, "inbound.received"))} ${of(now, "inbound.received") === 1 ? "message" : "messages"} received`,
      change: compared(of(now, "inbound.replies"), of(before, "inbound.replies")),
    },
    {
      label: "Opt-outs",
      value: count(of(now, "inbound.opt_outs")),
      change: compared(of(now, "inbound.opt_outs"), of(before, "inbound.opt_outs")),
      to: optedOut(of(now, "inbound.opt_outs"), chosen),
    },
    ...costs(now, before),
  ];
  if (callsOf(now) || callsOf(before)) {
    tiles.push({
      label: "Calls",
      value: count(callsOf(now)),
      note: `${count(of(now, "calls.answered"))} answered, ${duration(of(now, "calls.seconds"))} in all`,
      change: compared(callsOf(now), callsOf(before)),
    });
  }
  if (interviewsOf(now) || interviewsOf(before)) {
    tiles.push({
      label: "Conversations completed",
      value: percent(completedShare(now)),
      note: `of ${count(interviewsOf(now))} begun`,
      change: points(completedShare(now), completedShare(before)),
    });
  }
  if (of(now, "runs.started") || of(before, "runs.started")) {
    const failed = of(now, "runs.failed");
    tiles.push({
      label: "Runs",
      value: count(of(now, "runs.started")),
      note: failed ? `${count(failed)} failed` : undefined,
      change: compared(of(now, "runs.started"), of(before, "runs.started")),
    });
  }
  return tiles;
}

function costs(now: Totals, before: Totals): Tile[] {
  const currencies = Object.keys({ ...now.cost, ...before.cost });
  const shown = currencies.length === 0 ? ["USD"] : currencies;
  return shown.map((currency) => ({
    label: shown.length > 1 ? `Cost, ${currency}` : "Cost",
    value: money(now.cost[currency] ?? "0", currency),
    change: compared(Number(now.cost[currency] ?? 0), Number(before.cost[currency] ?? 0)),
  }));
}

/** The beginning of a sentence on how a number has changed; empty where there is none on either side. */
function compared(now: number, before: number): string {
  if (now === before) return now === 0 ? "" : "as many as";
  if (before === 0) return "none";
  const ratio = now / before - 1;
  const size = Math.abs(ratio) >= 9.995 ? "many times" : `${Math.round(Math.abs(ratio) * 100)}%`;
  return `${ratio > 0 ? "▲" : "▼"} ${size} ${ratio > 0 ? "more than" : "less than"}`;
}

function points(now: number | null, before: number | null): string {
  if (now === null && before === null) return "";
  if (now === null || before === null) return before === null ? "none" : "not as in";
  const change = Math.round((now - before) * 1000) / 10;
  if (change === 0) return "the same as";
  return `${change > 0 ? "▲" : "▼"} ${Math.abs(change)} points ${change > 0 ? "above" : "below"}`;
}
