import { beforeEach, describe, expect, it, vi } from "vitest";

/** A stream that the tests speak for. */
class Spoken extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static all: Spoken[] = [];
  readyState = Spoken.CONNECTING;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
    Spoken.all.push(this);
  }
  close() {
    this.readyState = Spoken.CLOSED;
  }
  say(name: string, id: string, data: object) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId: id }));
  }
  fail(state: number) {
    this.readyState = state;
    this.onerror?.();
  }
}

describe("the stream of changes", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", Spoken);
    Spoken.all = [];
  });

  it("tells what it hears and goes on behind it when the browser has given up", async () => {
    const { LiveStream } = await import("./stream");
    const heard: unknown[] = [];
    const stream = new LiveStream((message) => heard.push(message));
    const first = Spoken.all[0];
    expect(first?.url).toBe("/live");
    first?.onopen?.();
    first?.say("change", "0.7", { topic: "runs", ref: "run_1" });
    first?.fail(Spoken.CLOSED);
    expect(heard).toEqual([{ kind: "open" }, { kind: "change", topic: "runs", ref: "run_1" }, { kind: "lost" }]);
    vi.advanceTimersByTime(1_000);
    expect(Spoken.all[1]?.url).toBe("/live?after=0.7");
    stream.close();
  });

  it("waits longer each time, and not while the browser tries by itself", async () => {
    const { LiveStream } = await import("./stream");
    const stream = new LiveStream(() => undefined);
    Spoken.all[0]?.fail(Spoken.CONNECTING);
    vi.advanceTimersByTime(60_000);
    expect(Spoken.all).toHaveLength(1);
    Spoken.all[0]?.fail(Spoken.CLOSED);
    vi.advanceTimersByTime(1_000);
    Spoken.all[1]?.fail(Spoken.CLOSED);
    vi.advanceTimersByTime(1_999);
    expect(Spoken.all).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(Spoken.all).toHaveLength(3);
    stream.close();
    Spoken.all[2]?.fail(Spoken.CLOSED);
    vi.advanceTimersByTime(60_000);
    expect(Spoken.all).toHaveLength(3);
  });

  it("says that everything is to be loaded anew", async () => {
    const { LiveStream } = await import("./stream");
    const heard: unknown[] = [];
    const stream = new LiveStream((message) => heard.push(message));
    Spoken.all[0]?.say("reload", "0.9", {});
    expect(heard).toEqual([{ kind: "reload" }]);
    stream.close();
  });
});
