import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask } from "../../api/client";

interface PlacedCall {
  step: string | null;
  outcome: string | null;
  status: string;
  started_at: string | null;
}

/** The steps of a run whose newest call has not been picked up yet; empty for a run that is over. */
export function useRinging(run: string | null, isOpen: boolean): ReadonlySet<string> {
  const { data } = useQuery({
    queryKey: ["calls", "list", "of a run", run],
    queryFn: () => ask<{ items: PlacedCall[] }>(`/api/v1/calls?limit=20&run=${encodeURIComponent(run ?? "")}`),
    enabled: run !== null && isOpen,
  });
  return useMemo(() => {
    const newest = new Map<string, PlacedCall>();
    for (const call of isOpen ? (data?.items ?? []) : []) {
      if (call.step !== null && !newest.has(call.step)) newest.set(call.step, call);
    }
    return new Set([...newest].flatMap(([step, call]) => (rings(call) ? [step] : [])));
  }, [data, isOpen]);
}

function rings({ outcome, status, started_at }: PlacedCall): boolean {
  return outcome === null && started_at === null && status !== "in-progress";
}
