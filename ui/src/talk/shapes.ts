import type { components } from "../api/schema";

type Schemas = components["schemas"];

export type Message = Schemas["MessageOut"];
export type Inbound = Schemas["InboundOut"];
export type Call = Schemas["CallOut"];
export type Session = Schemas["SessionOut"];
export type Line = Schemas["LineOut"];
export type Conversation = Schemas["ConversationOut"];
export type ConversationPage = Schemas["ConversationPage"];
export type Thread = Schemas["ThreadOut"];
export type Entry = Schemas["ThreadEntryOut"];
export type Way = Schemas["WayOut"];
export type OptOut = Schemas["OptOutOut"];
export type ListedOptOut = Schemas["ListedOptOut"];
export type Contact = Schemas["ContactOut"];
export type ContactList = Schemas["ListOut"];
export type ImportReport = Schemas["ImportOut"];
export type ShortLink = Schemas["LinkOut"];
export type Evidence = Schemas["EvidenceOut"];

/** A page of a list; `next` is where the next one begins. */
export interface Page<Item> {
  items: Item[];
  next?: string | null;
}
