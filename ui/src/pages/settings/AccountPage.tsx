import { PageHeader } from "../../components/PageHeader";

/** Account. */
export function AccountPage() {
  return <PageHeader title="Account" />;
}
