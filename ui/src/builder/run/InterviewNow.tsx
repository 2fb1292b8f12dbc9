import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import type { StepNode } from "../types";
import classes from "./RunPanel.module.css";

interface Conversation {
  outcome: string | null;
  answers: Record<string, { value?: unknown; status?: string }>;
  /** The questions in the order in which they were come to. */
  path: string[];
}

/** An interview as it goes on: what was asked and answered, and the question that is open, which glows. */
export function InterviewNow({ session, step }: { session: string; step: StepNode }) {
  const { data } = useQuery({
    queryKey: ["sessions", "one", session],
    queryFn: () => ask<Conversation>(`/api/v1/sessions/${encodeURIComponent(session)}`),
  });
  if (!data || data.path.length === 0) return null;
  const texts = textsOf(step);
  return (
    <ol className={classes.asked} aria-label={`What ${step.title} asks`}>
      {data.path.map((id, index) => {
        const answer = data.answers[id];
        const isOpen = data.outcome === null && index === data.path.length - 1;
        return (
          <li key={`${id} ${index}`} data-open={isOpen || undefined}>
            <span className={classes.question}>{texts.get(id) ?? id}</span>
            {answer && <span className={classes.answer}>{shown(answer)}</span>}
            {isOpen && !answer && <span className={classes.answer}>is asked now</span>}
          </li>
        );
      })}
    </ol>
  );
}

function textsOf({ fields }: StepNode): Map<string, string> {
  const questions: unknown[] = Array.isArray(fields.questions) ? fields.questions : [];
  return new Map(
    questions.flatMap((one) => {
      const { id, question } = (typeof one === "object" && one !== null ? one : {}) as Record<string, unknown>;
      return typeof id === "string" && typeof question === "string" ? [[id, question] as const] : [];
    }),
  );
}

function shown({ value, status }: { value?: unknown; status?: string }): string {
  if (value === undefined || value === null) return (status ?? "no answer").replaceAll("_", " ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}
