import { Anchor, Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Way } from "../../talk/shapes";
import { channelName, phone } from "../../talk/words";
import classes from "./Inbox.module.css";

/** Why nothing can be sent this way now, what would help, and the ways that are open. */
export function Closed({
  id,
  way,
  open,
  several,
  onChoose,
}: {
  id: string;
  way: Way;
  open: Way[];
  several: boolean;
  onChoose: (way: Way) => void;
}) {
  return (
    <div className={classes.closed}>
      <p id={id} role="status">
        <Why way={way} />
      </p>
      {open.length > 0 && (
        <div className={classes.ways}>
          {open.map((one) => (
            <Button key={`${one.channel}/${one.to}/${one.from}`} size="compact-sm" variant="default" onClick={() => onChoose(one)}>
              {several && one.to !== way.to
                ? `Write to ${phone(one.to)} by ${channelName(one.channel)}`
                : `Write by ${channelName(one.channel)} from ${phone(one.from)}`}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

function Why({ way }: { way: Way }) {
  if (way.reason === "whatsapp_window_closed") {
    return (
      <>
        <strong>They have not written on WhatsApp for 24 hours.</strong> Until they do, WhatsApp takes approved templates
        only: send one from a{" "}
        <Anchor component={Link} to="/workflows" inherit underline="always" c="inherit">
          workflow
        </Anchor>
        .
      </>
    );
  }
  if (way.reason === "opted_out") {
    return (
      <>
        <strong>{phone(way.to)} has opted out of messages from {phone(way.from)}.</strong> Only they can take it back, by
        writing START to that number.
      </>
    );
  }
  return (
    <>
      <strong>{way.sentence}</strong> {way.fix}
    </>
  );
}
