import { PageHeader } from "../../components/PageHeader";

/** Overview. */
export function OverviewPage() {
  return <PageHeader title="Overview" />;
}
