import { useId } from "react";
import { isGivenName, nameFor } from "../canvas/clipboard";
import type { Edit, StepNode } from "../types";
import type { EditFn } from "./edits";
import classes from "./MessageType.module.css";

const TYPES = [
  { type: "twilio/sms@v1", label: "SMS", about: "Texts a message, with pictures if you like." },
  { type: "twilio/whatsapp@v1", label: "WhatsApp", about: "Writes on WhatsApp, freely or by template." },
  { type: "twilio/voice_call@v1", label: "Voice", about: "Calls, plays a message and takes a key." },
  { type: "twilio/voice_agent@v1", label: "Voice Agent", about: "Calls, asks questions and understands spoken answers." },
];

/** Which of the four a Twilio action is; the fields they share are kept, and so is a name somebody gave it. */
export function MessageType({ step, names, edit }: { step: StepNode; names: readonly string[]; edit: EditFn }) {
  const group = useId();
  const current = TYPES.find(({ type }) => step.type.split("@")[0] === type.split("@")[0]);
  if (current === undefined) return null;
  const turn = (type: string) => {
    const edits: Edit[] = [{ op: "set_type", name: step.id, type }];
    if (isGivenName(step.id, step.type)) {
      const to = nameFor(type, names.filter((name) => name !== step.id));
      edits.push({ op: "rename_step", from: step.id, to });
    }
    void edit(edits);
  };
  return (
    <fieldset className={classes.group}>
      <legend className={classes.legend}>Message type</legend>
      {TYPES.map(({ type, label, about }, index) => (
        <label key={type} className={classes.card}>
          <input
            type="radio"
            name={group}
            className={classes.radio}
            checked={type === current.type}
            aria-labelledby={`${group}-${index}`}
            aria-describedby={`${group}-${index}-about`}
            onChange={() => turn(type)}
          />
          <span id={`${group}-${index}`} className={classes.label}>
            {label}
          </span>
          <span id={`${group}-${index}-about`} className={classes.about}>
            {about}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
