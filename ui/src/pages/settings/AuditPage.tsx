import { PageHeader } from "../../components/PageHeader";

/** Audit. */
export function AuditPage() {
  return <PageHeader title="Audit" />;
}
