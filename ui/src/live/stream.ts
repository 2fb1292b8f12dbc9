import type { FromWorker } from "./messages";

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/**
 * The server's stream of changes, kept open until `close`. It goes on behind the last change that was heard, also
 * where the browser has given up: that happens when the server answers with an error, as one does that is starting.
 */
export class LiveStream {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = "";
  private pause = FIRST_PAUSE;

  constructor(private readonly tell: (message: FromWorker) => void) {
    this.open();
  }

  get isOpen(): boolean {
    return this.source?.readyState === EventSource.OPEN;
  }

  close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  private open(): void {
    const source = new EventSource(this.last ? `/live?after=${encodeURIComponent(this.last)}` : "/live");
    this.source = source;
    source.onopen = () => {
      this.pause = FIRST_PAUSE;
      this.tell({ kind: "open" });
    };
    source.onerror = () => {
      this.tell({ kind: "lost" });
      if (source.readyState !== EventSource.CLOSED || this.source !== source) return;
      this.timer = setTimeout(() => this.open(), this.pause);
      this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
    };
    source.addEventListener("change", (event) => {
      this.last = event.lastEventId || this.last;
      this.tell({ kind: "change", ...(JSON.parse(event.data) as { topic: string; ref: string }) });
    });
    source.addEventListener("reload", (event) => {
      this.last = event.lastEventId || this.last;
      this.tell({ kind: "reload" });
    });
  }
}
