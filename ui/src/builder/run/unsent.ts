import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask } from "../../api/client";
import type { Message, Page } from "../../talk/shapes";
import { inPlainWords, messageState } from "../../talk/words";

/** Why the last message of a step did not reach somebody. */
export interface Unsent {
  word: string;
  reason: string;
  to: string;
}

type Told = Pick<Message, "step" | "to" | "direction" | "stage" | "status" | "delivery_unknown" | "error" | "refusal_reason">;

/** What became of the messages of a run that did not arrive, by step; a step that ended `sent` may learn it hours later. */
export function useUnsent(run: string | null): ReadonlyMap<string, Unsent> {
  const { data } = useQuery({
    queryKey: ["messages", "list", "of a run", run],
    queryFn: () => ask<Page<Message>>(`/api/v1/messages?limit=100&run=${encodeURIComponent(run ?? "")}`),
    enabled: run !== null,
  });
  return useMemo(() => unsentOf(data?.items ?? []), [data]);
}

/** As `useUnsent`, of messages with the newest first. Of what a step sent to one person, the last counts. */
export function unsentOf(messages: readonly Told[]): ReadonlyMap<string, Unsent> {
  const found = new Map<string, Unsent>();
  const seen = new Set<string>();
  for (const message of messages) {
    const step = message.step?.replace(/\[\d+\]$/, "");
    if (!step || message.direction !== "outbound" || seen.has(`${step} ${message.to}`)) continue;
    seen.add(`${step} ${message.to}`);
    const { tone, word } = messageState(message);
    const reason = inPlainWords(message)?.message;
    if (tone === "bad" && !found.has(step)) found.set(step, { word, reason: reason ?? "Nobody said why.", to: message.to });
  }
  return found;
}

/** The message that did not reach whom a wait under *keys* is for: `reply/sms/+14155550123` names the person. */
export function lostTo(keys: readonly string[], unsent: ReadonlyMap<string, Unsent>): Unsent | undefined {
  return [...unsent.values()].find(({ to }) => keys.some((key) => key.startsWith("reply/") && key.endsWith(`/${to}`)));
}
