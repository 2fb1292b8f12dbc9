import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Run = Schemas["RunOut"];
export type Timeline = Schemas["RunTimelineOut"];
export type Step = Schemas["RunStepOut"];
export type Reply = Schemas["RunReplyOut"];
export type Entry = Schemas["RunEntryOut"];
