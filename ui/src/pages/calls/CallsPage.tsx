import { PageHeader } from "../../components/PageHeader";

/** Calls. */
export function CallsPage() {
  return <PageHeader title="Calls" />;
}
