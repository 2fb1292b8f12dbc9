import { PageHeader } from "../../components/PageHeader";

/** Builder. */
export function BuilderPage() {
  return <PageHeader title="Builder" />;
}
