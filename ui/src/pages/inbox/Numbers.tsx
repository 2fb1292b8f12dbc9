import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import type { Conversation } from "../../talk/shapes";
import { channelName, phone } from "../../talk/words";
import classes from "./Inbox.module.css";

/** The numbers of the one talked with, the one used last first, and which of them wants nothing. */
export function Numbers({ of }: { of: Conversation["numbers"] }) {
  return (
    <ul className={classes.numbers}>
      {of.map((one, n) => (
        <li key={`${one.number}/${n}`}>
          <span className={classes.number}>
            {phone(one.number)}
            {one.opted_out && <StatusPill tone="bad">Opted out</StatusPill>}
          </span>
          <span className={classes.quiet}>
            {one.last_at && one.last_channel ? (
              <>
                {channelName(one.last_channel)}, <Moment at={one.last_at} />
              </>
            ) : (
              `${one.channels.map(channelName).join(", ")}; nothing yet`
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
