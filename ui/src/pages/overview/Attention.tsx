import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, CircleCheck, OctagonAlert, TriangleAlert } from "lucide-react";
import { useCallback, useRef } from "react";
import { ErrorNotice } from "../../components/ErrorNotice";
import { useChanges } from "../../live/feed";
import { attention } from "./asking";
import classes from "./Overview.module.css";

/** Milliseconds after a change of a message or run in which further ones are waited for before asking again. */
const GATHER = 2_000;

/** What somebody should look at now; a quiet line where all is well. */
export function Attention() {
  const found = useQuery(attention);
  useFresh();
  if (found.isPending) return <div className={classes.calm} aria-busy />;
  if (found.error) return <ErrorNotice error={found.error} retry={() => void found.refetch()} />;
  if (found.data.length === 0) {
    return (
      <p className={classes.calm}>
        <CircleCheck size={17} aria-hidden />
        Nothing needs you now.
      </p>
    );
  }
  return (
    <section aria-label="What needs you">
      <ul className={classes.needs}>
        {found.data.map((one) => {
          const [to, query] = one.link.split("?");
          const Icon = one.level === "bad" ? OctagonAlert : TriangleAlert;
          return (
            <li key={`${one.kind}-${one.ref ?? ""}`}>
              <Link to={to} search={Object.fromEntries(new URLSearchParams(query)) as never} className={classes.need}>
                <span className={classes.level} data-level={one.level}>
                  <Icon size={18} aria-label={one.level === "bad" ? "Pressing" : "Worth a look"} />
                </span>
                <span className={classes.needWords}>
                  <strong>{one.title}</strong>
                  <span>{one.detail}</span>
                </span>
                <ChevronRight size={16} aria-hidden />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Ask again a moment after something changed that may need somebody. */
function useFresh() {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const soon = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: attention.queryKey });
    }, GATHER);
  }, [client]);
  useChanges("messages", soon);
  useChanges("runs", soon);
  useChanges("budgets", soon);
  useChanges("senders", soon);
  useChanges("conversations", soon);
}
