import { PageHeader } from "../../components/PageHeader";

/** Workflows. */
export function WorkflowsPage() {
  return <PageHeader title="Workflows" />;
}
