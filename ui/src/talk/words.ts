import type { Tone } from "../components/StatusPill";
import type { Call, Message, OptOut, Session } from "./shapes";

/** A word for a state, and what it means for whoever waits for it. */
export interface State {
  tone: Tone;
  word: string;
}

const STAGES: Record<string, State> = {
  held: { tone: "wait", word: "Waiting" },
  ready: { tone: "wait", word: "Queued" },
  posting: { tone: "busy", word: "Sending" },
  unknown: { tone: "wait", word: "Finding out" },
  unresolved: { tone: "bad", word: "Unknown" },
  refused: { tone: "bad", word: "Not sent" },
  canceled: { tone: "idle", word: "Canceled" },
  failed: { tone: "bad", word: "Failed" },
  received: { tone: "good", word: "Received" },
};

/** Twilio's statuses. */
export const STATUSES: Record<string, State> = {
  accepted: { tone: "busy", word: "Accepted" },
  scheduled: { tone: "wait", word: "Scheduled" },
  queued: { tone: "busy", word: "Queued" },
  sending: { tone: "busy", word: "Sending" },
  sent: { tone: "busy", word: "Sent" },
  delivered: { tone: "good", word: "Delivered" },
  read: { tone: "good", word: "Read" },
  undelivered: { tone: "bad", word: "Undelivered" },
  failed: { tone: "bad", word: "Failed" },
  canceled: { tone: "idle", word: "Canceled" },
  initiated: { tone: "busy", word: "Dialing" },
  ringing: { tone: "busy", word: "Ringing" },
  "in-progress": { tone: "busy", word: "In progress" },
  completed: { tone: "good", word: "Completed" },
  busy: { tone: "wait", word: "Busy" },
  "no-answer": { tone: "wait", word: "No answer" },
};

/** How calls and interviews end. */
export const OUTCOMES: Record<string, State> = {
  answered: { tone: "good", word: "Answered" },
  voicemail: { tone: "wait", word: "Voicemail" },
  busy: { tone: "wait", word: "Busy" },
  no_answer: { tone: "wait", word: "No answer" },
  canceled: { tone: "idle", word: "Canceled" },
  failed: { tone: "bad", word: "Failed" },
  refused: { tone: "bad", word: "Not placed" },
  unknown: { tone: "wait", word: "Unknown" },
  completed: { tone: "good", word: "Completed" },
  ended_by_rule: { tone: "good", word: "Ended by a rule" },
  partial: { tone: "wait", word: "Partly answered" },
  transferred: { tone: "good", word: "Handed over" },
  opted_out: { tone: "bad", word: "Opted out" },
};

/** How a message stands. */
export function messageState(message: Pick<Message, "stage" | "status" | "delivery_unknown">): State {
  if (message.delivery_unknown) return { tone: "wait", word: "No receipt" };
  return stateOf(message.stage, message.status);
}

/** How a message or call stands, by our stage and Twilio's status. */
export function stateOf(stage: string | null | undefined, status: string | null | undefined): State {
  if (stage && stage !== "accepted" && STAGES[stage]) return STAGES[stage];
  return STATUSES[status ?? ""] ?? { tone: "idle", word: plain(status ?? stage ?? "") };
}

/** Why it did not go. What the API says of a closed window speaks of fields, and here there is a button. */
export function inPlainWords({
  error,
  refusal_reason,
}: Pick<Message, "error" | "refusal_reason">): Message["error"] {
  if (!error || refusal_reason !== "whatsapp_window_closed") return error;
  return {
    ...error,
    message: "They had not written on WhatsApp for 24 hours.",
    fix: "It then takes approved templates only: send one, or wait until they write.",
  };
}

/** How a call ended, or how it stands while it goes on. */
export function callState(call: Call): State {
  if (call.outcome) return OUTCOMES[call.outcome] ?? { tone: "good", word: plain(call.outcome) };
  return stateOf(call.stage, call.status);
}

/** How an interview ended, or that it goes on. */
export function sessionState(session: Session): State {
  if (!session.outcome) return { tone: "busy", word: "Going on" };
  return OUTCOMES[session.outcome] ?? { tone: "good", word: plain(session.outcome) };
}

/** Whether nothing more will happen on a call. */
export function isOver(call: Call): boolean {
  return call.outcome !== null;
}

/** `no_answer` as people write it. */
export function plain(word: string): string {
  const spaced = word.replaceAll("_", " ").replaceAll("-", " ").trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** What a channel is called. */
export function channelName(channel: string): string {
  return { sms: "SMS", whatsapp: "WhatsApp", voice: "Phone" }[channel] ?? plain(channel);
}

/** Seconds as people say them. */
export function lasting(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** What Twilio charged (negative decimal text), or about what it will be. */
export function costOf(price: string | null, unit: string | null, expected?: string | null): string {
  if (price !== null) return money(-Number(price), unit ?? "USD");
  if (expected) return `about ${money(Number(expected), "USD")}`;
  return "–";
}

/** An amount with its currency; small ones with the digits that matter. */
export function money(amount: number, unit: string): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  try {
    return new Intl.NumberFormat(undefined, {
      style: "currency",
      currency: unit.toUpperCase(),
      minimumFractionDigits: 2,
      maximumFractionDigits: digits,
    }).format(amount);
  } catch {
    return `${amount.toFixed(digits)} ${unit}`;
  }
}

/** A number as people write it, where its parts are certain. Masked numbers stay as they are. */
export function phone(number: string | null | undefined): string {
  if (!number) return "–";
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return american ? `+1 ${american[1]} ${american[2]} ${american[3]}` : number;
}

/** Whether a number is whole: viewers see the last digits alone, by which nothing can be looked up. */
export function isWhole(number: string | null | undefined): number is string {
  return Boolean(number && /^\+?\d+$/.test(number));
}

/** What an opt-out covers, in a sentence. */
export function optOutWords(one: OptOut): string {
  if (one.covers === "account") return "Wants nothing from any of your numbers";
  if (one.covers === "service") return `Wants nothing from the messaging service ${one.sender ?? ""}`;
  const what = one.channel === "voice" ? "calls" : `${channelName(one.channel ?? "sms")} messages`;
  return `Wants no ${what} from ${phone(one.sender)}`;
}

/** How an opt-out is known. */
export function sourceWords(source: string): string {
  return (
    {
      reply: "They wrote it",
      twilio: "Twilio says so",
      interview: "They said it in an interview",
    }[source] ?? plain(source)
  );
}
