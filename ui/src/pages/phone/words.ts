import type { TextMessage } from "./shapes";

/** A number as people write it: +1 415 555 0123. Numbers of other countries keep their digits, in groups. */
export function written(address: string): string {
  const number = address.replace(/^whatsapp:/, "");
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (american) return `+1 ${american[1]} ${american[2]} ${american[3]}`;
  return number.replace(/^(\+\d{2})(\d{3})(\d+)$/, "$1 $2 $3");
}

export const isWhatsApp = (address: string) => address.startsWith("whatsapp:");

export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? (words.at(-1)?.[0] ?? "") : "")).toUpperCase();
}

/** Seconds as 1:05. */
export function asDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone });
  formats.set(key, known);
  return known;
}

export const timeOfDay = (seconds: number, zone: string) =>
  format(zone, { hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);

export const dayOf = (seconds: number, zone: string) =>
  format(zone, { weekday: "short", month: "short", day: "numeric" }).format(seconds * 1000);

/** Today by its time, else by its day. */
export function shortly(seconds: number, now: number, zone: string): string {
  return dayOf(seconds, zone) === dayOf(now, zone) ? timeOfDay(seconds, zone) : dayOf(seconds, zone);
}

/** A date in the zone as the clock's commands take it: 2026-05-04. */
export function isoDay(seconds: number, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    seconds * 1000,
  );
}

const NAMED = /\b(?:reply|answer|text|send)\s+(?:with\s+)?["'“]?([\p{L}\d]+)["'”]?(?:[^.!?\n]*?\b(?:or|,)\s*["'“]?([\p{Lu}\d][\p{Lu}\d]*)["'”]?)*/giu;
const SHOUTED = /\b[A-Z]{2,12}\b/g;
const NO_ANSWERS = new Set(["SMS", "MMS", "ID", "OK", "PM", "AM", "USD", "EUR", "URL", "HTTP", "HTTPS", "NETWORK", "MSG"]);

/** Answers that a message asks for, and those that people give anyhow. */
export function quickAnswers(last: TextMessage | undefined): string[] {
  if (!last || last.outgoing) return [];
  const found = new Set<string>();
  for (const match of last.body.matchAll(NAMED)) {
    for (const word of match.slice(1)) if (word && (/^[A-Z\d]+$/.test(word) || word.length < 4)) found.add(word);
  }
  for (const [word] of last.body.matchAll(SHOUTED)) if (!NO_ANSWERS.has(word)) found.add(word);
  if (found.size === 0 && last.body.includes("?")) ["Yes", "No"].forEach((word) => found.add(word));
  if (found.size === 0) found.add("Thanks");
  found.delete("STOP");
  return [...[...found].slice(0, 4), "STOP"];
}

/** What came and was not looked at, by the other side. */
export function unread(messages: TextMessage[], seen: Record<string, number>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const message of messages) {
    if (message.outgoing || message.at === null || message.at <= (seen[message.other] ?? 0)) continue;
    counts.set(message.other, (counts.get(message.other) ?? 0) + 1);
  }
  return counts;
}

/** What became of a value that was understood, for people. */
export function asValue(value: unknown): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (value === null || value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
