import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useLive } from "./feed";
import classes from "./LiveSign.module.css";

/** Milliseconds for which a connection may be away without a word: a server that starts anew is back by then. */
const PATIENCE = 3_000;

/** A small sign at the foot of every page while changes are not heard of. */
export function LiveSign() {
  const connected = useLive((state) => state.connected);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (connected !== false) {
      setLost(false);
      return;
    }
    const timer = setTimeout(() => setLost(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [connected]);
  return (
    <div role="status" className={classes.place}>
      {lost && (
        <span className={classes.sign}>
          <CloudOff size={14} aria-hidden />
          Not connected. What you see may be old; trying again.
        </span>
      )}
    </div>
  );
}
