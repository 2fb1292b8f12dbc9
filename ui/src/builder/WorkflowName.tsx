import { useState } from "react";
import type { DraftHandle } from "./draft";
import type { Draft } from "./types";
import classes from "./WorkflowName.module.css";

/** The workflow's name, changed where it stands. */
export function WorkflowName({ draft, edit }: { draft: Draft; edit?: DraftHandle["edit"] }) {
  const name = draft.graph.name ?? draft.name;
  const [typed, setTyped] = useState<string | null>(null);
  if (!edit) return <h1 className={classes.name}>{name}</h1>;
  const keep = () => {
    const wanted = typed?.trim();
    setTyped(null);
    if (wanted && wanted !== name) void edit([{ op: "set", path: ["name"], value: wanted }]);
  };
  return (
    <h1 className={classes.name}>
      <input
        className={classes.input}
        aria-label="Name of the workflow"
        value={typed ?? name}
        size={Math.max(8, (typed ?? name).length)}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setTyped(null);
        }}
      />
    </h1>
  );
}
