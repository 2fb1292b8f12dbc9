import { isRecord } from "../shapes";

const OTHER: Record<string, string> = {
  type: "expected_answer_type",
  retries: "max_retries",
  actions: "conditional_actions",
  next: "next_question_id",
  message: "custom_message",
};

export type Question = Record<string, unknown>;

/** As what a key of a question is written: `actions` may stand as `conditionalActions`. */
export function spelled(question: unknown, key: string): string {
  if (!isRecord(question)) return key;
  const names = [key, OTHER[key]].filter((name) => name !== undefined);
  return names.flatMap((name) => [name, camel(name)]).find((name) => name in question) ?? key;
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The value of a question's key, however it is spelled. */
export function valueOf(question: unknown, key: string): unknown {
  return isRecord(question) ? question[spelled(question, key)] : undefined;
}

export function idOf(question: unknown, index: number): string {
  const id = valueOf(question, "id");
  return typeof id === "string" && id !== "" ? id : `question ${index + 1}`;
}

export const TYPES: Record<string, string> = {
  text: "Any words",
  yes_no: "Yes or no",
  number: "Number",
  multiple_choice: "One of several",
  date: "Date",
  time: "Time of day",
  duration: "Span of time",
  phone: "Phone number",
  email: "E-mail address",
  digits: "Digits, such as a code",
};

export function typeOf(question: unknown): string {
  const type = valueOf(question, "type");
  return typeof type === "string" ? type : "text";
}

export const OPERATORS: Record<string, string> = {
  equals: "is",
  not_equals: "is not",
  contains: "contains",
  contains_word: "contains the word",
  any_other: "is anything else",
};

/** The questions with one of them called otherwise, wherever it is named. */
export function renamed(questions: readonly unknown[], from: string, to: string): unknown[] {
  const swap = (holder: Question, key: string): Question => {
    const written = spelled(holder, key);
    return holder[written] === from ? { ...holder, [written]: to } : holder;
  };
  return questions.map((question) => {
    if (!isRecord(question)) return question;
    const next = swap(swap(question, "id"), "next");
    const key = spelled(next, "actions");
    const actions = next[key];
    if (!Array.isArray(actions)) return next;
    return {
      ...next,
      [key]: actions.map((action: unknown) => {
        if (!isRecord(action)) return action;
        const led = swap(action, "next");
        return isRecord(led.condition) ? { ...led, condition: swap(led.condition, "field") } : led;
      }),
    };
  });
}

/** A name that no other question has. */
export function freeId(questions: readonly unknown[], wanted = "question"): string {
  const taken = new Set(questions.map((question) => valueOf(question, "id")));
  let id = wanted;
  for (let number = 2; taken.has(id); number++) id = `${wanted}_${number}`;
  return id;
}
