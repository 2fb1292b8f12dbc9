/// <reference lib="webworker" />

// One stream for the whole browser: under HTTP/1.1 it opens six connections to a server and no more, so that with a
// stream per tab the seventh tab would never load.

import type { FromWorker, ToWorker } from "./messages";
import { LiveStream } from "./stream";

const scope = self as unknown as SharedWorkerGlobalScope;
const ports = new Set<MessagePort>();
let stream: LiveStream | undefined;

/** Changes of the last seconds: a tab that has just come may have asked for something before they happened. */
const RECENT = 5_000;
let recent: { at: number; message: FromWorker }[] = [];

const tell = (message: FromWorker) => {
  if (message.kind === "change") {
    const now = Date.now();
    recent = [...recent.filter(({ at }) => now - at < RECENT), { at: now, message }].slice(-200);
  }
  for (const port of ports) port.postMessage(message);
};

const join = (port: MessagePort) => {
  if (ports.has(port)) return;
  ports.add(port);
  if (!stream) stream = new LiveStream(tell);
  else if (stream.isOpen) {
    port.postMessage({ kind: "open" } satisfies FromWorker);
    const now = Date.now();
    for (const { at, message } of recent) if (now - at < RECENT) port.postMessage(message);
  }
};

const leave = (port: MessagePort) => {
  // A tab says good-bye when it is closed; when none is left the stream ends as well.
  ports.delete(port);
  if (ports.size > 0) return;
  stream?.close();
  stream = undefined;
  recent = [];
};

scope.onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  port.onmessage = (said: MessageEvent<ToWorker>) => (said.data === "bye" ? leave(port) : join(port));
  join(port);
};
