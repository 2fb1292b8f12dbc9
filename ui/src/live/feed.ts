import { useEffect } from "react";
import { create } from "zustand";
import { queryClient } from "../app/queries";
import { ALL, type Change, type FromWorker, type ToWorker } from "./messages";
import { LiveStream } from "./stream";

/** Whether the pages hear of changes: `null` until it is known for the first time. */
export const useLive = create<{ connected: boolean | null }>(() => ({ connected: null }));

const listeners = new Set<(change: Change) => void>();

/** Milliseconds in which changes are gathered before what they touch is asked for again. */
const SOON = 150;
/** So long at least lies between two such rounds while changes keep coming. */
const WHILE_BUSY = 1_000;
let gathered = new Map<string, Set<string>>();
let timer: ReturnType<typeof setTimeout> | undefined;
let lastRound = 0;

/**
 * Ask again for what changed. Queries are named by topic: `["runs", "list", …]` is asked for anew on any change of
 * `runs`, `["runs", "one", id, …]` only on a change of that id.
 */
function refresh(): void {
  timer = undefined;
  lastRound = Date.now();
  const changes = gathered;
  gathered = new Map();
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [topic, form, id] }) => {
      const touched = changes.get(String(topic));
      return touched !== undefined && (form !== "one" || touched.has(ALL) || touched.has(String(id)));
    },
  });
}

function take(change: Change): void {
  const of = gathered.get(change.topic) ?? new Set<string>();
  gathered.set(change.topic, of.add(change.ref));
  timer ??= setTimeout(refresh, Math.max(SOON, lastRound + WHILE_BUSY - Date.now()));
  for (const listener of listeners) listener(change);
}

function heard(message: FromWorker): void {
  if (message.kind === "change") take(message);
  else if (message.kind === "open") useLive.setState({ connected: true });
  else if (message.kind === "lost") useLive.setState({ connected: false });
  else {
    void queryClient.invalidateQueries();
    for (const listener of listeners) listener({ topic: ALL, ref: ALL });
  }
}

/** A connection through the browser's one shared worker; *instead* is called where it cannot be had. */
function shared(instead: () => void): () => void {
  const worker = new SharedWorker(new URL("./live.worker.ts", import.meta.url), { type: "module", name: "live" });
  const say = (what: ToWorker) => worker.port.postMessage(what);
  worker.onerror = instead;
  worker.port.onmessage = (event: MessageEvent<FromWorker>) => heard(event.data);
  worker.port.start();
  const leave = () => say("bye");
  // Shown again from the browser's memory, it has missed what happened meanwhile.
  const comeBack = (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    say("hello");
    void queryClient.invalidateQueries();
  };
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", comeBack);
  return () => {
    window.removeEventListener("pagehide", leave);
    window.removeEventListener("pageshow", comeBack);
    leave();
    worker.port.close();
  };
}

/** A connection of the tab's own, for browsers without shared workers. */
function direct(): () => void {
  const stream = new LiveStream(heard);
  return () => stream.close();
}

/** Keep what the pages show true while the shell is open. */
export function useLiveFeed(): void {
  useEffect(() => {
    let end: () => void;
    if (typeof SharedWorker === "undefined") end = direct();
    else {
      end = shared(() => {
        end();
        end = direct();
      });
    }
    return () => end();
  }, []);
}

/** Be called at every change of *topic*, for pages that do more than show it; with `*` where much was missed. */
export function useChanges(topic: string, listener: (ref: string) => void): void {
  useEffect(() => {
    const heardOf = (change: Change) => {
      if (change.topic === topic || change.topic === ALL) listener(change.ref);
    };
    listeners.add(heardOf);
    return () => {
      listeners.delete(heardOf);
    };
  }, [topic, listener]);
}
