import { Button } from "@mantine/core";
import { MousePointerClick, Play, Smartphone } from "lucide-react";
import classes from "./FirstHints.module.css";
import { Sentence } from "../Sentence";
import type { Fault } from "../types";
import { BlockIcon } from "./icons";

/** What stands on an empty canvas: the first step to take and what comes after it, or why nothing can be drawn. */
export function FirstHints({ add, unreadable, showText }: { add: (type: string) => void; unreadable: Fault | null; showText: () => void }) {
  if (unreadable !== null) {
    return (
      <div className={classes.hints}>
        <h2 className={classes.title}>The text cannot be read yet</h2>
        <p className={classes.unread}>
          Line {unreadable.line}: <Sentence>{unreadable.message}</Sentence> <Sentence>{unreadable.fix}</Sentence>
        </p>
        <Button variant="default" onClick={showText} className={classes.show}>
          Show the text
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.hints}>
      <h2 className={classes.title}>Begin with what should happen</h2>
      <div className={classes.offers}>
        <button type="button" className={classes.offer} onClick={() => add("twilio/sms@v1")}>
          <BlockIcon type="twilio/sms" size={38} />
          <span>
            <b>Add a Twilio action</b>
            <span>Text, WhatsApp or call somebody</span>
          </span>
        </button>
        <button type="button" className={classes.offer} onClick={() => add("inbound_message")}>
          <BlockIcon type="inbound_message" size={38} />
          <span>
            <b>Add a trigger</b>
            <span>Start when somebody texts you</span>
          </span>
        </button>
      </div>
      <ol className={classes.steps}>
        <li>
          <MousePointerClick size={16} aria-hidden /> Click or drag from the palette; whatever is added follows the step
          you selected.
        </li>
        <li>
          <Play size={16} aria-hidden /> Run it from here with inputs of your own.
        </li>
        <li>
          <Smartphone size={16} aria-hidden /> See what arrives, and answer.
        </li>
      </ol>
    </div>
  );
}
