import { notifications } from "@mantine/notifications";
import { Delete, Phone } from "lucide-react";
import { useState } from "react";
import { explain } from "../../api/problem";
import { hands, useDesk } from "./desk";
import classes from "./Dialler.module.css";
import { Keypad } from "./Keypad";
import type { PhoneView } from "./shapes";
import { isWhatsApp, written } from "./words";

/** Say what went wrong with a command. */
export function complain(error: unknown): void {
  const { sentence, fix } = explain(error);
  notifications.show({ color: "red", title: sentence, message: fix });
}

/** Call one of the account's numbers, from the list or key by key. */
export function Dialler({ view }: { view: PhoneView }) {
  const { numbers } = useDesk();
  const [typed, setTyped] = useState("");
  const callable = numbers.filter((one) => one.calls && !isWhatsApp(one.number));
  const to = typed.startsWith("+") || typed === "" ? typed : `+${typed}`;
  const call = (number: string) => hands.call(view.number, number).catch(complain);
  return (
    <div className={classes.dialler}>
      <label className={classes.shown}>
        <span className="rl-only-heard">Number to call</span>
        <input
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value.replace(/[^\d+*#]/g, ""))}
          onKeyDown={(event) => event.key === "Enter" && to && void call(to)}
          inputMode="tel"
          placeholder="Number"
          autoComplete="off"
        />
        {typed && (
          <button type="button" onClick={() => setTyped(typed.slice(0, -1))} aria-label="Delete the last digit">
            <Delete size={18} aria-hidden />
          </button>
        )}
      </label>
      {typed === "" ? (
        <ul className={classes.numbers} aria-label="Numbers of the account">
          {callable.map((one) => (
            <li key={one.number}>
              <button type="button" onClick={() => void call(one.number)} aria-label={`Call ${written(one.number)}`}>
                <span className="rl-figures">{written(one.number)}</span>
                <Phone size={15} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <button type="button" className={classes.go} onClick={() => void call(to)} aria-label={`Call ${to}`}>
          <Phone size={20} aria-hidden /> Call
        </button>
      )}
      <Keypad press={(key) => setTyped(typed + key)} small />
    </div>
  );
}
