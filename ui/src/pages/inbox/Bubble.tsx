import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Moment } from "../../components/Moment";
import type { Message } from "../../talk/shapes";
import { Ticks } from "../../talk/Ticks";
import { channelName, costOf, inPlainWords, messageState } from "../../talk/words";
import { Wrong } from "../../talk/Wrong";
import classes from "./Inbox.module.css";
import { WithNumber } from "./WithNumber";

/** One message: what it says, how far it has come, and what went wrong; of a received one, where it went: *taken*. */
export function Bubble({ message, taken }: { message: Message; taken?: ReactNode }) {
  const isOurs = message.direction === "outbound";
  const failed = isOurs && messageState(message).tone === "bad";
  return (
    <article
      className={`${classes.bubble} ${isOurs ? classes.ours : ""}`}
      data-failed={failed || undefined}
      aria-label={isOurs ? "We wrote" : "They wrote"}
    >
      {message.media.map((url) => (
        <Medium key={url} url={url} />
      ))}
      <p className={classes.said}>{text(message)}</p>
      {failed && <Wrong error={inPlainWords(message)} />}
      <div className={classes.under}>
        <Moment at={message.created_at} />
        <span>{channelName(message.channel)}</span>
        <WithNumber number={isOurs ? message.to : message.from} isTheirs={!isOurs} />
        {isOurs && <Ticks message={message} />}
        {isOurs && message.price !== null && <span>{costOf(message.price, message.price_unit)}</span>}
        {isOurs && message.run && (
          <Link to="/runs/$id" params={{ id: message.run }}>
            Run
          </Link>
        )}
        {isOurs && (
          <Link to="/messages/$id" params={{ id: message.id }}>
            Details
          </Link>
        )}
        {taken}
      </div>
    </article>
  );
}

function text(message: Message): string {
  if (message.message) return message.message;
  if (message.redacted_at) return "The text was erased.";
  if (message.content_sid) return `Template ${message.content_sid}`;
  return message.media.length ? "" : "No text";
}

/** A picture of our own is shown; other servers' are not loaded into this page. */
function Medium({ url }: { url: string }) {
  const own = /^https?:\/\/[^/]+(\/m\/.+)$/.exec(url)?.[1];
  if (own) return <img className={classes.media} src={own} alt="Sent with the message" loading="lazy" />;
  return (
    <p className={classes.said}>
      <a href={url} target="_blank" rel="noreferrer">
        Picture or file (opens where it is kept)
      </a>
    </p>
  );
}
