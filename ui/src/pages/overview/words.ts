import type { Totals } from "./asking";

/** What a colour of a chart says; the theme has the shade (`--rl-chart-good`). */
export type Meaning = "good" | "bad" | "wait" | "busy" | "idle" | "from" | "to";

export interface Kind {
  measure: string;
  name: string;
  meaning: Meaning;
}

export const MESSAGES: Kind[] = [
  { measure: "messages.delivered", name: "Delivered", meaning: "good" },
  { measure: "messages.sent", name: "Sent, no receipt yet", meaning: "busy" },
  { measure: "messages.undelivered", name: "Not delivered", meaning: "wait" },
  { measure: "messages.failed", name: "Failed", meaning: "bad" },
  { measure: "messages.refused", name: "Not sent by a rule", meaning: "idle" },
  { measure: "messages.canceled", name: "Canceled", meaning: "to" },
  { measure: "messages.unresolved", name: "To be settled", meaning: "from" },
];

export const CALLS: Kind[] = [
  { measure: "calls.answered", name: "Answered", meaning: "good" },
  { measure: "calls.voicemail", name: "Answering machine", meaning: "busy" },
  { measure: "calls.no_answer", name: "No answer", meaning: "wait" },
  { measure: "calls.busy", name: "Busy", meaning: "from" },
  { measure: "calls.failed", name: "Failed", meaning: "bad" },
  { measure: "calls.refused", name: "Not placed by a rule", meaning: "idle" },
  { measure: "calls.canceled", name: "Canceled", meaning: "to" },
  { measure: "calls.unknown", name: "Unknown", meaning: "idle" },
];

export const INTERVIEWS: Kind[] = [
  { measure: "interviews.completed", name: "Completed", meaning: "good" },
  { measure: "interviews.ended_by_rule", name: "Ended by a rule of theirs", meaning: "busy" },
  { measure: "interviews.transferred", name: "Handed to a person", meaning: "to" },
  { measure: "interviews.partial", name: "Left halfway", meaning: "wait" },
  { measure: "interviews.no_answer", name: "No answer", meaning: "from" },
  { measure: "interviews.busy", name: "Busy", meaning: "from" },
  { measure: "interviews.voicemail", name: "Answering machine", meaning: "idle" },
  { measure: "interviews.opted_out", name: "Wanted no more", meaning: "bad" },
  { measure: "interviews.failed", name: "Failed", meaning: "bad" },
  { measure: "interviews.refused", name: "Not begun by a rule", meaning: "idle" },
  { measure: "interviews.unknown", name: "Unknown", meaning: "idle" },
];

export const RUNS: Kind[] = [
  { measure: "runs.completed", name: "Completed", meaning: "good" },
  { measure: "runs.failed", name: "Failed", meaning: "bad" },
  { measure: "runs.canceled", name: "Canceled", meaning: "idle" },
];

const ENDED_WELL = ["interviews.completed", "interviews.ended_by_rule", "interviews.transferred"];
/** Those that Twilio has taken, whatever became of them there. */
const TAKEN = ["messages.delivered", "messages.sent", "messages.undelivered"];

export function sum(totals: Totals, kinds: (Kind | string)[]): number {
  return kinds.reduce((found, kind) => {
    const measure = typeof kind === "string" ? kind : kind.measure;
    return found + (totals.counts[measure] ?? 0);
  }, 0);
}

export const messagesOf = (totals: Totals) => sum(totals, MESSAGES);
export const callsOf = (totals: Totals) => sum(totals, CALLS);
export const interviewsOf = (totals: Totals) => totals.counts["interviews.started"] ?? 0;

/** A share between 0 and 1, or nothing where there is nothing to be a share of. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

export const deliveredShare = (totals: Totals) =>
  share(totals.counts["messages.delivered"] ?? 0, sum(totals, [...TAKEN, "messages.failed"]));

export const completedShare = (totals: Totals) => share(sum(totals, ENDED_WELL), interviewsOf(totals));

/** Delivered messages as a part of those that were taken, bar by bar. */
export function deliveredShares(series: Record<string, number[]>, bars: number): (number | null)[] {
  const at = (measure: string, bar: number) => series[measure]?.[bar] ?? 0;
  return Array.from({ length: bars }, (_, bar) => {
    const whole = [...TAKEN, "messages.failed"].reduce((found, measure) => found + at(measure, bar), 0);
    return share(at("messages.delivered", bar), whole);
  });
}

const COUNT = new Intl.NumberFormat();
const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

export const count = (value: number) => COUNT.format(value);
export const percent = (value: number | null) => (value === null ? "–" : PERCENT.format(value));

export function money(amount: number | string, currency: string): string {
  const value = Number(amount);
  const digits = Math.abs(value) < 0.1 && value !== 0 ? 4 : 2;
  try {
    return new Intl.NumberFormat(undefined, {
      style: "currency",
      currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: digits,
    }).format(value);
  } catch {
    return `${value.toFixed(2)} ${currency}`;
  }
}

export function duration(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 90) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
