import { beforeEach, expect, test, vi } from "vitest";
import { ask } from "../api/client";
import { ProblemError } from "../api/problem";
import { DraftSession } from "./session";
import type { Draft, Edit } from "./types";

vi.mock("../api/client", () => ({ ask: vi.fn() }));
vi.mock("@mantine/notifications", () => ({ notifications: { show: vi.fn() } }));

const asked = vi.mocked(ask);

function draft(revision: number, text: string): Draft {
  const graph = { name: null, description: null, steps: [], triggers: [], edges: [], inputs: [], outputs: [], variables: {}, defaults: {} };
  const rest = { base_version: null, published: null, format: "yaml" as const, faults: [], positions: {}, changed: true };
  return { ...rest, name: "a", etag: `t.${revision}`, text, graph, saved_at: "2026-01-01T00:00:00Z" };
}

interface Sent {
  edits: Edit[];
  etag: string;
}

/** A server that keeps texts only: what `set_text` says is the draft. */
function server(start: string): Sent[] {
  const sent: Sent[] = [];
  let now = draft(1, start);
  asked.mockImplementation(async (_path, init) => {
    const { edits } = init?.json as { edits: Edit[] };
    const etag = new Headers(init?.headers).get("If-Match") ?? "";
    sent.push({ edits, etag });
    const text = edits.reduce((seen, edit) => (edit.op === "set_text" ? edit.text : seen), now.text);
    now = draft(sent.length + 1, text);
    return now;
  });
  return sent;
}

const write = (text: string): Edit[] => [{ op: "set_text", text }];

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockReset();
});

test("a burst with one key is one request and one step of undo", async () => {
  const sent = server("0");
  const session = new DraftSession("a");
  session.receive(draft(1, "0"));
  for (const text of ["1", "12", "123"]) void session.edit(write(text), { merge: "text" });
  expect(session.store.getState().draft?.text).toBe("123");
  expect(session.store.getState().saving).toBe("saving");
  await vi.runAllTimersAsync();
  expect(sent).toEqual([{ edits: write("123"), etag: '"t.1"' }]);
  expect(session.store.getState().saving).toBe("saved");
  expect(session.store.getState().undoable).toEqual([{ text: "0", positions: {} }]);
});

test("undo and redo go back and forth over what was saved", async () => {
  server("0");
  const session = new DraftSession("a");
  session.receive(draft(1, "0"));
  void session.edit(write("1"));
  void session.edit(write("2"));
  session.undo();
  await vi.runAllTimersAsync();
  expect(session.store.getState().draft?.text).toBe("1");
  session.undo();
  await vi.runAllTimersAsync();
  expect(session.store.getState().draft?.text).toBe("0");
  session.redo();
  session.redo();
  await vi.runAllTimersAsync();
  expect(session.store.getState().draft?.text).toBe("2");
  expect(session.store.getState().redoable).toEqual([]);
});

test("edits that were overtaken wait, and are made on top with the text they were made of", async () => {
  const session = new DraftSession("a");
  session.receive(draft(1, "base"));
  const nothing = { lines: [], summary: [] };
  asked.mockRejectedValueOnce(
    new ProblemError({
      ...{ status: 409, code: "draft_changed", detail: "Somebody else has changed it.", fix: "", field: null },
      ...{ draft: draft(7, "theirs"), base_diff: nothing, your_diff: nothing },
    }),
  );
  void session.edit(write("mine"));
  await vi.runAllTimersAsync();
  expect(session.store.getState().saving).toBe("conflict");
  expect(session.store.getState().draft?.text).toBe("mine");

  const sent = server("theirs");
  session.keepMine();
  await vi.runAllTimersAsync();
  expect(sent).toEqual([{ edits: [{ op: "set_text", text: "mine", base: "base" }], etag: '"t.7"' }]);
  expect(session.store.getState().conflict).toBeNull();
});

test("what the server refuses is taken back, and what comes after it is still saved", async () => {
  const sent = server("0");
  const session = new DraftSession("a");
  session.receive(draft(1, "0"));
  asked.mockRejectedValueOnce(
    new ProblemError({ status: 422, code: "edit", detail: "There is a step called that already.", fix: "", field: null }),
  );
  const refused = session.edit([{ op: "rename_step", from: "a", to: "b" }]);
  void session.edit(write("1"));
  await vi.runAllTimersAsync();
  expect(await refused).toEqual([]);
  expect(sent.map((one) => one.edits)).toEqual([write("1")]);
  expect(session.store.getState().saving).toBe("saved");
});

test("what could not reach the server is sent again", async () => {
  const session = new DraftSession("a");
  session.receive(draft(1, "0"));
  asked.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  const sent = server("0");
  asked.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  void session.edit(write("1"));
  await vi.advanceTimersByTimeAsync(10);
  expect(session.store.getState().saving).toBe("failed");
  await vi.runAllTimersAsync();
  expect(sent).toHaveLength(1);
  expect(session.store.getState().saving).toBe("saved");
});

test("a draft that others changed is taken while nothing is on its way", () => {
  const session = new DraftSession("a");
  session.receive(draft(1, "0"));
  session.receive(draft(2, "theirs"));
  expect(session.store.getState().draft?.text).toBe("theirs");
});
