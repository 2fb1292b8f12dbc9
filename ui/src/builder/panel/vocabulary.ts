import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import type { TriggerFields } from "./variables";

export interface Helper {
  name: string;
  /** As it is called, such as `formatDate(value, "medium")`. */
  call: string;
  description: string;
}

/** The words that templates and fields know, as the server has them. */
export interface Vocabulary {
  helpers: Helper[];
  filters: Helper[];
  trigger_fields: TriggerFields;
  purposes: string[];
  languages: string[];
}

const EMPTY: Vocabulary = { helpers: [], filters: [], trigger_fields: {}, purposes: [], languages: [] };

/** They change with the installed release only. */
export function useVocabulary(): Vocabulary {
  const { data } = useQuery({
    queryKey: ["vocabulary"],
    queryFn: () => ask<Vocabulary>("/api/v1/previews/vocabulary"),
    staleTime: Infinity,
  });
  return data ?? EMPTY;
}
