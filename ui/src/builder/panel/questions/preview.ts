import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ask } from "../../../api/client";

export interface InterviewEdge {
  from: string;
  to: string | null;
  kind: "question" | "end" | "end_call" | "transfer";
  by: "condition" | "any_other" | "otherwise";
  label: string;
  why: string;
  message: string | null;
}

export interface InterviewGraph {
  start: string;
  linear: boolean;
  questions: {
    id: string;
    question: string;
    type: string;
    choices?: string[];
    scale?: { minimum: number | null; maximum: number | null; inferred: boolean };
    optional?: boolean;
    sensitive?: boolean;
  }[];
  edges: InterviewEdge[];
}

export interface TestCall {
  answers: { question: string; say: string; keys: string | null }[];
  questions: string[];
  end: string;
  message: string | null;
  played: { asked: string[]; outcome: string; seconds: number; as_planned: boolean; said: number } | null;
}

export interface InterviewPreview {
  faults: { severity: "error" | "warning"; path: string; message: string; fix: string }[];
  graph: InterviewGraph | null;
  calls: TestCall[];
}

export interface InterviewRequest {
  questions: readonly unknown[];
  flow?: string | undefined;
  language: string;
  has_goodbye: boolean;
}

/** The interview as it would be held, a moment after the last change. */
export function useInterview(request: InterviewRequest, play: boolean) {
  const [asked] = useDebouncedValue(JSON.stringify({ ...request, play }), 250);
  return useQuery({
    queryKey: ["interview-preview", asked],
    queryFn: () => ask<InterviewPreview>("/api/v1/previews/questions", { json: JSON.parse(asked) as unknown }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

export interface Understood {
  status: string;
  value: unknown;
  confidence: number;
  evidence: string[];
  alternatives: unknown[];
  words_match: boolean;
  sentence: string;
  leads_to: { kind: string; question: string | null; message: string | null; why: string } | null;
}
