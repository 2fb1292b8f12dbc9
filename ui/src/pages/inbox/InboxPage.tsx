import { PageHeader } from "../../components/PageHeader";

/** Inbox. */
export function InboxPage() {
  return <PageHeader title="Inbox" />;
}
