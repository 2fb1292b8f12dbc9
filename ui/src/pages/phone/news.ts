import type { News } from "./shapes";

const TOPICS = ["phones", "reset", "carrier", "clock", "changed", "message", "call"];

/** Hear what happens on the simulator's phones; gives what ends that. */
export function hear(listener: (news: News) => void): () => void {
  return typeof SharedWorker === "undefined" ? direct(listener) : shared(listener);
}

function shared(listener: (news: News) => void): () => void {
  const worker = new SharedWorker(new URL("./phones.worker.ts", import.meta.url), { type: "module", name: "phones" });
  worker.port.onmessage = (event: MessageEvent<News>) => listener(event.data);
  worker.port.start();
  const leave = () => worker.port.postMessage("bye");
  window.addEventListener("pagehide", leave);
  return () => {
    window.removeEventListener("pagehide", leave);
    leave();
    worker.port.close();
  };
}

/** For browsers without shared workers. */
function direct(listener: (news: News) => void): () => void {
  let stream: EventSource | undefined;
  let ended = false;
  const open = () => {
    if (ended) return;
    stream = new EventSource("/_simulator/events");
    stream.onopen = () => listener({ topic: "open" });
    stream.onerror = () => {
      listener({ topic: "lost" });
      if (stream?.readyState === EventSource.CLOSED) setTimeout(open, 2_000);
    };
    for (const topic of TOPICS) {
      stream.addEventListener(topic, (event) =>
        listener({ topic, data: JSON.parse((event as MessageEvent<string>).data) } as News),
      );
    }
  };
  open();
  return () => {
    ended = true;
    stream?.close();
  };
}
