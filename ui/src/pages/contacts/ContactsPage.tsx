import { PageHeader } from "../../components/PageHeader";

/** Contacts. */
export function ContactsPage() {
  return <PageHeader title="Contacts" />;
}
