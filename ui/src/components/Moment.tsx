const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY_TIME = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const YEAR = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });

/** A moment in the reader's zone: today by its time, this year by day and time, else by date. The whole is its title. */
export function Moment({ at }: { at: string | number | Date | null | undefined }) {
  if (at === null || at === undefined) return <span>–</span>;
  const moment = new Date(at);
  return (
    <time dateTime={moment.toISOString()} title={FULL.format(moment)} className="rl-figures">
      {shortly(moment, new Date())}
    </time>
  );
}

/** How a moment reads beside others of about the same time. */
export function shortly(moment: Date, now: Date): string {
  if (moment.toDateString() === now.toDateString()) return TIME.format(moment);
  return moment.getFullYear() === now.getFullYear() ? DAY_TIME.format(moment) : YEAR.format(moment);
}
