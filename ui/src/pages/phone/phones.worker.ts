/// <reference lib="webworker" />

// One stream of the simulator's events for the whole browser, beside the one of the product: see live.worker.ts.

import type { News } from "./shapes";

const TOPICS: News["topic"][] = ["phones", "reset", "carrier", "clock", "changed", "message", "call"];
const scope = self as unknown as SharedWorkerGlobalScope;
const ports = new Set<MessagePort>();
let stream: EventSource | undefined;

const tell = (topic: News["topic"], data?: unknown) => {
  for (const port of ports) port.postMessage({ topic, data });
};

const open = () => {
  stream = new EventSource("/_simulator/events");
  stream.onopen = () => tell("open");
  stream.onerror = () => {
    tell("lost");
    // The browser gives up for good when the server answers with an error, as one does that is just starting.
    if (stream?.readyState === EventSource.CLOSED) setTimeout(() => ports.size > 0 && open(), 2_000);
  };
  for (const topic of TOPICS) {
    stream.addEventListener(topic, (event) => tell(topic, JSON.parse((event as MessageEvent<string>).data)));
  }
};

scope.onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  ports.add(port);
  port.onmessage = (said: MessageEvent<string>) => {
    if (said.data === "bye") ports.delete(port);
    if (ports.size === 0) {
      stream?.close();
      stream = undefined;
    }
  };
  if (!stream || stream.readyState === EventSource.CLOSED) open();
  else if (stream.readyState === EventSource.OPEN) port.postMessage({ topic: "open" });
};
