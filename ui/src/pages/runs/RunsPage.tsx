import { PageHeader } from "../../components/PageHeader";

/** Runs. */
export function RunsPage() {
  return <PageHeader title="Runs" />;
}
