import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMay } from "../../app/me";
import { Moment } from "../../components/Moment";
import { Facts } from "../../talk/Facts";
import type { Thread } from "../../talk/shapes";
import { money, optOutWords, phone, sourceWords } from "../../talk/words";
import classes from "./Inbox.module.css";
import { Numbers } from "./Numbers";

/** Who it is, what they do not want and how that is known, and what it has cost. */
export function Person({ whole }: { whole: Thread }) {
  const { conversation, opt_outs, opt_out_history, costs } = whole;
  const edits = useMay("editor");
  const several = conversation.numbers.length > 1;
  return (
    <>
      <section className={classes.section}>
        <h3>Person</h3>
        <Facts
          of={[
            ["Name", conversation.name],
            ["Wrote last", conversation.wrote_at ? <Moment at={conversation.wrote_at} /> : "Never"],
            ["Our number", phone(conversation.ours)],
          ]}
        />
        {conversation.contact ? (
          <Button
            component={Link}
            to={`/contacts/${conversation.contact}`}
            mt="sm"
            size="xs"
            variant="default"
            fullWidth
          >
            Open the contact
          </Button>
        ) : (
          edits && (
            <Button
              component={Link}
              to={`/contacts?add=${encodeURIComponent(conversation.person)}`}
              mt="sm"
              size="xs"
              variant="default"
              fullWidth
            >
              Add to contacts
            </Button>
          )
        )}
      </section>
      <section className={classes.section}>
        <h3>{conversation.numbers.length > 1 ? "Numbers" : "Number"}</h3>
        <Numbers of={conversation.numbers} />
      </section>
      <section className={classes.section}>
        <h3>Opt-outs</h3>
        {opt_outs.length === 0 ? (
          <p style={{ margin: 0, color: "var(--rl-quiet)" }}>May be written to and called.</p>
        ) : (
          <ul className={classes.notes}>
            {opt_outs.map((one) => (
              <li key={`${one.number}/${one.scope}`} className={classes.note}>
                <strong>{optOutWords(one)}</strong>
                {several && <> at {phone(one.number)}</>}
                <br />
                {sourceWords(one.source)}, <Moment at={one.since} />
                {one.evidence && (
                  <>
                    <br />
                    <q>{one.evidence.replace(/^\w{34}: /, "")}</q>
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
        {opt_out_history.length > 0 && (
          <details style={{ marginTop: 8 }}>
            <summary>What they wrote about it</summary>
            <ul>
              {opt_out_history.map((one) => (
                <li key={one.id}>
                  <Moment at={one.created_at} />: <q>{one.message}</q> to {phone(one.to)}
                </li>
              ))}
            </ul>
          </details>
        )}
      </section>
      <section className={classes.section}>
        <h3>Cost</h3>
        {costs.length === 0 ? (
          <p style={{ margin: 0, color: "var(--rl-quiet)" }}>Twilio has told no prices yet.</p>
        ) : (
          costs.map((one) => (
            <p key={String(one.unit)} style={{ margin: 0 }}>
              {money(Number(one.amount), String(one.unit))} for {String(one.count)}{" "}
              {one.count === 1 ? "message or call" : "messages and calls"}
            </p>
          ))
        )}
      </section>
    </>
  );
}
