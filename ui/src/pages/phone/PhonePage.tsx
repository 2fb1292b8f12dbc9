import { PageHeader } from "../../components/PageHeader";

/** Phone. */
export function PhonePage() {
  return <PageHeader title="Phone" />;
}
