import { describe, expect, it } from "vitest";
import { startedBy, starterOf } from "./words";

const ASKED = { trigger: null, parent: null, started_by: null };
const by = (kind: string, name: string) => ({ ...ASKED, started_by: { kind, name, id: "" } });

describe("who started a run", () => {
  it("is named where it is known", () => {
    expect(startedBy(by("user", "ann@example.com"))).toBe("ann@example.com");
    expect(startedBy(by("key", "orders"))).toBe("The API key “orders”");
    expect(starterOf(by("broadcast", "Spring"))).toBe("the broadcast “Spring”");
    expect(starterOf(by("token", "server token"))).toBe("the server’s token");
    expect(starterOf(ASKED)).toBe("request");
    expect(starterOf({ ...ASKED, parent: "run_1" })).toBe("another run");
  });

  it("is told by what tells its trigger from others", () => {
    const fired = (trigger: Record<string, unknown>) => starterOf({ ...ASKED, trigger });
    expect(fired({ type: "inbound_message", from: "+14155550123" })).toBe("a message from +1 415 555 0123");
    expect(fired({ type: "schedule", name: "every morning" })).toBe("the schedule “every morning”");
    expect(fired({ type: "webhook", path: "orders/new" })).toBe("the webhook orders/new");
    expect(fired({ type: "message_status" })).toBe("a message’s status");
  });
});
