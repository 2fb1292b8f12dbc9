import { PageHeader } from "../../components/PageHeader";

/** Keys. */
export function KeysPage() {
  return <PageHeader title="Keys" />;
}
