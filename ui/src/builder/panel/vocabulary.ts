import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import type { JsonSchema } from "../types";
import type { TriggerFields } from "./variables";

export interface Helper {
  name: string;
  /** As it is called, such as `formatDate(value, "medium")`. */
  call: string;
  description: string;
}

export interface TriggerType {
  type: string;
  title: string;
  description: string;
  schema: JsonSchema;
}

/** The words that templates and fields know, as the server has them. */
export interface Vocabulary {
  helpers: Helper[];
  filters: Helper[];
  trigger_fields: TriggerFields;
  triggers: TriggerType[];
  purposes: string[];
  languages: string[];
}

const EMPTY: Vocabulary = {
  helpers: [],
  filters: [],
  trigger_fields: {},
  triggers: [],
  purposes: [],
  languages: [],
};

/** They change with the installed release only. */
export function useVocabulary(): Vocabulary {
  const { data } = useQuery({
    queryKey: ["vocabulary"],
    queryFn: () => ask<Vocabulary>("/api/v1/previews/vocabulary"),
    staleTime: Infinity,
  });
  return data ?? EMPTY;
}
