import { create, type StoreApi, type UseBoundStore } from "zustand";
import { notifications } from "@mantine/notifications";
import { ask } from "../api/client";
import { explain, ProblemError } from "../api/problem";
import { foreseen } from "./optimistic";
import type { Conflict, Draft, Edit, Positions, Saving } from "./types";

/** Bursts with the same key within this time are one step of undo, and are sent together. */
export const MERGE_WITHIN = 800;
/** How long a burst is waited for before it is sent. */
const GATHER = 250;
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000];
const MOST_STEPS = 200;

/** What undo goes back to. */
interface Snapshot {
  text: string;
  positions: Positions;
}

/** What is sent as one request. */
interface Batch {
  edits: Edit[];
  merge: string | undefined;
  touched: number;
  /** What the batch is in the history: a new step, more of the one before, or a step through it. */
  kind: "step" | "more" | "undo" | "redo";
  done: (made: string[]) => void;
  waiters: ((made: string[]) => void)[];
}

export interface SessionState {
  /** As the server has it. */
  saved: Draft | null;
  /** As it is shown: with what is on its way. */
  draft: Draft | null;
  saving: Saving;
  conflict: Conflict | null;
  undoable: Snapshot[];
  redoable: Snapshot[];
  waiting: number;
}

/** One draft in this tab: what was edited and not saved yet, and the way back. */
export class DraftSession {
  readonly store: UseBoundStore<StoreApi<SessionState>>;
  private queue: Batch[] = [];
  private sending = false;
  private last: { merge: string | undefined; at: number } = { merge: undefined, at: 0 };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private readonly own = new Set<string>();

  constructor(readonly name: string) {
    this.store = create<SessionState>(() => ({
      saved: null,
      draft: null,
      saving: "saved",
      conflict: null,
      undoable: [],
      redoable: [],
      waiting: 0,
    }));
  }

  get path(): string {
    return `/api/v1/drafts/${encodeURIComponent(this.name)}`;
  }

  /** What the server has was asked for, at the start or because somebody changed it. */
  receive = (draft: Draft): void => {
    const { saved } = this.store.getState();
    if (saved?.etag === draft.etag) return;
    // Our own saves come back by the live feed; with edits on their way the next save tells whether others wrote.
    if (saved !== null && (this.own.has(draft.etag) || this.queue.length > 0)) return;
    this.store.setState({ saved: draft, draft, undoable: [], redoable: [], saving: "saved", conflict: null });
  };

  /** Change the draft. Gives the names of the steps that came of it, once it is saved; none where it was refused. */
  edit = (edits: Edit[], { merge }: { merge?: string } = {}): Promise<string[]> => {
    const now = Date.now();
    const goesOn = merge !== undefined && merge === this.last.merge && now - this.last.at < MERGE_WITHIN;
    this.last = { merge, at: now };
    return new Promise((done) => {
      const latest = this.queue.at(-1);
      const isInFlight = this.sending && this.queue.length === 1;
      if (goesOn && latest !== undefined && latest.merge === merge && !isInFlight) {
        latest.edits = shortened([...latest.edits, ...edits]);
        latest.touched = now;
        latest.waiters.push(done);
      } else {
        this.queue.push(batch(edits, goesOn ? "more" : "step", merge, now, done));
      }
      this.show();
      this.send(merge === undefined ? 0 : GATHER);
    });
  };

  undo = (): void => this.walk("undo");

  redo = (): void => this.walk("redo");

  /** Take what the server has now and forget what could not be saved over it. */
  takeTheirs = (): void => {
    const { conflict } = this.store.getState();
    if (conflict === null) return;
    this.drop();
    this.store.setState({ saved: conflict.draft, undoable: [], redoable: [], conflict: null });
    this.show();
  };

  /** Do once more, on what the server has now, what could not be saved over it. */
  keepMine = (): void => {
    const { conflict, saved } = this.store.getState();
    if (conflict === null) return;
    let base = saved?.text;
    for (const one of this.queue) {
      one.kind = one.kind === "more" ? "more" : "step";
      // A whole text would wipe out what they wrote; with what it was made of the server puts both together.
      one.edits = one.edits.map((edit) => {
        if (edit.op !== "set_text" || edit.base !== undefined || base === undefined) return edit;
        const based = { ...edit, base };
        base = edit.text;
        return based;
      });
    }
    this.store.setState({ saved: conflict.draft, undoable: [], redoable: [], conflict: null });
    this.show();
    this.send(0);
  };

  /** Try again at once what could not reach the server. */
  retry = (): void => this.send(0);

  /** Put a draft that the server gave (published, discarded, gone back) in place of the one here. */
  replace = (draft: Draft): void => {
    this.drop();
    this.own.add(draft.etag);
    this.store.setState({ saved: draft, conflict: null, undoable: [], redoable: [] });
    this.show();
  };

  /** Wait until all that was edited is saved; false where it cannot be. */
  settled = (): Promise<boolean> => {
    if (this.queue.length === 0) return Promise.resolve(true);
    this.send(0);
    return new Promise((resolve) => {
      const stop = this.store.subscribe(({ saving }) => {
        if (saving === "saving") return;
        stop();
        resolve(saving === "saved");
      });
    });
  };

  private walk(kind: "undo" | "redo"): void {
    this.last = { merge: undefined, at: 0 };
    this.queue.push(batch([], kind, undefined, Date.now(), () => undefined));
    this.show();
    this.send(0);
  }

  private drop(): void {
    for (const one of this.queue) one.done([]);
    this.queue = [];
  }

  private show(): void {
    const { saved, conflict } = this.store.getState();
    if (saved === null) return;
    const draft = this.queue.reduce((seen, one) => foreseen(seen, one.edits), saved);
    const saving = conflict !== null ? "conflict" : this.queue.length === 0 ? "saved" : "saving";
    this.store.setState({ draft, saving, waiting: this.queue.filter((one) => one.kind === "step").length });
  }

  private send(after: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.drain(), after);
  }

  private async drain(): Promise<void> {
    if (this.sending || this.store.getState().conflict !== null) return;
    this.sending = true;
    try {
      while (this.queue[0] !== undefined && this.store.getState().saved !== null) {
        if (!(await this.save(this.queue[0]))) break;
      }
    } finally {
      this.sending = false;
    }
  }

  private async save(one: Batch): Promise<boolean> {
    const { saved, undoable, redoable } = this.store.getState();
    if (saved === null) return false;
    const here: Snapshot = { text: saved.text, positions: saved.positions };
    const there = one.kind === "undo" ? undoable.at(-1) : one.kind === "redo" ? redoable.at(-1) : undefined;
    if (one.kind === "undo" || one.kind === "redo") one.edits = there === undefined ? [] : wayTo(saved, there);
    try {
      const draft =
        one.edits.length === 0
          ? saved
          : await ask<Draft>(`${this.path}/edits`, {
              json: { edits: one.edits },
              headers: { "If-Match": `"${saved.etag}"` },
            });
      this.own.add(draft.etag);
      this.failures = 0;
      this.queue.shift();
      this.store.setState({ saved: draft, ...history(one.kind, here, there !== undefined, undoable, redoable) });
      this.show();
      const before = new Set(saved.graph.steps.map((step) => step.id));
      one.done(draft.graph.steps.map((step) => step.id).filter((id) => !before.has(id)));
      return true;
    } catch (error) {
      return this.failed(one, error);
    }
  }

  private failed(one: Batch, error: unknown): boolean {
    if (error instanceof ProblemError && error.status === 409 && error.problem.draft !== undefined) {
      this.store.setState({ conflict: error.problem as unknown as Conflict });
      this.show();
      return false;
    }
    if (error instanceof ProblemError && error.status < 500 && error.status !== 429) {
      const { sentence, fix } = explain(error);
      notifications.show({ color: "red", title: sentence, message: fix });
      this.queue.shift();
      one.done([]);
      this.show();
      return true;
    }
    this.store.setState({ saving: "failed" });
    this.send(PAUSES[Math.min(this.failures++, PAUSES.length - 1)] ?? 15_000);
    return false;
  }
}

function batch(
  edits: Edit[],
  kind: Batch["kind"],
  merge: string | undefined,
  touched: number,
  done: Batch["done"],
): Batch {
  const waiters = [done];
  return { edits, kind, merge, touched, waiters, done: (made) => waiters.forEach((waiter) => waiter(made)) };
}

/** The history after a batch was saved. */
function history(
  kind: Batch["kind"],
  here: Snapshot,
  moved: boolean,
  undoable: Snapshot[],
  redoable: Snapshot[],
): Pick<SessionState, "undoable" | "redoable"> {
  if (kind === "more" || (kind !== "step" && !moved)) return { undoable, redoable };
  if (kind === "undo") return { undoable: undoable.slice(0, -1), redoable: [...redoable, here] };
  if (kind === "redo") return { undoable: [...undoable, here], redoable: redoable.slice(0, -1) };
  return { undoable: [...undoable, here].slice(-MOST_STEPS), redoable: [] };
}

function wayTo(from: Snapshot, to: Snapshot): Edit[] {
  const edits: Edit[] = [];
  if (from.text !== to.text) edits.push({ op: "set_text", text: to.text });
  const positions: Record<string, { x: number; y: number } | null> = {};
  for (const node of Object.keys(from.positions)) if (!(node in to.positions)) positions[node] = null;
  for (const [node, position] of Object.entries(to.positions)) {
    const now = from.positions[node];
    if (now === undefined || now.x !== position.x || now.y !== position.y) positions[node] = position;
  }
  if (Object.keys(positions).length > 0) edits.push({ op: "positions", positions });
  return edits;
}

/** Of edits in a row that say the same thing anew, the last. */
function shortened(edits: Edit[]): Edit[] {
  const kept: Edit[] = [];
  for (const edit of edits) {
    const before = kept.at(-1);
    if (before?.op === "set" && edit.op === "set" && before.path.join("\0") === edit.path.join("\0")) kept.pop();
    else if (before?.op === "set_text" && edit.op === "set_text") {
      kept.pop();
      kept.push(before.base === undefined ? edit : { ...edit, base: before.base });
      continue;
    }
    else if (before?.op === "positions" && edit.op === "positions") {
      kept.pop();
      kept.push({ op: "positions", positions: { ...before.positions, ...edit.positions } });
      continue;
    }
    kept.push(edit);
  }
  return kept;
}

const sessions = new Map<string, DraftSession>();

/** The session of a draft; it outlives the page, so that nothing is lost on the way to another. */
export function sessionOf(name: string): DraftSession {
  const known = sessions.get(name);
  if (known !== undefined) return known;
  const session = new DraftSession(name);
  sessions.set(name, session);
  return session;
}

/** Whether anything in this tab is not saved yet. */
export function isUnsaved(): boolean {
  return [...sessions.values()].some((session) => session.store.getState().saving !== "saved");
}
