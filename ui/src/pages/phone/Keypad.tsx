import classes from "./Keypad.module.css";
import type { KeyMeaning } from "./keys";
import { keyTone } from "./sound";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LETTERS: Record<string, string> = {
  "2": "ABC",
  "3": "DEF",
  "4": "GHI",
  "5": "JKL",
  "6": "MNO",
  "7": "PQRS",
  "8": "TUV",
  "9": "WXYZ",
  "0": "+",
};
const NAMES: Record<string, string> = { "*": "star", "#": "hash" };

/** Twelve keys with their tones; those that mean something now stand out. */
export function Keypad({
  press,
  small = false,
  dark = false,
  meanings = [],
}: {
  press: (key: string) => void;
  meanings?: readonly KeyMeaning[];
  small?: boolean;
  dark?: boolean;
}) {
  return (
    <div
      className={classes.keys}
      data-small={small || undefined}
      data-dark={dark || undefined}
      data-told={meanings.length > 0 || undefined}
      role="group"
      aria-label="Keypad"
    >
      {KEYS.map((key) => (
        <button
          key={key}
          type="button"
          className={classes.key}
          aria-label={NAMES[key] ?? key}
          aria-description={meanings.find(({ keys }) => keys === key)?.means}
          data-meant={meanings.some(({ keys }) => keys === key) || undefined}
          onClick={() => {
            keyTone(key);
            press(key);
          }}
        >
          <span data-letters={LETTERS[key] ?? " "}>{key}</span>
        </button>
      ))}
    </div>
  );
}
