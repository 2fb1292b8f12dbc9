import type { Variable } from "../variables";
import type { Vocabulary } from "../vocabulary";

export interface Suggestion {
  label: string;
  /** What is put between the braces. */
  insert: string;
  /** Where the caret stands in it afterwards; behind the braces where it is null. */
  caret: number | null;
  detail: string;
  group: "variable" | "helper";
}

/** The expression that the caret stands in: where its braces begin, and what is typed of its last word. */
export function openExpression(text: string, caret: number): { start: number; typed: string } | null {
  const before = text.slice(0, caret);
  const start = before.lastIndexOf("{{");
  if (start < 0 || before.indexOf("}}", start) >= 0) return null;
  const typed = before.slice(start + 2);
  return typed.length > 80 || typed.includes("\n") ? null : { start, typed: typed.trimStart() };
}

const MOST = 40;

/** What may stand between the braces, best first; all of it while nothing is typed. */
export function suggestions(
  typed: string,
  known: readonly Variable[] | readonly string[],
  vocabulary: Vocabulary | null,
): Suggestion[] {
  const found: Suggestion[] = [];
  for (const one of known) {
    const name = typeof one === "string" ? one : one.name;
    found.push({
      label: name,
      insert: name,
      caret: null,
      detail: typeof one === "string" ? "" : one.detail,
      group: "variable",
    });
  }
  for (const helper of vocabulary?.helpers ?? []) {
    const insert = `${helper.name}()`;
    found.push({ label: helper.call, insert, caret: insert.length - 1, detail: helper.description, group: "helper" });
  }
  const wanted = typed.toLowerCase();
  if (wanted === "") return found.slice(0, MOST);
  // Somebody who has written the whole name wants nothing more.
  if (found.some((one) => one.insert === typed)) return [];
  const begins = found.filter((one) => one.label.toLowerCase().startsWith(wanted));
  const holds = found.filter((one) => !begins.includes(one) && one.label.toLowerCase().includes(wanted));
  return [...begins, ...holds].slice(0, MOST);
}

/** The text with a suggestion in place of what was typed, and where the caret stands then. */
export function chosen(
  text: string,
  start: number,
  caret: number,
  one: Suggestion,
): { text: string; caret: number } {
  const rest = text.slice(caret);
  const closed = /^\s*\}\}/.exec(rest)?.[0];
  const head = `${text.slice(0, start)}{{${one.insert}`;
  const tail = closed === undefined ? `}}${rest}` : rest;
  const at = one.caret === null ? head.length + (closed?.length ?? 2) : start + 2 + one.caret;
  return { text: head + tail, caret: at };
}
