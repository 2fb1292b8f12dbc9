import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import classes from "../../talk/Page.module.css";
import type { Contact, Message } from "../../talk/shapes";
import { channelName, optOutWords, phone } from "../../talk/words";
import { Known } from "./Known";

/** What is known of what a person does not want, on each channel, since when and how. */
export function Wishes({
  contact,
  history,
  conversation,
}: {
  contact: Contact;
  history: Message[];
  /** The conversation with them, if there is one. */
  conversation: string | undefined;
}) {
  return (
    <>
      <ul className={classes.list}>
        {contact.addresses.map((one) => {
          const against = contact.opt_outs.filter(
            (out) => out.number === one.address && (out.channel === null || out.channel === one.channel),
          );
          return (
            <li key={`${one.channel}/${one.address}`}>
              <StatusPill tone={against.length ? "bad" : "good"}>
                {against.length ? "Opted out" : "May be reached"}
              </StatusPill>{" "}
              {channelName(one.channel)} at {phone(one.address)}
            </li>
          );
        })}
      </ul>
      {contact.opt_outs.length > 0 && (
        <ul className={classes.list} style={{ marginTop: 14 }}>
          {contact.opt_outs.map((one) => (
            <li key={`${one.number}/${one.scope}`}>
              <strong>{optOutWords(one)}</strong>
              <br />
              <span className={classes.quiet}>
                <Known of={{ ...one, conversation: conversation ?? null }} />, <Moment at={one.since} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {history.length > 0 && (
        <details className={classes.details} style={{ marginTop: 12 }}>
          <summary>Every time they stopped or started</summary>
          <ul>
            {history.map((one) => (
              <li key={one.id}>
                <Moment at={one.created_at} />: <q>{one.message}</q> to {phone(one.to)}
              </li>
            ))}
          </ul>
        </details>
      )}
      <p className={classes.quiet} style={{ margin: "12px 0 0", fontSize: 13 }}>
        Only the person can opt in again, by writing START to the number that they stopped. An opt-out from
        calls stays.
      </p>
    </>
  );
}
