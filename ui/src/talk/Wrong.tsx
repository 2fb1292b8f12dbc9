import { TriangleAlert } from "lucide-react";
import type { Message } from "./shapes";
import classes from "./Wrong.module.css";

/** Why something did not go, and what to do about it. */
export function Wrong({ error }: { error: Message["error"] }) {
  if (!error) return null;
  return (
    <div className={classes.wrong}>
      <TriangleAlert size={15} aria-hidden />
      <p>
        <strong>{/[.!?]$/.test(error.message) ? error.message : `${error.message}.`}</strong>
        {error.fix && <> {error.fix}</>}
        {error.code !== null && <span className={classes.code}> Twilio error {error.code}.</span>}
      </p>
    </div>
  );
}
