import { Moment } from "../../components/Moment";
import { channelName, phone } from "../../talk/words";
import type { Message } from "../../talk/shapes";
import { Bubble } from "../inbox/Bubble";
import inbox from "../inbox/Inbox.module.css";
import classes from "./Run.module.css";
import type { Reply } from "./shapes";

/** A message that a step sent, with its ticks and to whom it went. */
export function Sent({ message }: { message: Message }) {
  return (
    <div className={classes.sent}>
      <p className={classes.toward}>
        <span className={classes.to}>To {phone(message.to)}</span>
        {message.from && <span className={classes.from}>From {phone(message.from)}</span>}
      </p>
      <Bubble message={{ ...message, run: null }} />
    </div>
  );
}

/** What somebody answered, and what was made of it. */
export function Answer({ reply }: { reply: Reply }) {
  return (
    <article className={inbox.bubble} aria-label="They wrote">
      <p className={inbox.said}>{reply.text || "Picture or file"}</p>
      <div className={inbox.under}>
        <Moment at={reply.at} />
        <span>{phone(reply.from)}</span>
        <span>{channelName(reply.channel)}</span>
        {reply.understood.length > 0 && (
          <span>
            Understood: {reply.understood.join("; ")}
            {reply.confidence !== null && reply.confidence < 1 && `, ${Math.round(reply.confidence * 100)}% sure`}
          </span>
        )}
      </div>
    </article>
  );
}
