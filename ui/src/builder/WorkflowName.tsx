import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../api/client";
import { explain } from "../api/problem";
import { queryClient } from "../app/queries";
import { sessionOf } from "./session";
import type { Draft } from "./types";
import classes from "./WorkflowName.module.css";

/** The workflow's name, changed where it stands. Its address changes with it. */
export function WorkflowName({ draft, editable }: { draft: Draft; editable: boolean }) {
  const { name } = draft;
  const [typed, setTyped] = useState<string | null>(null);
  const navigate = useNavigate();
  if (!editable) return <h1 className={classes.name}>{name}</h1>;
  const keep = async () => {
    const wanted = typed?.trim();
    if (!wanted || wanted === name) return setTyped(null);
    try {
      if (!(await sessionOf(name).settled())) return setTyped(null);
      const renamed = await ask<Draft>(`/api/v1/drafts/${encodeURIComponent(name)}/rename`, { json: { to: wanted } });
      void queryClient.invalidateQueries({ queryKey: ["workflows"] });
      void navigate({ to: "/workflows/$name", params: { name: renamed.name }, replace: true });
    } catch (error) {
      const { sentence, fix } = explain(error);
      notifications.show({ color: "red", title: sentence, message: fix });
      setTyped(null);
    }
  };
  return (
    <h1 className={classes.name}>
      <input
        className={classes.input}
        aria-label="Name of the workflow"
        value={typed ?? name}
        size={Math.max(8, (typed ?? name).length)}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => void keep()}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setTyped(null);
        }}
      />
    </h1>
  );
}
