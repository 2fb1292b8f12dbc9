/** What the simulator's control API tells of phones. Times are seconds since the epoch, by the simulated clock. */

export interface Phone {
  number: string;
  name: string;
  order: number;
  signal: boolean;
  voicemail: boolean;
  /** Until when what came from each other side was looked at. */
  seen: Record<string, number>;
}

export interface Attachment {
  sid: string | null;
  content_type: string;
  source: string | null;
}

export interface TextMessage {
  sid: string;
  phone: string;
  other: string;
  /** Whether the phone wrote it. */
  outgoing: boolean;
  body: string;
  status: string;
  error_code: number | null;
  error: string | null;
  /** When it reached the phone, or was written there; null while it is on its way. */
  at: number | null;
  created: number;
  media: Attachment[];
}

export interface Line {
  who: "us" | "them";
  text: string;
  at: number;
  kind: "said" | "keys";
}

export interface Question {
  kind: "gather" | "record";
  keys: boolean;
  speech: boolean;
  digits: number | null;
  finish_on: string;
  timeout: number;
  hints: string[];
  language: string;
}

export interface PhoneCall {
  sid: string;
  from: string;
  to: string;
  phone: string;
  direction: string;
  status: string;
  created: number;
  answered: number | null;
  end: number | null;
  duration: number;
  reaction: string | null;
  lines: Line[];
  voicemail: string | null;
  notes: { code: number; sentence: string }[];
}

export interface LiveCall extends PhoneCall {
  /** Until when it rings. */
  until: number | null;
  question: Question | null;
}

export interface Behaviour {
  ending: "delivered" | "undelivered" | "failed" | "sent";
  error: number | null;
  refuse: number | null;
  delivered_after: number | null;
  reaches_phone: boolean | null;
  times: number | null;
}

export interface PhoneView extends Phone {
  messages: TextMessage[];
  calls: PhoneCall[];
  live: LiveCall | null;
  behaviour: Behaviour | null;
  opt_outs: string[];
}

export interface OwnNumber {
  number: string;
  texts: boolean;
  pictures: boolean;
  calls: boolean;
  whatsapp: boolean;
}

export interface Desk {
  phones: Phone[];
  others: string[];
  numbers: OwnNumber[];
}

export interface ClockState {
  time: number;
  frozen: boolean;
  /** Whether the product runs by this clock too. */
  product?: boolean;
  shift?: number;
  jumping?: boolean;
}

export interface CallEvent {
  kind: "status" | "said" | "heard" | "keys" | "listening" | "closed" | "beep" | "notification";
  sid: string;
  phone: string;
  direction: string;
  text: string;
  at: number;
  until?: number;
  lasts?: number;
  question?: Question;
}

export type News =
  | { topic: "open" | "phones" | "reset" | "carrier"; data?: unknown }
  | { topic: "lost"; data?: unknown }
  | { topic: "clock"; data: ClockState }
  | { topic: "changed"; data: TextMessage }
  | { topic: "message"; data: { sid: string; to: string } }
  | { topic: "call"; data: CallEvent };

export interface Fitting {
  text: string;
  keys: string | null;
}

export interface Heard {
  question: string;
  text: string;
  how: string;
  recognised: number | null;
  status: string;
  value: unknown;
  confidence: number;
  evidence: string[];
  leads_to: string | null;
  because: string;
}

export interface Hearing {
  session: string;
  open: {
    question: string;
    text: string;
    type: string;
    answers: Fitting[];
    odd: string;
    is_confirming: boolean;
    /** Keys that do something other than answer, and what. */
    navigation: Record<string, string>;
  } | null;
  heard: Heard[];
}
