import { PageHeader } from "../../components/PageHeader";

/** Message. */
export function MessagePage() {
  return <PageHeader title="Message" />;
}
