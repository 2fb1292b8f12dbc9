/** Something that changed: what it is (`runs`, `messages`, `calls`, …) and its id, or `*` for many of them. */
export interface Change {
  topic: string;
  ref: string;
}

export const ALL = "*";

/** What the shared worker tells a tab. `reload` means that too much was missed to be told one by one. */
export type FromWorker = { kind: "open" } | { kind: "lost" } | ({ kind: "change" } & Change) | { kind: "reload" };

/** What a tab tells the shared worker. */
export type ToWorker = "hello" | "bye";
