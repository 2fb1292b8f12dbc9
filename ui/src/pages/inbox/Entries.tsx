import { Fragment } from "react";
import type { Entry } from "../../talk/shapes";
import { CallCard } from "./CallCard";
import { Bubble } from "./Bubble";
import classes from "./Inbox.module.css";
import { InterviewCard } from "./InterviewCard";
import { Taken } from "./Taken";

const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** What was said, in order, with a line where a day begins. */
export function Entries({ entries }: { entries: Entry[] }) {
  return (
    <ol className={classes.entries}>
      {entries.map((entry, n) => {
        const day = dayOf(entry.at);
        const before = entries[n - 1];
        return (
          <Fragment key={`${entry.kind}/${entry.message?.id ?? entry.inbound?.id ?? entry.call?.id ?? entry.interview?.id}`}>
            {(!before || dayOf(before.at) !== day) && <li className={classes.day}>{day}</li>}
            <li>
              <One entry={entry} />
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}

function One({ entry }: { entry: Entry }) {
  if (entry.call) return <CallCard call={entry.call} session={entry.interview ?? null} />;
  if (entry.interview) return <InterviewCard session={entry.interview} />;
  if (entry.inbound) return <Bubble message={entry.inbound} taken={<Taken message={entry.inbound} />} />;
  return entry.message ? <Bubble message={entry.message} /> : null;
}

function dayOf(at: string): string {
  const day = new Date(at);
  return day.toDateString() === new Date().toDateString() ? "Today" : DAY.format(day);
}
