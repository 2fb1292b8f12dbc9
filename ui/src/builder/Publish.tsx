import { Button, Menu, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Rocket } from "lucide-react";
import { useState } from "react";
import { ask } from "../api/client";
import { explain } from "../api/problem";
import { counted, rankOf, useAttention } from "./attention";
import { sessionOf } from "./session";
import type { Draft, Fault } from "./types";

interface PublishProps {
  draft: Draft;
  goTo: (fault: Fault) => void;
}

/** Puts the draft in force; where something is missing still, leads to it. */
export function PublishButton({ draft, goTo }: PublishProps) {
  const { act, busy, not, why } = usePublish(draft, goTo);
  return (
    <Tooltip label={why} openDelay={300} multiline maw={260}>
      <Button
        size="sm"
        variant="default"
        onClick={act}
        loading={busy}
        data-disabled={not || undefined}
        aria-disabled={not}
        leftSection={<Rocket size={15} aria-hidden />}
      >
        Publish
      </Button>
    </Tooltip>
  );
}

/** The same in a menu, where there is no room for a button. */
export function PublishItem({ draft, goTo }: PublishProps) {
  const { act, busy, not } = usePublish(draft, goTo);
  return (
    <Menu.Item onClick={act} disabled={busy} aria-disabled={not} data-disabled={not || undefined} leftSection={<Rocket size={15} />}>
      Publish
    </Menu.Item>
  );
}

/** What the button does, and why it cannot, if so. */
function usePublish(draft: Draft, goTo: (fault: Fault) => void): { act: () => void; busy: boolean; not: boolean; why: string } {
  const [busy, setBusy] = useState(false);
  const { errors, open } = counted(draft.faults);
  const isEmpty = draft.graph.steps.length === 0;
  const publish = async () => {
    setBusy(true);
    const session = sessionOf(draft.name);
    try {
      if (!(await session.settled())) return;
      const saved = session.store.getState().saved ?? draft;
      const { draft: published, version } = await ask<{ draft: Draft; version: number }>(`/api/v1/drafts/${encodeURIComponent(draft.name)}/publish`, {
        method: "POST",
        headers: { "If-Match": `"${saved.etag}"` },
      });
      session.replace(published);
      notifications.show({ color: "green", title: `Version ${version} is in force`, message: "Triggers and new runs use it from now on." });
    } catch (error) {
      const { sentence, fix } = explain(error);
      notifications.show({ color: "red", title: sentence, message: fix });
    } finally {
      setBusy(false);
    }
  };
  const act = () => {
    if (isEmpty) return;
    const worst = [...draft.faults].sort((one, other) => rankOf(one) - rankOf(other))[0];
    if (errors + open > 0 && worst) {
      useAttention.getState().ask();
      goTo(worst);
    } else if (draft.changed) void publish();
  };
  const not = isEmpty || errors + open > 0 || !draft.changed;
  const why = isEmpty
    ? "Add a step first"
    : errors > 0
      ? "Mend the faults first: click to see the first one"
      : open > 0
        ? "Something is to be filled in first: click to see it"
        : draft.changed
          ? "Make this the version that runs"
          : "Nothing has changed since it was published";
  return { act, busy, not, why };
}
