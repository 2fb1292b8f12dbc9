import type { Figures } from "./asking";
import {
  CALLS,
  count,
  deliveredShares,
  INTERVIEWS,
  type Kind,
  type Meaning,
  MESSAGES,
  money,
  percent,
  RUNS,
} from "./words";

export interface Line {
  name: string;
  meaning: Meaning;
  values: (number | null)[];
}

/** Numbers by bar, to be drawn or written out. */
export interface Chart {
  id: string;
  title: string;
  about: string;
  form: "bars" | "line";
  bars: string[];
  series: Line[];
  show: (value: number) => string;
  /** Only whole numbers come. */
  whole: boolean;
  /** The highest value there can be. */
  most?: number;
  spoken: string;
}

/** How bars are named: hours of a day or two, days of a longer range. */
export function barNames({ by, starts, zone }: Figures["range"]): string[] {
  const form = new Intl.DateTimeFormat(
    undefined,
    by === "hour" ? { hour: "numeric", minute: "2-digit", timeZone: zone } : { month: "short", day: "numeric", timeZone: zone },
  );
  return starts.map((start) => form.format(new Date(start)));
}

function stacked(found: Figures, kinds: Kind[]): Line[] {
  return kinds.flatMap(({ measure, name, meaning }) => {
    const values = found.series[measure];
    return values?.some((value) => value !== 0) ? [{ name, meaning, values }] : [];
  });
}

function costs(found: Figures): Line[] {
  const meanings: Meaning[] = ["busy", "from", "to", "good"];
  return Object.entries(found.series)
    .filter(([measure]) => measure.startsWith("cost."))
    .map(([measure, values], place) => ({
      name: measure.slice(5),
      meaning: meanings[place % meanings.length] ?? "busy",
      values: values.map((value) => value / 1_000_000),
    }));
}

/** Every chart that has something to show. */
export function chartsOf(found: Figures): Chart[] {
  const bars = barNames(found.range);
  const shares = deliveredShares(found.series, bars.length);
  const currencies = costs(found);
  const numbers = { bars, show: count, whole: true, form: "bars" } as const;
  const all: Omit<Chart, "spoken">[] = [
    {
      ...numbers,
      id: "messages",
      title: "Messages",
      about: "By what became of them, when they were sent.",
      series: stacked(found, MESSAGES),
    },
    {
      ...numbers,
      id: "delivery",
      title: "Delivered",
      about: "Of those that Twilio took; receipts may come late.",
      form: "line",
      whole: false,
      most: 1,
      show: percent,
      series: shares.some((value) => value !== null) ? [{ name: "Delivered", meaning: "good", values: shares }] : [],
    },
    {
      ...numbers,
      id: "replies",
      title: "Replies and opt-outs",
      about: "What people wrote back to workflows, and who wants no more.",
      series: stacked(found, [
        { measure: "inbound.replies", name: "Replies", meaning: "good" },
        { measure: "inbound.opt_outs", name: "Opt-outs", meaning: "bad" },
      ]),
    },
    {
      ...numbers,
      id: "cost",
      title: "Cost",
      about: "What Twilio reports; prices may come a while after the message.",
      whole: false,
      show: (value) => (currencies.length === 1 ? money(value, currencies[0]?.name ?? "USD") : value.toFixed(2)),
      series: currencies,
    },
    {
      ...numbers,
      id: "calls",
      title: "Calls",
      about: "By how they ended.",
      series: stacked(found, CALLS),
    },
    {
      ...numbers,
      id: "interviews",
      title: "Conversations",
      about: "Interviews by phone and by text, by how they ended.",
      series: stacked(found, INTERVIEWS),
    },
    {
      ...numbers,
      id: "runs",
      title: "Runs",
      about: "By how they ended, when they began.",
      series: stacked(found, RUNS),
    },
  ];
  return all.filter((chart) => chart.series.length > 0).map((chart) => ({ ...chart, spoken: spoken(chart) }));
}

function spoken({ title, series, show, form }: Omit<Chart, "spoken">): string {
  if (form === "line") return `Chart: ${title} over time. The table has the numbers.`;
  const sums = series.map(
    ({ name, values }) => `${name} ${show(values.reduce<number>((found, value) => found + (value ?? 0), 0))}`,
  );
  return `Chart: ${title} over time: ${sums.join(", ")}. The table has the numbers.`;
}

/** The numbers of a chart as CSV; what a spreadsheet would take for a formula is only ever a number here. */
export function csvOf(chart: Chart, starts: string[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = ["from", ...chart.series.map(({ name }) => name)];
  const rows = starts.map((start, bar) => [start, ...chart.series.map(({ values }) => String(values[bar] ?? ""))]);
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}
