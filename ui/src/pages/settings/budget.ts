import type { components } from "../../api/schema";
import { money } from "../../talk/words";

export type Budget = components["schemas"]["BudgetOut"];
export type BudgetIn = components["schemas"]["BudgetIn"];

const COUNT = new Intl.NumberFormat();
export const PART = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });

/** So much of what a budget is about. */
export function amountOf({ unit, currency }: Budget, amount: string): string {
  if (unit !== "money") return `${COUNT.format(Number(amount))} ${Number(amount) === 1 ? unit.slice(0, -1) : unit}`;
  return money(Number(amount), currency);
}

/** Whose budget it is. */
export function whose({ scope, target }: Pick<Budget, "scope" | "target">): string {
  if (scope === "all") return "Everything";
  return scope === "flow" ? `Workflow ${target}` : `Credential ${target}`;
}
