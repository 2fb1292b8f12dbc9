/** Something that changed: what it is (`runs`, `messages`, `calls`, …) and its id. */
export interface Change {
  topic: string;
  ref: string;
}

/** What the shared worker tells a tab. `reload` means that too much was missed to be told one by one. */
export type FromWorker =
  | { kind: "open" }
  | { kind: "lost"; final: boolean }
  | ({ kind: "change" } & Change)
  | { kind: "reload" };
