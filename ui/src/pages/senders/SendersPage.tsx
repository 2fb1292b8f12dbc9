import { PageHeader } from "../../components/PageHeader";

/** Senders. */
export function SendersPage() {
  return <PageHeader title="Senders" />;
}
