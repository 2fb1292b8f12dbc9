import { PageHeader } from "../../components/PageHeader";

/** Contact. */
export function ContactPage() {
  return <PageHeader title="Contact" />;
}
