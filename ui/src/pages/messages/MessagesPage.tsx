import { PageHeader } from "../../components/PageHeader";

/** Messages. */
export function MessagesPage() {
  return <PageHeader title="Messages" />;
}
