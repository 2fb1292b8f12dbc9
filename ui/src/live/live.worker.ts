/// <reference lib="webworker" />

// One stream for the whole browser: under HTTP/1.1 it opens six connections to a server and no more, so that with a
// stream per tab the seventh tab would never load.

import type { FromWorker } from "./messages";

const scope = self as unknown as SharedWorkerGlobalScope;
const ports = new Set<MessagePort>();
let stream: EventSource | undefined;

const tell = (message: FromWorker) => {
  for (const port of ports) port.postMessage(message);
};

const open = () => {
  stream = new EventSource("/live");
  stream.onopen = () => tell({ kind: "open" });
  stream.onerror = () => tell({ kind: "lost", final: stream?.readyState === EventSource.CLOSED });
  stream.addEventListener("change", (event) => tell({ kind: "change", ...JSON.parse(event.data) }));
  stream.addEventListener("reload", () => tell({ kind: "reload" }));
};

scope.onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  ports.add(port);
  port.onmessage = (said: MessageEvent<string>) => {
    // A tab says good-bye when it is closed; when none is left the stream ends as well.
    if (said.data === "bye") ports.delete(port);
    if (said.data === "again" && stream?.readyState === EventSource.CLOSED) open();
    if (ports.size === 0) {
      stream?.close();
      stream = undefined;
    }
  };
  if (!stream || stream.readyState === EventSource.CLOSED) open();
  else if (stream.readyState === EventSource.OPEN) port.postMessage({ kind: "open" } satisfies FromWorker);
};
