import type { Block, Edit, Graph, NewStep, StepNode } from "../types";

/** The data type under which a block is dragged from the palette. */
export const BLOCK_DRAG = "application/x-ringline-block";

/** "Twilio action": one entry for what becomes SMS, WhatsApp, Voice or Voice Agent by its message type. */
const ACTION_TYPES = ["twilio/sms", "twilio/whatsapp", "twilio/voice_call", "twilio/voice_agent"];

/** One thing that can be added. */
export interface Offer {
  type: string;
  title: string;
  about: string;
  words: string;
}

export interface Family {
  name: string;
  offers: Offer[];
}

const TRIGGERS: (Offer & { fields: Record<string, unknown> })[] = [
  {
    type: "inbound_message",
    title: "Incoming message",
    about: "Somebody texts a keyword",
    words: "sms reply keyword inbound",
    fields: { keyword: "START" },
  },
  { type: "inbound_call", title: "Incoming call", about: "Somebody calls", words: "phone voice inbound ring", fields: {} },
  {
    type: "schedule",
    title: "Schedule",
    about: "By the clock",
    words: "cron time daily every",
    fields: { cron: "0 9 * * *" },
  },
  {
    type: "webhook",
    title: "Webhook",
    about: "Another system asks for it",
    words: "http request post api",
    fields: { path: "start", secret: "WEBHOOK_SECRET" },
  },
  {
    type: "message_status",
    title: "Message status",
    about: "A message was delivered, or was not",
    words: "delivered failed undelivered",
    fields: { status: ["undelivered", "failed"] },
  },
  { type: "api", title: "API", about: "Your code starts it", words: "programme code", fields: {} },
];

const ORDER = ["twilio", "flow", "data"];
const NAMES: Record<string, string> = {
  twilio: "Twilio",
  flow: "Flow",
  data: "Data",
  roboflow: "Roboflow",
  roboflow_core: "Roboflow",
};

/** What starts runs, as the palette calls it. */
export const TRIGGER_FAMILY = "Triggers";

/** The blocks as the palette shows them: by family, Twilio action first, the triggers after it. */
export function familiesOf(blocks: Block[]): Family[] {
  const byFamily = new Map<string, Offer[]>();
  for (const block of blocks) {
    if (isAction(block.type)) continue;
    const family = block.family.toLowerCase();
    const offer = { type: block.type, title: block.title, about: block.description, words: block.types.join(" ") };
    byFamily.set(family, [...(byFamily.get(family) ?? []), offer]);
  }
  const action = blocks.find((block) => block.type.startsWith("twilio/sms"));
  if (action) {
    const offer: Offer = {
      type: action.type,
      title: "Twilio action",
      about: "SMS, WhatsApp, a call that tells or one that asks",
      words: "send text message sms mms whatsapp voice call phone agent interview",
    };
    byFamily.set("twilio", [offer, ...(byFamily.get("twilio") ?? [])]);
  }
  const known = [...byFamily.keys()].sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
  const families = known.map((name) => ({ name: NAMES[name] ?? capitalised(name), offers: byFamily.get(name) ?? [] }));
  const triggers: Family = { name: TRIGGER_FAMILY, offers: TRIGGERS.map(({ fields: _, ...offer }) => offer) };
  return [...families.slice(0, 1), triggers, ...families.slice(1)];
}

/** What of *families* answers to the words searched for. */
export function searched(families: Family[], query: string): Family[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return families;
  return families
    .map(({ name, offers }) => ({
      name,
      offers: offers.filter((offer) => {
        const text = `${name} ${offer.title} ${offer.about} ${offer.words}`.toLowerCase();
        return wanted.every((word) => text.includes(word));
      }),
    }))
    .filter((family) => family.offers.length > 0);
}

/** The fields of a new trigger of *type*; null for what is no trigger. */
export function triggerOf(type: string): Record<string, unknown> | null {
  const found = TRIGGERS.find((trigger) => trigger.type === type);
  return found ? { type, ...found.fields } : null;
}

/** Offers in the order in which they answer a query best: those called so first. */
export function bestFirst(offers: Offer[], query: string): Offer[] {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return offers;
  const rank = ({ title }: Offer) => (title.toLowerCase().startsWith(wanted) ? 0 : title.toLowerCase().includes(wanted) ? 1 : 2);
  return [...offers].sort((one, other) => rank(one) - rank(other));
}

/**
 * The edits that add a step of *type* called *name*. Whom it is for is taken from the step before it; the first one is
 * for the input `phone`, which is what somebody who tries it is asked for.
 */
export function adding(type: string, name: string, graph: Graph, blocks: Block[], after?: StepNode): { step: NewStep; before: Edit[] } {
  const step: NewStep = { type: blocks.find((known) => known.types.includes(type))?.type ?? type, name };
  if (!isAction(step.type)) return { step, before: [] };
  const known = [after, ...graph.steps].find((one) => one && isAction(one.type) && typeof one.fields.to === "string");
  if (known) return { step: { ...step, to: known.fields.to }, before: [] };
  const isThere = graph.inputs.some((input) => input.name === "phone");
  const input = { type: "WorkflowParameter", name: "phone", kind: ["string"] };
  const before: Edit[] = isThere ? [] : [{ op: "set", path: ["inputs", graph.inputs.length], value: input }];
  return { step: { ...step, to: "$inputs.phone" }, before };
}

function isAction(type: string): boolean {
  return ACTION_TYPES.includes(type.split("@")[0] ?? "");
}

function rank(family: string): number {
  const found = ORDER.indexOf(family);
  return found === -1 ? ORDER.length : found;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).replaceAll("_", " ");
}
