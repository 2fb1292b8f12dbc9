import { PageHeader } from "../../components/PageHeader";

/** Budgets. */
export function BudgetsPage() {
  return <PageHeader title="Budgets" />;
}
