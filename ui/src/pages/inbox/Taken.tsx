import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ask } from "../../api/client";
import type { Inbound } from "../../talk/shapes";

/** Where a received message went: the workflow that it answers, with a way to its run, else why in a sentence. */
export function Taken({ message: { run, taken_by, taken_reason } }: { message: Inbound }) {
  // A run stays one of its workflow, so that it is asked for once.
  const { data } = useQuery({
    queryKey: ["workflow of a run", run],
    queryFn: () => ask<{ workflow: string }>(`/api/v1/runs/${encodeURIComponent(run ?? "")}`),
    enabled: run !== null,
    staleTime: Infinity,
    retry: false,
  });
  if (run === null) return taken_reason && <span>{taken_reason}</span>;
  return (
    <Link to="/runs/$id" params={{ id: run }} title={taken_reason ?? undefined}>
      {taken_by === "run" ? "Answers" : "Went to"} {data?.workflow ?? "a workflow"}
    </Link>
  );
}
