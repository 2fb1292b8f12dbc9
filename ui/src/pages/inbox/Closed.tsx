import { Button } from "@mantine/core";
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
  onTemplate,
}: {
  id: string;
  way: Way;
  open: Way[];
  several: boolean;
  onChoose: (way: Way) => void;
  /** Send a template in place of a text, where one may be sent. */
  onTemplate?: (() => void) | undefined;
}) {
  const template = onTemplate !== undefined && takesTemplates(way);
  return (
    <div className={classes.closed}>
      <p id={id} role="status">
        <Why way={way} />
      </p>
      {(open.length > 0 || template) && (
        <div className={classes.ways}>
          {template && (
            <Button size="compact-sm" variant="default" onClick={onTemplate}>
              Send a template
            </Button>
          )}
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

/** Whether WhatsApp takes approved templates this way, though no texts. */
export function takesTemplates(way: Way): boolean {
  return way.channel === "whatsapp" && way.reason === "whatsapp_window_closed";
}

function Why({ way }: { way: Way }) {
  if (way.reason === "whatsapp_window_closed") {
    return (
      <>
        <strong>They have not written on WhatsApp for 24 hours.</strong> Until they do, WhatsApp takes approved templates
        only.
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
