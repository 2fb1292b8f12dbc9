import { PageHeader } from "../../components/PageHeader";

/** Run. */
export function RunPage() {
  return <PageHeader title="Run" />;
}
