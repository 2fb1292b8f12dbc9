import { Delete } from "lucide-react";
import { useEffect, useState } from "react";
import { hands, useMenu } from "./desk";
import { complain } from "./Dialler";
import { Keypad } from "./Keypad";
import { keyMeanings } from "./keys";
import classes from "./KeysInput.module.css";
import type { Hearing, PhoneView, Question } from "./shapes";

interface KeysInputProps {
  view: PhoneView;
  sid: string;
  question: Question | null;
  hearing: Hearing | null;
}

/** Keys go out at once; nobody hurries for further ones until they are sent. Above them stands what they mean now. */
export function KeysInput({ view, sid, question, hearing }: KeysInputProps) {
  const [keys, setKeys] = useState("");
  const meanings = keyMeanings(question, hearing, useMenu(view.number, sid));
  const listens = question?.keys ?? false;
  const digits = question?.digits ?? null;
  useEffect(() => {
    if (!listens) setKeys("");
  }, [listens]);
  const press = (key: string) => {
    setKeys(keys + key);
    hands.press(view.number, key, true).catch(complain);
  };
  return (
    <div className={classes.pad}>
      {meanings.length > 0 && (
        // It scrolls where there are many choices, which the keyboard must reach too.
        <ul className={classes.meanings} aria-label="What keys mean now" tabIndex={0}>
          {meanings.map(({ keys: pressed, means }) => (
            <li key={pressed}>
              <kbd>{pressed}</kbd>
              <span title={means}>{means}</span>
            </li>
          ))}
        </ul>
      )}
      <div className={classes.pressed}>
        <output className="rl-figures">{keys || (digits === 1 ? "Press a key" : "Press keys")}</output>
        {keys && digits !== 1 && (
          <button type="button" onClick={() => void hands.silent(view.number).then(() => setKeys(""), complain)}>
            Send
          </button>
        )}
        {keys && (
          <button type="button" onClick={() => setKeys("")} aria-label="Clear what is shown">
            <Delete size={16} aria-hidden />
          </button>
        )}
      </div>
      <Keypad press={press} small dark meanings={meanings} />
    </div>
  );
}
