import { useEffect } from "react";
import { create } from "zustand";
import { queryClient } from "../app/queries";
import type { Change, FromWorker } from "./messages";

/** Whether the pages hear of changes at this moment. */
export const useLive = create<{ connected: boolean }>(() => ({ connected: false }));

const listeners = new Set<(change: Change) => void>();

/** Milliseconds in which changes are gathered before what they touch is asked for again. */
const GATHER = 150;
let gathered = new Map<string, Set<string>>();
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Ask again for what changed. Queries are named by topic: `["runs", "list", …]` is asked for anew on any change of
 * `runs`, `["runs", "one", id, …]` only on a change of that id.
 */
function refresh(): void {
  timer = undefined;
  const changes = gathered;
  gathered = new Map();
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [topic, form, id] }) => {
      const touched = changes.get(String(topic));
      return touched !== undefined && (form !== "one" || touched.has(String(id)));
    },
  });
}

function take(change: Change): void {
  const of = gathered.get(change.topic) ?? new Set<string>();
  gathered.set(change.topic, of.add(change.ref));
  timer ??= setTimeout(refresh, GATHER);
  for (const listener of listeners) listener(change);
}

function heard(message: FromWorker, again: () => void): void {
  if (message.kind === "change") take(message);
  else if (message.kind === "open") useLive.setState({ connected: true });
  else if (message.kind === "reload") void queryClient.invalidateQueries();
  else {
    useLive.setState({ connected: false });
    // The browser gives up for good when the server answers with an error, as one does that is just starting.
    if (message.final) setTimeout(again, 2_000);
  }
}

/** A connection through the browser's one shared worker. */
function shared(): () => void {
  const worker = new SharedWorker(new URL("./live.worker.ts", import.meta.url), { type: "module", name: "live" });
  worker.port.onmessage = (event: MessageEvent<FromWorker>) =>
    heard(event.data, () => worker.port.postMessage("again"));
  worker.port.start();
  const leave = () => worker.port.postMessage("bye");
  window.addEventListener("pagehide", leave);
  return () => {
    window.removeEventListener("pagehide", leave);
    leave();
    worker.port.close();
  };
}

/** A connection of the tab's own, for browsers without shared workers. */
function direct(): () => void {
  let stream: EventSource | undefined;
  let ended = false;
  const open = () => {
    if (ended) return;
    stream = new EventSource("/live");
    stream.onopen = () => heard({ kind: "open" }, open);
    stream.onerror = () => heard({ kind: "lost", final: stream?.readyState === EventSource.CLOSED }, open);
    stream.addEventListener("change", (event) => heard({ kind: "change", ...JSON.parse(event.data) }, open));
    stream.addEventListener("reload", () => heard({ kind: "reload" }, open));
  };
  open();
  return () => {
    ended = true;
    stream?.close();
  };
}

/** Keep what the pages show true while the shell is open. */
export function useLiveFeed(): void {
  useEffect(() => (typeof SharedWorker === "undefined" ? direct() : shared()), []);
}

/** Be called at every change of *topic*, for pages that do more than show it. */
export function useChanges(topic: string, listener: (ref: string) => void): void {
  useEffect(() => {
    const heardOf = (change: Change) => {
      if (change.topic === topic) listener(change.ref);
    };
    listeners.add(heardOf);
    return () => {
      listeners.delete(heardOf);
    };
  }, [topic, listener]);
}
