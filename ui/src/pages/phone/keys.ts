import { wordOf } from "../../builder/canvas/ports";
import type { Fitting, Hearing, Question } from "./shapes";

/** What a key, or keys one after the other, mean now. */
export interface KeyMeaning {
  keys: string;
  means: string;
}

const NAVIGATION: Record<string, string> = {
  repeat: "Hear it again",
  skip: "Skip",
  operator: "A person",
  back: "One question back",
};

/**
 * What keys mean at this moment, as far as it is known: by the question of an interview, else by the *menu* of an
 * announcement. What an application of somebody else's would make of them nobody can know.
 */
export function keyMeanings(question: Question | null, hearing: Hearing | null, menu: readonly Fitting[]): KeyMeaning[] {
  if (!question?.keys) return [];
  const open = hearing?.open;
  if (!open) return hearing ? [] : meant(menu).map(({ keys, means }) => ({ keys, means: wordOf(means) }));
  // Examples of figures and dates say nothing of the keys: they are what is keyed in.
  const answers = open.type === "yes_no" || open.type === "multiple_choice" ? meant(open.answers) : [];
  const others = Object.entries(open.navigation).map(([keys, what]) => ({ keys, means: NAVIGATION[what] ?? what }));
  return [...answers, ...others.filter(({ keys }) => !answers.some((answer) => answer.keys === keys))];
}

function meant(fitting: readonly Fitting[]): KeyMeaning[] {
  return fitting.flatMap(({ keys, text }) => (keys && text && text !== keys ? [{ keys, means: text }] : []));
}
