import { Text } from "@mantine/core";
import { useId, type ReactNode } from "react";
import classes from "./Card.module.css";

/** A part of a page with a heading of its own. */
export function Card({
  title,
  about,
  actions,
  flush = false,
  children,
}: {
  title?: string;
  about?: ReactNode;
  actions?: ReactNode;
  /** Whether what it holds reaches to its edges, as tables do. */
  flush?: boolean;
  children: ReactNode;
}) {
  const heading = useId();
  return (
    <section className={classes.card} aria-labelledby={title ? heading : undefined}>
      {title && (
        <div className={classes.head}>
          <div>
            <h2 id={heading} className={classes.title}>
              {title}
            </h2>
            {about && (
              <Text size="sm" c="dimmed">
                {about}
              </Text>
            )}
          </div>
          {actions}
        </div>
      )}
      <div className={flush ? undefined : classes.body}>{children}</div>
    </section>
  );
}
