import type { components } from "../../api/schema";

export type ContentTemplate = components["schemas"]["ContentTemplateOut"];

const PLACE = /\{\{\s*([^{}]+?)\s*\}\}/g;
const SID = /^HX[0-9a-fA-F]{32}$/;

/** Whether this can be the SID of a content template. */
export function isContentSid(text: string): boolean {
  return SID.test(text.trim());
}

/** The variables a template has, in the order in which its text reads them, those it only lists last. */
export function variablesOf({ text, variables }: Pick<ContentTemplate, "text" | "variables">): string[] {
  const read = [...text.matchAll(PLACE)].map(([, name]) => name ?? "");
  return [...new Set([...read, ...Object.keys(variables)])];
}

/** What people get: the text with the values given so far, and variables that have none as they are written. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACE, (place, name: string) => values[name]?.trim() || place);
}

/** Variables written one in a line, `name: value`, for a template that nobody can look up here; null where a line is none. */
export function readVariables(text: string): Record<string, string> | null {
  const found: Record<string, string> = {};
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [, name, value] = /^\s*([^:]+?)\s*:\s*(.+?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    found[name] = value;
  }
  return found;
}
