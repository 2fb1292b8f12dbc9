import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask } from "../../api/client";
import type { Tone } from "../../components/StatusPill";
import type { Graph } from "../types";
import { useRinging } from "./ringing";
import { pictureOf, type RunEvent, type RunPicture } from "./states";
import { type Unsent, useUnsent } from "./unsent";

/** What the builder needs to know of a run. */
export interface RunOut {
  id: string;
  workflow: string;
  status: string;
  error: { message: string; step: string | null; fix: string } | null;
  outputs: Record<string, unknown>[] | null;
  has_failures: boolean;
  created_at: string;
  finished_at: string | null;
}

export interface Watched {
  run: RunOut | undefined;
  events: RunEvent[];
  picture: RunPicture | null;
  unsent: ReadonlyMap<string, Unsent>;
}

const NONE: RunEvent[] = [];

/** A run as it goes on: the live feed asks for it anew whenever something happened in it. */
export function useRun(id: string | null, graph: Graph | undefined): Watched {
  const path = `/api/v1/runs/${encodeURIComponent(id ?? "")}`;
  const run = useQuery({
    queryKey: ["runs", "one", id],
    queryFn: () => ask<RunOut>(path),
    enabled: id !== null,
  }).data;
  const events =
    useQuery({
      queryKey: ["runs", "one", id, "events"],
      queryFn: () => ask<RunEvent[]>(`${path}/events`),
      enabled: id !== null,
    }).data ?? NONE;
  const ringing = useRinging(id, run?.finished_at === null);
  const unsent = useUnsent(id);
  const picture = useMemo(
    () => (id && run && graph ? pictureOf(events, graph, run.status, { ringing, unsent }) : null),
    [id, run, events, graph, ringing, unsent],
  );
  return { run, events, picture, unsent };
}

const RUN_TONES: Record<string, Tone> = {
  running: "busy",
  waiting: "wait",
  paused: "idle",
  completed: "good",
  failed: "bad",
  canceled: "idle",
};

/** The tone of a run's status. */
export function toneOfRun(status: string): Tone {
  return RUN_TONES[status] ?? "idle";
}
